import { describe, expect, test } from '@jest/globals';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { codes, GrpcError } from '../temporal-sim/grpc-errors.js';
import { deadlines, name, startMainJob, untilPhase } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const workflowId = `teardown/${name}`;
const newStack = testbedsForFile();

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

/** Queries fail the given number of times, such as those of a run without a worker. */
function failingQueries() {
  const failing = { times: 0 };
  const onServerCall = (method: string): void => {
    if (method !== 'queryWorkflow' || failing.times === 0) return;
    failing.times -= 1;
    throw new GrpcError(codes.deadlineExceeded, 'no worker has answered');
  };
  return { failing, onServerCall };
}

test('a teardown that waits 20 minutes for a rollback does so in a few windows', async () => {
  const { tries, interceptors } = counting();
  const failing = { operation: 'pools.delete', kind: 'status', status: 500, times: 'always' } as const;
  const testbed = await newStack({ interceptors, simulator: { faults: [failing] } });
  const { temporal, simulator } = testbed;
  await startMainJob(testbed);
  await untilPhase(testbed, 'AwaitingPool');
  await temporal.cancel(`env/${name}`);
  await untilPhase(testbed, 'RollingBack');
  await temporal.start('teardownEnvironment', workflowId, [{ name }]);
  await temporal.run({ maxTime: 20 * minute });
  expect(tries.get('cancelAndAwait')).toBeLessThanOrEqual(5);
  simulator.faults.clear();
  await temporal.result(workflowId);
  expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Gone' });
  expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
});

/** Somebody changes the description of the pool in the console. */
async function loseMarker({ simulator }: Testbed): Promise<void> {
  const [pool] = simulator.state().pools;
  const { MODELARTS_TOKEN: token } = clientEnvironment('');
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
  async function slowToEnd(times: number, meanwhile: (testbed: Testbed) => unknown = () => undefined) {
    const { failing, onServerCall } = failingQueries();
    const hang = { operation: 'notebooks.create', kind: 'hang', commit: false } as const;
    const testbed = await newStack({ onServerCall, simulator: { faults: [hang] } });
    const { temporal } = testbed;
    await startMainJob(testbed, { onCancel: 'keep', deadlines });
    const isCreating = () =>
      temporal.history(`env/${name}`).at(-1)?.commands.join().includes('createNotebook') === true;
    await temporal.run({ until: isCreating });
    await loseMarker(testbed);
    await temporal.start('teardownEnvironment', workflowId, [{ name }]);
    await temporal.run({ maxTime: 5_000 });
    await meanwhile(testbed);
    await temporal.run({ until: () => temporal.status(`env/${name}`) !== 'RUNNING' });
    failing.times = times;
    await temporal.run({ maxTime: hour, until: () => temporal.status(workflowId) !== 'RUNNING' });
    expect(failing.times).toBe(0);
    return testbed;
  }

  test.each([1, 9])('is taken over although %d queries in a row fail', async (times) => {
    const testbed = await slowToEnd(times);
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('is what the run reported earlier, also to another worker, when it can no longer answer', async () => {
    const testbed = await slowToEnd(10, ({ temporal }) => temporal.killWorker());
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('is what the run reported earlier, also after a tryNow', async () => {
    const testbed = await slowToEnd(10, async ({ temporal }) => {
      await temporal.update(workflowId, 'tryNow', { by: 'ann', reason: 'in a hurry' });
    });
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });
});
