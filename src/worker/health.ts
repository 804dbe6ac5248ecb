import fastify from 'fastify';
import type { ListenAddress } from '../config/settings.js';

/** What the worker process is doing; only `running` takes work. */
export const workerStates = ['connecting', 'running', 'stopping', 'failed'] as const;
export type WorkerState = (typeof workerStates)[number];

export interface Health {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves `/healthz` (restart me when it fails) and `/readyz` (I take work); both say the state. */
export async function serveHealth(address: ListenAddress, state: () => WorkerState): Promise<Health> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/healthz', async (_request, reply) => reply.code(state() === 'failed' ? 503 : 200).send({ state: state() }));
  app.get('/readyz', async (_request, reply) => reply.code(state() === 'running' ? 200 : 503).send({ state: state() }));
  const url = await app.listen({ host: address.host, port: address.port });
  return { url, close: () => app.close() };
}
