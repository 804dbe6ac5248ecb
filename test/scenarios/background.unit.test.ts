import { expect, test } from '@jest/globals';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { WorkflowTaskError } from '../temporal-sim/cached-workflow.js';
import { name, startMainJob, untilPhase } from './steps.js';

const hour = 3_600_000;
const newStack = testbedsForFile();

/** Returns from one activity what no workflow can read. */
const garbageFrom =
  (activity: string): ActivityInterceptorsFactory =>
  (context) => ({
    inbound: {
      execute: async (input, next) => (context.info.activityType === activity ? { at: 0 } : await next(input)),
    },
  });

async function outcome({ temporal }: Testbed): Promise<unknown> {
  return await temporal.run({ maxTime: 2 * hour }).then(
    () => 'went on',
    (error: unknown) => error,
  );
}

test('a bug in our own code while a lease observes fails its workflow task', async () => {
  const testbed = await newStack({ interceptors: [garbageFrom('observeLeased')] });
  await startMainJob(testbed);
  expect(await outcome(testbed)).toBeInstanceOf(WorkflowTaskError);
});

test('a rollback that ends before its time limit is not affected by the limit', async () => {
  const testbed = await newStack({
    simulator: { faults: [{ operation: 'pools.delete', kind: 'status', status: 503, times: 6 }] },
  });
  await startMainJob(testbed);
  await untilPhase(testbed, 'AwaitingPool');
  await testbed.temporal.cancel(`env/${name}`);
  expect(await outcome(testbed)).toBe('went on');
  expect(await testbed.progress(`env/${name}`)).toMatchObject({ phase: 'Cancelled' });
});
