import fastify from 'fastify';
import type { ListenAddress } from '../config/parsers.js';
import type { Services } from './readiness.js';

/** What the worker process is doing; only `running` takes work. */
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
 * Serves `/healthz` (restart the process when it fails) and `/readyz` (it takes work, Temporal answers and ModelArts has not refused
 * the credentials). Both return the state and the reasons.
 */
export async function serveHealth(address: ListenAddress, look: () => WorkerHealth): Promise<Health> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/healthz', async (_request, reply) => {
    const { state } = look();
    return await reply.code(state === 'failed' ? 503 : 200).send({ state });
  });
  app.get('/readyz', async (_request, reply) => {
    const { state, temporal, modelarts } = look();
    const ready = state === 'running' && temporal.ok && modelarts.ok;
    return await reply.code(ready ? 200 : 503).send({ state, ready, temporal, modelarts });
  });
  const url = await app.listen({ host: address.host, port: address.port });
  return { url, close: () => app.close() };
}
