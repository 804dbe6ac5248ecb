import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

const connectTimeoutMs = 5000;

/**
 * Ends a connection attempt that takes too long. A failed connection proves that nothing was sent, and a time-out of
 * the whole call does not, so this limit must be the shorter one. With TLS, no request is sent before the handshake is
 * done.
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

class LimitedHttpAgent extends HttpAgent {
  override createConnection(
    ...args: Parameters<HttpAgent['createConnection']>
  ): ReturnType<HttpAgent['createConnection']> {
    return limitConnecting(super.createConnection(...args), 'connect');
  }
}

class LimitedHttpsAgent extends HttpsAgent {
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
 * The connections of a client. Reads share connections that are kept alive. Every change gets a new one: the service
 * may close a kept connection while a request is being sent, which would leave the outcome unknown.
 */
export class Connections {
  readonly #reads: Agents;
  readonly #writes: Agents;

  constructor(keepAlive: boolean) {
    const agents = (keep: boolean): Agents => ({
      httpAgent: new LimitedHttpAgent({ keepAlive: keep }),
      httpsAgent: new LimitedHttpsAgent({ keepAlive: keep }),
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
