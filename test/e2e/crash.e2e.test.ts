import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Phase } from '../../src/contract/phases.js';
import type { Progress } from '../../src/contract/progress.js';
import { environment } from '../../src/simulator/environment.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { endLeaked, type Maops, maops } from '../support/maops.js';
import { temporalAddress } from '../support/temporal-server.js';
import { environmentDocument, freshName } from '../workflows/documents.js';

afterEach(async () => expect(await endLeaked()).toEqual([]));

/** The worker is killed in these phases, each time in the middle, and another one takes over. */
const deadly: readonly Phase[] = ['AwaitingPool', 'AwaitingNotebook'];

test('a worker that is killed in the middle, twice, costs nothing: one pool, one notebook, Ready', async () => {
  const simulator = createSimulator({ speed: 60 });
  const served = await serveSimulator(simulator, { port: 0 });
  const { address, namespace } = temporalAddress();
  const taskQueue = `e2e-${randomBytes(4).toString('hex')}`;
  const env = {
    ...environment(served.url),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    MAOPS_TASK_QUEUE: taskQueue,
    MAOPS_POLL_MIN: '200ms',
    MAOPS_POLL_MAX: '500ms',
    MAOPS_SETTLE: '3s',
    MAOPS_MAX_RPS: '100',
  };
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  let worker: Maops = maops(['worker'], env);
  try {
    const name = freshName();
    const handle = await client.workflow.start('provisionPoolThenLaunchNotebook', {
      workflowId: `env/${name}`,
      taskQueue,
      args: [environmentDocument(name)],
    });
    for (const phase of deadly) {
      await reached(client, handle.workflowId, phase);
      worker.kill('SIGKILL');
      expect(await worker.ended).toBe('SIGKILL');
      worker = maops(['worker'], env);
    }
    expect(await handle.result()).toMatchObject({ phase: 'Ready' });
    const { pools, notebooks } = simulator.state();
    expect([pools.length, notebooks.length]).toEqual([1, 1]);
    expect(simulator.requests('pools.create')).toHaveLength(1);
    expect(simulator.requests('notebooks.create')).toHaveLength(1);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  } finally {
    await connection.close();
    await served.close();
  }
}, 120_000);

async function reached(client: Client, workflowId: string, phase: Phase): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    // A query has no answer while no worker is up.
    const progress = await client.workflow
      .getHandle(workflowId)
      .query<Progress>('progress')
      .catch(() => null);
    if (progress?.phase === phase) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${workflowId} did not reach ${phase}`);
}
