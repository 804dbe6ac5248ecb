import { expect, test } from '@jest/globals';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { finishMainJob, name, startMainJob, untilPhase } from './stories.js';

const minute = 60_000;
const hour = 60 * minute;
const env = `env/${name}`;
const lease = `lease/${name}`;
const teardown = `teardown/${name}`;
const pause = { by: 'ann', reason: 'look first' };

const newStack = stacksForFile();

/** A run that was called off and is held on its way back. */
async function heldRollback(): Promise<VirtualStack> {
  const stack = await newStack();
  await startMainJob(stack);
  await untilPhase(stack, 'AwaitingNotebook');
  await stack.world.cancel(env);
  await untilPhase(stack, 'RollingBack');
  await stack.world.signal(env, 'pause', pause);
  return stack;
}

/** A lease that was released and is held in its removal. */
async function heldRelease(): Promise<VirtualStack> {
  const stack = await newStack();
  await finishMainJob(stack);
  await stack.world.update(lease, 'releaseLease', { by: 'ann', reason: 'done' });
  await untilPhase(stack, 'DeletingNotebook', lease);
  await stack.world.signal(lease, 'pause', pause);
  return stack;
}

/** A lease whose release is held before it has begun. */
async function releasedWhilePaused(): Promise<VirtualStack> {
  const stack = await newStack();
  await finishMainJob(stack);
  await stack.world.signal(lease, 'pause', pause);
  await stack.world.update(lease, 'releaseLease', { by: 'ann', reason: 'done' });
  return stack;
}

test.each([
  // The run was cancelled before its pause, so the teardown resumes it. Its cancel ends the pause of the lease.
  ['a way back', env, heldRollback, 'resume'],
  ['the removal of a lease', lease, heldRelease, 'cancel'],
] as const)('a teardown ends the pause that holds %s', async (_title, workflowId, held, verb) => {
  const stack = await held();
  const { world, simulator, progress } = stack;
  await world.run({ maxTime: 10 * minute });
  expect(await progress(workflowId)).toMatchObject({ phase: 'Paused' });
  await world.start('teardownEnvironment', teardown, [{ name }]);
  await world.run({ until: () => world.status(teardown) !== 'RUNNING', maxTime: hour });
  expect(await progress(teardown)).toMatchObject({ phase: 'Gone' });
  expect({ ...simulator.state(), open: world.openWorkflows() }).toMatchObject({ pools: [], notebooks: [], open: [] });
  const { audit } = await progress(workflowId);
  expect(audit.filter((entry) => entry.verb === verb).at(-1)).toMatchObject({ by: teardown, reason: 'teardown' });
});

test('the end of a lease leaves a way back paused', async () => {
  const stack = await newStack();
  const { world, simulator, progress } = stack;
  await startMainJob(stack, { lease: { ttl: '8h' } });
  await world.result(env);
  const snapshot = simulator.snapshot();
  simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks: [] } });
  await startMainJob(stack, { lease: { ttl: '8h' } });
  await world.run({ until: () => simulator.state().notebooks[0]?.status === 'RUNNING' });
  await world.cancel(env);
  await untilPhase(stack, 'RollingBack');
  await world.signal(env, 'pause', pause);
  await world.run({ maxTime: Date.parse((await progress(lease)).lease?.endsAt ?? '') + 10 * minute - world.now() });
  expect(await progress(env)).toMatchObject({ phase: 'Paused' });
  expect(await progress(lease)).toMatchObject({ phase: 'Planning' });
  await world.signal(env, 'resume', { by: 'ann' });
  expect(await world.result(lease)).toMatchObject({ phase: 'Gone' });
});

test.each([
  ['under way', heldRelease],
  ['about to begin', releasedWhilePaused],
] as const)('a create is refused at once while a paused removal of its name is %s', async (_title, held) => {
  const stack = await held();
  const { world, simulator, progress } = stack;
  const before = simulator.requests().filter(({ method }) => method !== 'GET').length;
  await startMainJob(stack);
  await world.run({ until: () => world.status(env) !== 'RUNNING', maxTime: hour });
  expect(await progress(env)).toMatchObject({
    phase: 'Failed',
    failure: { type: 'SpecConflict', message: `${name} is being torn down (${lease})` },
  });
  expect((await progress(env)).steps).toContainEqual({ name: 'pool', state: 'pending' });
  expect(simulator.requests().filter(({ method }) => method !== 'GET')).toHaveLength(before);
});

test('a create joins a lease that is paused and owns', async () => {
  const stack = await newStack();
  const { world, progress } = stack;
  await finishMainJob(stack);
  await world.signal(lease, 'pause', pause);
  await finishMainJob(stack);
  expect(await progress(env)).toMatchObject({ phase: 'Ready' });
});
