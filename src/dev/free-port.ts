import { once } from 'node:events';
import { createServer } from 'node:net';

/** A local port that nobody listens on now; somebody may take it before we do, so whoever uses it must be ready to retry. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port number');
  return address.port;
}

/** Refuses with the port's number, because the system's own message does not say what the port was for. */
export async function mustBeFree(port: number, purpose: string): Promise<void> {
  try {
    await freePort(port);
  } catch (cause) {
    throw new Error(`port ${port} for ${purpose} is taken: stop what listens there or choose another`, { cause });
  }
}

/** The port that people expect, or any free one when it is taken. */
export async function preferredPort(wanted: number): Promise<number> {
  return await freePort(wanted).catch(() => freePort());
}
