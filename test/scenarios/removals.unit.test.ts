import { expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { control } from './outside.js';
import { finishMainJob, name, startMainJob, untilPhase } from './stories.js';

const hour = 3_600_000;
const workflowId = `teardown/${name}`;
const busy = { error_code: 'ModelArts.6357', error_msg: 'another operation is being performed' };
const neverTaken = (operation: 'notebooks.action' | 'notebooks.delete') =>
  ({ operation, kind: 'status', status: 400, body: { json: busy }, times: 'always' }) as const;

const newStack = stacksForFile();

/** Tears down an environment whose notebook the service shows in a status, and refuses commands. */
async function tearingDown(status: string, refused: Fault[]) {
  const stack = await newStack();
  const { world, simulator, progress } = stack;
  await finishMainJob(stack);
  await control(stack, `notebooks/${simulator.state().notebooks[0]?.id}`, { status });
  simulator.faults.plan(...refused);
  await world.start('teardownEnvironment', workflowId, [{ name }]);
  const requests = () =>
    simulator
      .requests()
      .flatMap(({ operation }) => (/^notebooks\.(action|delete)$/.test(operation) ? [operation] : []));
  return { ...stack, requests, why: async () => (await progress(workflowId)).why };
}

test.each<[string, Fault[]]>([
  ['UNAVAILABLE', [neverTaken('notebooks.action')]],
  ['READY_TO_START', []],
  ['START_QUEUING', []],
  ['CREATE_QUEUING', [neverTaken('notebooks.delete')]],
])('a notebook that stays %s goes by the command that the service takes (%j)', async (status, refused) => {
  const { world, simulator } = await tearingDown(status, refused);
  await world.run({ maxTime: hour, until: () => world.status(workflowId) !== 'RUNNING' });
  expect(world.searchAttributes(workflowId).MaopsPhase).toBe('Gone');
  expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
});

/** A teardown that has come to the pool, whose delete the service does not take. */
async function refusingPoolDelete() {
  const stack = await newStack();
  await finishMainJob(stack);
  stack.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 503, times: 'always' });
  await stack.world.start('teardownEnvironment', workflowId, [{ name }]);
  await untilPhase(stack, 'DeletingPool', workflowId);
  return stack;
}

test('a stranger’s notebook that comes while the delete of its pool is refused keeps the pool', async () => {
  const stack = await refusingPoolDelete();
  const { world, simulator, progress } = stack;
  await world.run({ maxTime: hour / 3 });
  const [pool] = simulator.state().pools;
  await control(stack, 'notebooks', { name: 'guest', pool: pool?.id, user: 'neighbour' });
  simulator.faults.expectAllHit();
  simulator.faults.clear();
  await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
  const { phase, failure } = await progress(workflowId);
  expect({ phase, type: failure?.type, open: world.openWorkflows() }).toEqual({
    phase: 'Failed',
    type: 'Protected',
    open: [`lease/${name}`],
  });
  expect(failure?.message).toBe(`pool ${name} stays: notebook guest of neighbour is on it`);
  expect(failure?.hint).toContain('Ask neighbour to delete notebook guest');
  expect(simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], notebooks: [{ name: 'guest' }] });
});

test('a command that the service refuses is shown with its refusal', async () => {
  const { world, requests, why } = await tearingDown('UNAVAILABLE', [
    neverTaken('notebooks.action'),
    neverTaken('notebooks.delete'),
  ]);
  await world.run({ maxTime: 6 * hour });
  expect(requests().slice(0, 6)).toEqual([
    'notebooks.action',
    'notebooks.action',
    'notebooks.delete',
    'notebooks.action',
    'notebooks.action',
    'notebooks.delete',
  ]);
  expect(await why()).toMatch(/^notebook team-a: still UNAVAILABLE; refused: .*ModelArts\.6357/);
});

test('a pool whose notebooks may not all be listed stays, the reason is shown, and the right alone lets it go', async () => {
  const stack = await refusingPoolDelete();
  const { world, simulator, progress } = stack;
  simulator.faults.clear();
  const denied = { error_code: 'ModelArts.0112', error_msg: 'Policy doesn’t allow it.' };
  simulator.faults.plan({
    operation: 'notebooks.list',
    kind: 'status',
    status: 403,
    body: { json: denied },
    times: 'always',
  });
  await world.run({ maxTime: 60_000 });
  expect((await progress(workflowId)).why).toMatch(
    /^deleting pool team-a: whether someone else's notebook is on pool team-a cannot be seen: .*ModelArts\.0112.*; trying again$/,
  );
  await world.run({ maxTime: 6 * hour });
  expect(simulator.state().pools).toMatchObject([{ phase: 'Running' }]);
  simulator.faults.clear();
  expect(await world.result(workflowId)).toMatchObject({ phase: 'Gone' });
});

test('a pool of someone else that takes the name between two looks is left alone after a few looks', async () => {
  const slowDelete = { operation: 'pools.create', kind: 'slowDelete', ms: 4 * 60_000 } as const;
  const stack = await newStack({ simulator: { faults: [slowDelete] } });
  const { world, simulator, progress } = stack;
  const env = `env/${name}`;
  await startMainJob(stack);
  await untilPhase(stack, 'AwaitingPool');
  await world.cancel(env);
  await world.run({ until: () => simulator.requests('pools.delete').length > 0 });
  // Something must happen in every second, so that the run does not see the name free.
  while (simulator.state().pools.length > 0) await world.run({ maxTime: 1_000 });
  await control(stack, 'pools', { name, description: 'of someone else' });
  await world.run({ until: () => world.status(env) !== 'RUNNING' });
  expect(await progress(env)).toMatchObject({ phase: 'Cancelled' });
  expect(simulator.state().pools).toMatchObject([{ name, phase: 'Running' }]);
  expect(world.history(env).length).toBeLessThan(60);
});
