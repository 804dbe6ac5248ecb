import { describe, expect, test } from '@jest/globals';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { environment } from '../../src/simulator/environment.js';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { codes, ServiceFailure } from '../temporal-sim/service-failure.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { deadlines, name, startMainJob, untilPhase } from './stories.js';

const minute = 60_000;
const hour = 60 * minute;
const workflowId = `teardown/${name}`;
const newStack = stacksForFile();

function counting() {
  const tries = new Map<string, number>();
  const count: ActivityInterceptorsFactory = ({ info: { activityType } }) => ({
    inbound: {
      execute: async (input, next) => {
        tries.set(activityType, (tries.get(activityType) ?? 0) + 1);
        return await next(input);
      },
    },
  });
  return { tries, interceptors: [count] };
}

/** Queries fail as many times as they are told to, as those of a run whose worker is away. */
function failingQueries() {
  const failing = { times: 0 };
  const onServerCall = (method: string): void => {
    if (method !== 'queryWorkflow' || failing.times === 0) return;
    failing.times -= 1;
    throw new ServiceFailure(codes.deadlineExceeded, 'no worker has answered');
  };
  return { failing, onServerCall };
}

test('a teardown that waits 20 minutes for a rollback does so in a few windows', async () => {
  const { tries, interceptors } = counting();
  const failing = { operation: 'pools.delete', kind: 'status', status: 500, times: 'always' } as const;
  const stack = await newStack({ interceptors, simulator: { faults: [failing] } });
  const { world, simulator } = stack;
  await startMainJob(stack);
  await untilPhase(stack, 'AwaitingPool');
  await world.cancel(`env/${name}`);
  await untilPhase(stack, 'RollingBack');
  await world.start('teardownEnvironment', workflowId, [{ name }]);
  await world.run({ maxTime: 20 * minute });
  expect(tries.get('cancelAndAwait')).toBeLessThanOrEqual(5);
  simulator.faults.clear();
  await world.result(workflowId);
  expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Gone' });
  expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
});

/** Somebody changes the description of the pool in the console. */
async function loseMarker({ simulator }: VirtualStack): Promise<void> {
  const [pool] = simulator.state().pools;
  const { MODELARTS_TOKEN: token } = environment('');
  const reply = await simulator.handle({
    method: 'PATCH',
    path: `/v2/${simulator.projectId}/pools/${pool?.id}`,
    headers: { 'x-auth-token': token ?? '', 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ metadata: { annotations: { 'os.modelarts/description': 'changed in the console' } } }),
  });
  if (!('status' in reply) || reply.status >= 300) throw new Error(`refused: ${JSON.stringify(reply)}`);
}

describe('what a cancelled run owned', () => {
  /** A run that ends 15 s after a cancel, and whose pool is known by nothing but what that run knows. */
  async function slowToEnd(times: number, meanwhile: (stack: VirtualStack) => unknown = () => undefined) {
    const { failing, onServerCall } = failingQueries();
    const hang = { operation: 'notebooks.create', kind: 'hang', commit: false } as const;
    const stack = await newStack({ onServerCall, simulator: { faults: [hang] } });
    const { world } = stack;
    await startMainJob(stack, { onCancel: 'keep', deadlines });
    const isCreating = () => world.history(`env/${name}`).at(-1)?.commands.join().includes('createNotebook') === true;
    await world.run({ until: isCreating });
    await loseMarker(stack);
    await world.start('teardownEnvironment', workflowId, [{ name }]);
    await world.run({ maxTime: 5_000 });
    await meanwhile(stack);
    await world.run({ until: () => world.status(`env/${name}`) !== 'RUNNING' });
    failing.times = times;
    await world.run({ maxTime: hour, until: () => world.status(workflowId) !== 'RUNNING' });
    expect(failing.times).toBe(0);
    return stack;
  }

  test.each([1, 9])('is taken over although %d queries in a row fail', async (times) => {
    const stack = await slowToEnd(times);
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(stack.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('is what the run has said before, also to another worker, when it cannot answer any more', async () => {
    const stack = await slowToEnd(10, ({ world }) => world.killWorker());
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(stack.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('is what the run has said before, also after a tryNow', async () => {
    const stack = await slowToEnd(10, async ({ world }) => {
      await world.update(workflowId, 'tryNow', { by: 'ann', reason: 'in a hurry' });
    });
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(stack.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });
});
