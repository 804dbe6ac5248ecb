import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLost, type SimResponse } from './http-messages.js';
import type { Simulator } from './simulator-interface.js';

/** The address to listen on. */
export interface ServeOptions {
  /** @defaultValue 0: any free port */
  readonly port?: number;
  /** @defaultValue '127.0.0.1', because the control plane has no authentication */
  readonly host?: string;
}

/** A simulator that is served over HTTP. */
export interface RunningSimulator {
  readonly url: string;
  readonly port: number;
  /** Ends open calls, including hanging ones, and stops the server. */
  close(): Promise<void>;
}

/** Serves a simulator over HTTP. For a lost connection or a truncated body, the socket is destroyed. */
export async function serveSimulator(simulator: Simulator, options: ServeOptions = {}): Promise<RunningSimulator> {
  const host = options.host ?? '127.0.0.1';
  const closing = new AbortController();
  const server = createServer((request, response) => {
    respond(simulator, request, response, closing.signal).catch((error: unknown) => {
      // A bug of the simulator must not look like behaviour of the service.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`simulator failed: ${error instanceof Error ? error.message : String(error)}`);
      console.error(error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const port = portOf(server.address());
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: () =>
      new Promise((resolve, reject) => {
        closing.abort();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function respond(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) return;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const reply = await simulator.handle(
    { method: request.method ?? 'GET', path: request.url ?? '/', headers: request.headers, body },
    { signal: AbortSignal.any([gone.signal, closing]) },
  );
  if (isLost(reply)) {
    request.socket.destroy();
    return;
  }
  send(request, response, reply);
}

function send(request: IncomingMessage, response: ServerResponse, reply: SimResponse): void {
  const headers = { 'content-length': String(Buffer.byteLength(reply.body)), ...reply.headers };
  response.writeHead(reply.status, headers);
  if (reply.cut === true) {
    // Destroy the socket only after the part was sent. Otherwise the caller would receive nothing.
    response.write(reply.body, () => request.socket.destroy());
  } else {
    response.end(reply.body);
  }
}

/** The whole body; undefined when the caller disconnected while sending it. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the simulator is not listening on a port');
  return address.port;
}
