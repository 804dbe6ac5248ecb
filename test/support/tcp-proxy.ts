import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How the way is cut: connections break and new ones are refused, or packets vanish without a word. */
export type Cut = 'refused' | 'silent';

/** A way between two processes that can be cut and restored. */
export interface TcpProxy {
  readonly address: string;
  cut(how: Cut): Promise<void>;
  restore(): Promise<void>;
  /** Connections that were asked for during the present cut. */
  suffered(): number;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Opens a proxy to a local port. */
export async function openProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let cutNow: Cut | null = null;
  let suffered = 0;
  const join = (near: Socket) => {
    if (cutNow !== null) suffered += 1;
    if (cutNow === 'refused') {
      near.on('error', () => {}).resetAndDestroy();
      return;
    }
    const far = connect(targetPort, host);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.setNoDelay(true);
      from.on('error', () => {});
      from.on('data', (data: Buffer) => to.write(data));
      from.on('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
    }
    if (cutNow === 'silent') silence(pair);
  };
  const server: Server = createServer(join);
  server.listen(0, host);
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port');
  const breakAll = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  };
  return {
    address: `${host}:${bound.port}`,
    async cut(how) {
      cutNow = how;
      suffered = 0;
      if (how === 'refused') breakAll();
      else for (const pair of pairs) silence(pair);
    },
    async restore() {
      cutNow = null;
      // What was sent meanwhile arrives now, as after a retransmission.
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    suffered: () => suffered,
    async close() {
      const closed = once(server, 'close');
      server.close();
      breakAll();
      await closed;
    },
  };
}

function silence(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.pause();
}
