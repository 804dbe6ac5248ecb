import { expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const env = `env/${name}`;
const lease = `lease/${name}`;
const teardown = `teardown/${name}`;
const pause = { by: 'ann', reason: 'look first' };

const newStack = testbedsForFile();

/** A cancelled run whose rollback is paused. */
async function heldRollback(): Promise<Testbed> {
  const testbed = await newStack();
  await startMainJob(testbed);
  await untilPhase(testbed, 'AwaitingNotebook');
  await testbed.temporal.cancel(env);
  await untilPhase(testbed, 'RollingBack');
  await testbed.temporal.signal(env, 'pause', pause);
  return testbed;
}

/** A lease that was released and is held in its removal. */
async function heldRelease(): Promise<Testbed> {
  const testbed = await newStack();
  await finishMainJob(testbed);
  await testbed.temporal.update(lease, 'releaseLease', { by: 'ann', reason: 'done' });
  await untilPhase(testbed, 'DeletingNotebook', lease);
  await testbed.temporal.signal(lease, 'pause', pause);
  return testbed;
}

/** A lease whose release is held before it has begun. */
async function releasedWhilePaused(): Promise<Testbed> {
  const testbed = await newStack();
  await finishMainJob(testbed);
  await testbed.temporal.signal(lease, 'pause', pause);
  await testbed.temporal.update(lease, 'releaseLease', { by: 'ann', reason: 'done' });
  return testbed;
}

test.each([
  // The run was cancelled before its pause, so the teardown resumes it. Its cancel ends the pause of the lease.
  ['a rollback', env, heldRollback, 'resume'],
  ['the removal of a lease', lease, heldRelease, 'cancel'],
] as const)('a teardown ends the pause that holds %s', async (_title, workflowId, held, verb) => {
  const testbed = await held();
  const { temporal, simulator, progress } = testbed;
  await temporal.run({ maxTime: 10 * minute });
  expect(await progress(workflowId)).toMatchObject({ phase: 'Paused' });
  await temporal.start('teardownEnvironment', teardown, [{ name }]);
  await temporal.run({ until: () => temporal.status(teardown) !== 'RUNNING', maxTime: hour });
  expect(await progress(teardown)).toMatchObject({ phase: 'Gone' });
  expect({ ...simulator.state(), open: temporal.openWorkflows() }).toMatchObject({
    pools: [],
    notebooks: [],
    open: [],
  });
  const { audit } = await progress(workflowId);
  expect(audit.filter((entry) => entry.verb === verb).at(-1)).toMatchObject({ by: teardown, reason: 'teardown' });
});

test('the end of a lease leaves a rollback paused', async () => {
  const testbed = await newStack();
  const { temporal, simulator, progress } = testbed;
  await startMainJob(testbed, { lease: { ttl: '8h' } });
  await temporal.result(env);
  const snapshot = simulator.snapshot();
  simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks: [] } });
  await startMainJob(testbed, { lease: { ttl: '8h' } });
  await temporal.run({ until: () => simulator.state().notebooks[0]?.status === 'RUNNING' });
  await temporal.cancel(env);
  await untilPhase(testbed, 'RollingBack');
  await temporal.signal(env, 'pause', pause);
  await temporal.run({
    maxTime: Date.parse((await progress(lease)).lease?.endsAt ?? '') + 10 * minute - temporal.now(),
  });
  expect(await progress(env)).toMatchObject({ phase: 'Paused' });
  expect(await progress(lease)).toMatchObject({ phase: 'Planning' });
  await temporal.signal(env, 'resume', { by: 'ann' });
  expect(await temporal.result(lease)).toMatchObject({ phase: 'Gone' });
});

test.each([
  ['under way', heldRelease],
  ['about to begin', releasedWhilePaused],
] as const)('a create is refused at once while a paused removal of its name is %s', async (_title, held) => {
  const testbed = await held();
  const { temporal, simulator, progress } = testbed;
  const before = simulator.requests().filter(({ method }) => method !== 'GET').length;
  await startMainJob(testbed);
  await temporal.run({ until: () => temporal.status(env) !== 'RUNNING', maxTime: hour });
  expect(await progress(env)).toMatchObject({
    phase: 'Failed',
    failure: { type: 'SpecConflict', message: `${name} is being torn down (${lease})` },
  });
  expect((await progress(env)).steps).toContainEqual({ name: 'pool', state: 'pending' });
  expect(simulator.requests().filter(({ method }) => method !== 'GET')).toHaveLength(before);
});

test('a create joins a lease that is paused and owns', async () => {
  const testbed = await newStack();
  const { temporal, progress } = testbed;
  await finishMainJob(testbed);
  await temporal.signal(lease, 'pause', pause);
  await finishMainJob(testbed);
  expect(await progress(env)).toMatchObject({ phase: 'Ready' });
});
