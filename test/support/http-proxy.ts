import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';

/** An HTTP proxy for `CONNECT`, as companies have one between their machines and the world. */
export interface HttpConnectProxy {
  /** As a variable such as `http_proxy` gives it. */
  readonly url: string;
  /** host:port. */
  readonly address: string;
  /** What it was asked for, in order: the target of each CONNECT, the URL of any other request. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Every target leads to this local port; without one, every request is refused. */
export async function openHttpProxy(targetPort: number | null): Promise<HttpConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(502).end();
  });
  server.on('connect', (request, near: Socket) => {
    asked.push(request.url ?? '');
    if (targetPort === null) return near.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const far = connect(targetPort, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => [near, far].map((one) => one.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port');
  const address = `127.0.0.1:${bound.port}`;
  return {
    url: `http://${address}`,
    address,
    asked,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
