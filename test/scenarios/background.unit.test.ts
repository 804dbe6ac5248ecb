import { expect, test } from '@jest/globals';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { WorkflowTaskError } from '../temporal-sim/replica.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { name, startMainJob, untilPhase } from './stories.js';

const hour = 3_600_000;
const newStack = stacksForFile();

/** Returns from one activity what no workflow can read. */
const garbageFrom =
  (activity: string): ActivityInterceptorsFactory =>
  (context) => ({
    inbound: {
      execute: async (input, next) => (context.info.activityType === activity ? { at: 0 } : await next(input)),
    },
  });

async function outcome({ world }: VirtualStack): Promise<unknown> {
  return await world.run({ maxTime: 2 * hour }).then(
    () => 'went on',
    (error: unknown) => error,
  );
}

test('a mistake of our own code in the look of a lease fails its workflow task', async () => {
  const stack = await newStack({ interceptors: [garbageFrom('lookAtLeased')] });
  await startMainJob(stack);
  expect(await outcome(stack)).toBeInstanceOf(WorkflowTaskError);
});

test('a rollback that ends before its patience is over is not disturbed by the end of the patience', async () => {
  const stack = await newStack({
    simulator: { faults: [{ operation: 'pools.delete', kind: 'status', status: 503, times: 6 }] },
  });
  await startMainJob(stack);
  await untilPhase(stack, 'AwaitingPool');
  await stack.world.cancel(`env/${name}`);
  expect(await outcome(stack)).toBe('went on');
  expect(await stack.progress(`env/${name}`)).toMatchObject({ phase: 'Cancelled' });
});
