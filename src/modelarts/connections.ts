import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

const connectTimeoutMs = 5000;

/**
 * Gives up a connection that does not come about in time. A failure here is known to have sent nothing, which a time-out
 * of the whole call is not: so it must be the shorter one. With TLS, nothing of ours is sent before the handshake is done.
 */
function limitConnecting<Stream extends Duplex | null | undefined>(
  socket: Stream,
  ready: 'connect' | 'secureConnect',
): Stream {
  if (socket === null || socket === undefined || !('connecting' in socket) || socket.connecting !== true) return socket;
  const timer = setTimeout(() => {
    socket.destroy(
      Object.assign(new Error(`no connection within ${connectTimeoutMs} ms`), { code: 'ERR_CONNECT_TIMEOUT' }),
    );
  }, connectTimeoutMs);
  const stop = () => clearTimeout(timer);
  socket.once(ready, stop).once('close', stop);
  return socket;
}

class ImpatientHttpAgent extends HttpAgent {
  override createConnection(
    ...args: Parameters<HttpAgent['createConnection']>
  ): ReturnType<HttpAgent['createConnection']> {
    return limitConnecting(super.createConnection(...args), 'connect');
  }
}

class ImpatientHttpsAgent extends HttpsAgent {
  override createConnection(
    ...args: Parameters<HttpsAgent['createConnection']>
  ): ReturnType<HttpsAgent['createConnection']> {
    return limitConnecting(super.createConnection(...args), 'secureConnect');
  }
}

interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/**
 * The sockets of a client. Reads share connections that stay open; every change gets a new one, because a kept
 * connection may be closed by the other side at the very moment of sending, and then nobody knows what happened.
 */
export class Connections {
  readonly #reads: Agents;
  readonly #writes: Agents;

  constructor(keepAlive: boolean) {
    const agents = (keep: boolean): Agents => ({
      httpAgent: new ImpatientHttpAgent({ keepAlive: keep }),
      httpsAgent: new ImpatientHttpsAgent({ keepAlive: keep }),
    });
    this.#reads = agents(keepAlive);
    this.#writes = agents(false);
  }

  agents(method: string): Agents {
    return method === 'GET' ? this.#reads : this.#writes;
  }

  close(): void {
    for (const { httpAgent, httpsAgent } of [this.#reads, this.#writes]) {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  }
}
