import type { Testbed } from '../support/testbed.js';
import { finishMainJob, name } from './steps.js';

/** How long the cloud takes to delete each resource, in milliseconds. */
export interface DeletionTimes {
  readonly poolMs: number;
  readonly notebookMs: number;
}

/** What a teardown took beyond the cloud's own time, and the reads of the worker. */
export interface MeasuredRemoval {
  readonly beyondMs: number;
  readonly gets: number;
}

/** Creates an environment with a notebook, tears it down after a quiet time, and measures the teardown. */
export async function measureTeardown(
  testbed: Testbed,
  { poolMs, notebookMs }: DeletionTimes,
  change: Record<string, unknown>,
): Promise<MeasuredRemoval> {
  const { temporal, simulator } = testbed;
  const workflowId = `teardown/${name}`;
  await finishMainJob(testbed, change);
  await temporal.run({ maxTime: 10 * 60_000 });
  simulator.faults.plan(
    { operation: 'pools.delete', kind: 'slowDelete', ms: poolMs },
    { operation: 'notebooks.delete', kind: 'slowDelete', ms: notebookMs, optional: true },
    { operation: 'currentNotebooks.delete', kind: 'slowDelete', ms: notebookMs, optional: true },
  );
  const before = simulator.requests().length;
  const startedAt = temporal.now();
  await temporal.start('teardownEnvironment', workflowId, [{ name }]);
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  const requests = simulator.requests().slice(before);
  return {
    beyondMs: temporal.now() - startedAt - poolMs - notebookMs,
    gets: requests.filter(({ method }) => method === 'GET').length,
  };
}
