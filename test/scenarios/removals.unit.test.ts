import { expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { control } from './outside-changes.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const hour = 3_600_000;
const workflowId = `teardown/${name}`;
const busy = { error_code: 'ModelArts.6357', error_msg: 'another operation is being performed' };
const neverTaken = (operation: 'notebooks.action' | 'notebooks.delete') =>
  ({ operation, kind: 'status', status: 400, body: { json: busy }, times: 'always' }) as const;

const newStack = testbedsForFile();

/** Tears down an environment whose notebook the service shows in a status, and refuses commands. */
async function tearingDown(status: string, refused: Fault[]) {
  const testbed = await newStack();
  const { temporal, simulator, progress } = testbed;
  await finishMainJob(testbed);
  await control(testbed, `notebooks/${simulator.state().notebooks[0]?.id}`, { status });
  simulator.faults.plan(...refused);
  await temporal.start('teardownEnvironment', workflowId, [{ name }]);
  const requests = () =>
    simulator
      .requests()
      .flatMap(({ operation }) => (/^notebooks\.(action|delete)$/.test(operation) ? [operation] : []));
  return { ...testbed, requests, why: async () => (await progress(workflowId)).why };
}

test.each<[string, Fault[]]>([
  ['UNAVAILABLE', [neverTaken('notebooks.action')]],
  ['READY_TO_START', []],
  ['START_QUEUING', []],
  ['CREATE_QUEUING', [neverTaken('notebooks.delete')]],
])('a notebook that stays %s goes by the command that the service takes (%j)', async (status, refused) => {
  const { temporal, simulator } = await tearingDown(status, refused);
  await temporal.run({ maxTime: hour, until: () => temporal.status(workflowId) !== 'RUNNING' });
  expect(temporal.searchAttributes(workflowId).MaopsPhase).toBe('Gone');
  expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
});

/** A teardown that has reached the pool, whose delete the service refuses. */
async function refusingPoolDelete() {
  const testbed = await newStack();
  await finishMainJob(testbed);
  testbed.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 503, times: 'always' });
  await testbed.temporal.start('teardownEnvironment', workflowId, [{ name }]);
  await untilPhase(testbed, 'DeletingPool', workflowId);
  return testbed;
}

test.each(['teardown', 'lease'] as const)(
  'the removal of a %s that takes too long is shown as overdue',
  async (kind) => {
    const testbed = await newStack();
    const { temporal, simulator, progress } = testbed;
    const id = `${kind}/${name}`;
    await finishMainJob(testbed);
    simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 503, times: 'always' });
    if (kind === 'teardown') await temporal.start('teardownEnvironment', id, [{ name }]);
    else await temporal.update(id, 'releaseLease', { by: 'ann', reason: 'done' });
    await untilPhase(testbed, 'DeletingPool', id);
    expect(await progress(id)).toMatchObject({ phase: 'DeletingPool', overdueSince: null });
    await temporal.run({ maxTime: hour });
    expect(await progress(id)).toMatchObject({ phase: 'DeletingPool', overdueSince: expect.any(String) });
    expect(temporal.searchAttributes(id).MaopsOverdue).toBe(true);
    simulator.faults.expectAllHit();
    simulator.faults.clear();
    await temporal.run({ until: () => temporal.status(id) !== 'RUNNING' });
    expect(await progress(id)).toMatchObject({ phase: 'Gone', overdueSince: null });
    expect(temporal.searchAttributes(id).MaopsOverdue).toBe(false);
  },
);

test('another user’s notebook that appears while the delete of its pool is refused keeps the pool', async () => {
  const testbed = await refusingPoolDelete();
  const { temporal, simulator, progress } = testbed;
  await temporal.run({ maxTime: hour / 3 });
  const [pool] = simulator.state().pools;
  await control(testbed, 'notebooks', { name: 'guest', pool: pool?.id, user: 'neighbour' });
  simulator.faults.expectAllHit();
  simulator.faults.clear();
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  const { phase, failure } = await progress(workflowId);
  expect({ phase, type: failure?.type, open: temporal.openWorkflows() }).toEqual({
    phase: 'Failed',
    type: 'Protected',
    open: [`lease/${name}`],
  });
  expect(failure?.message).toBe(`pool ${name} is kept: notebook guest of neighbour runs on it`);
  expect(failure?.hint).toContain('Ask neighbour to delete notebook guest');
  expect(simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], notebooks: [{ name: 'guest' }] });
});

test('a command that the service refuses is shown with its refusal', async () => {
  const { temporal, requests, why } = await tearingDown('UNAVAILABLE', [
    neverTaken('notebooks.action'),
    neverTaken('notebooks.delete'),
  ]);
  await temporal.run({ maxTime: 6 * hour });
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

test('a pool whose notebooks may not all be listed is kept by a lease as busy, until the permission is granted', async () => {
  const testbed = await refusingPoolDelete();
  const { temporal, simulator, progress } = testbed;
  simulator.faults.clear();
  const denied = { error_code: 'ModelArts.0112', error_msg: 'Policy doesn’t allow it.' };
  simulator.faults.plan({
    operation: 'notebooks.list',
    kind: 'status',
    status: 403,
    body: { json: denied },
    times: 'always',
  });
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  expect(await progress(workflowId)).toMatchObject({ phase: 'Failed', failure: { type: 'Busy' } });
  expect(temporal.openWorkflows()).toEqual([`lease/${name}`]);
  expect(simulator.state().pools).toMatchObject([{ phase: 'Running' }]);
  simulator.faults.clear();
  await temporal.start('teardownEnvironment', workflowId, [{ name }]);
  expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone' });
});

test('a foreign pool that takes the name between two observations is left alone after a few observations', async () => {
  const slowDelete = { operation: 'pools.create', kind: 'slowDelete', ms: 4 * 60_000 } as const;
  const testbed = await newStack({ simulator: { faults: [slowDelete] } });
  const { temporal, simulator, progress } = testbed;
  const env = `env/${name}`;
  await startMainJob(testbed);
  await untilPhase(testbed, 'AwaitingPool');
  await temporal.cancel(env);
  await temporal.run({ until: () => simulator.requests('pools.delete').length > 0 });
  // Something must happen in every second, so that the run does not see the name free.
  while (simulator.state().pools.length > 0) await temporal.run({ maxTime: 1_000 });
  await control(testbed, 'pools', { name, description: 'of someone else' });
  await temporal.run({ until: () => temporal.status(env) !== 'RUNNING' });
  expect(await progress(env)).toMatchObject({ phase: 'Cancelled' });
  expect(simulator.state().pools).toMatchObject([{ name, phase: 'Running' }]);
  expect(temporal.history(env).length).toBeLessThan(60);
});
