import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { createServer } from 'node:tls';

const folder = path.join(__dirname, 'tls');
/** The authority of the certificate; its key is thrown away. */
export const authority = path.join(folder, 'ca.pem');
/** The only name in the certificate. */
export const certifiedName = 'temporal.test';
/** A client certificate, where one is asked for. */
export const clientCertificate = { cert: path.join(folder, 'server.pem'), key: path.join(folder, 'server.key') };

/** A TLS port in front of a plain local port. */
export async function openTlsPort(
  targetPort: number,
  options: { readonly asksForCertificate?: boolean } = {},
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const asks = options.asksForCertificate === true;
  const server = createServer(
    {
      cert: readFileSync(clientCertificate.cert),
      key: readFileSync(clientCertificate.key),
      ca: readFileSync(authority),
      requestCert: asks,
      rejectUnauthorized: asks,
      ALPNProtocols: ['h2'],
    },
    (near) => {
      const far = connect(targetPort, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => {}).on('close', () => [near, far].map((one) => one.destroy()));
      }
    },
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
  return {
    address: `127.0.0.1:${bound.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
