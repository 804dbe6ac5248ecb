import { once } from 'node:events';
import { createServer } from 'node:net';

/** Finds a free local port. Another process may take it first, so the caller must be ready to retry. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system returned no port number');
  return address.port;
}

/** Throws with the purpose of the port, which the system's own error lacks. */
export async function mustBeFree(port: number, purpose: string): Promise<void> {
  try {
    await freePort(port);
  } catch (cause) {
    throw new Error(`port ${port} for ${purpose} is in use. Stop the process that uses it, or choose another port.`, {
      cause,
    });
  }
}

/** The wanted port, or any free one when it is in use. */
export async function preferredPort(wanted: number): Promise<number> {
  return await freePort(wanted).catch(() => freePort());
}
