import fastify from 'fastify';
import type { ListenAddress } from '../config/parsers.js';
import type { Services } from './readiness.js';

/** The state of the worker process. Only `running` takes work. */
export const workerStates = ['connecting', 'running', 'stopping', 'failed'] as const;
export type WorkerState = (typeof workerStates)[number];

export interface Health {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface WorkerHealth extends Services {
  readonly state: WorkerState;
}

/**
 * Serves `/healthz`, which fails when the process must be restarted, and `/readyz`, which succeeds when the worker
 * takes work, Temporal responds and ModelArts has not rejected the credentials.
 */
export async function serveHealth(address: ListenAddress, read: () => WorkerHealth): Promise<Health> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/healthz', async (_request, reply) => {
    const { state } = read();
    return await reply.code(state === 'failed' ? 503 : 200).send({ state });
  });
  app.get('/readyz', async (_request, reply) => {
    const { state, temporal, modelarts } = read();
    const ready = state === 'running' && temporal.ok && modelarts.ok;
    return await reply.code(ready ? 200 : 503).send({ state, ready, temporal, modelarts });
  });
  const url = await app.listen({ host: address.host, port: address.port });
  return { url, close: () => app.close() };
}
