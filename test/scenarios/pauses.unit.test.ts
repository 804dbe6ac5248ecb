import { describe, expect, test } from '@jest/globals';
import type { OperationPattern } from '../../src/simulator/operations.js';
import type { VirtualStackOptions } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { cancelAndAwait, documents, type Kind, kinds, types, usable } from './launch-alone.js';
import { name } from './stories.js';

const minute = 60_000;
const hour = 60 * minute;
const deleteOf: Record<Kind, OperationPattern> = { pool: 'pools.delete', notebook: 'notebooks.delete' };

const newStack = stacksForFile();

/** Makes one resource and calls it off when it is usable, while the service refuses deletes. */
async function undoing(kind: Kind, refusals: number | 'always', options: VirtualStackOptions = {}) {
  const faults = [{ operation: deleteOf[kind], kind: 'status' as const, status: 503, times: refusals }];
  const stack = await newStack({ ...options, simulator: { faults } });
  const { world, simulator } = stack;
  const workflowId = `${kind}/${name}`;
  await cancelAndAwait(stack, kind, usable[kind]);
  const deletes = () => simulator.requests(deleteOf[kind]).length;
  await world.run({ until: () => deletes() === 1 });
  const pause = async () => await world.signal(workflowId, 'pause', { by: 'ann', reason: 'look first' });
  const resume = async () => await world.signal(workflowId, 'resume', { by: 'ann' });
  const progress = async () => await stack.progress(workflowId);
  return { ...stack, workflowId, deletes, pause, resume, progress };
}

test.each(kinds)('a pause ends the tries of a delete that is refused, and they go on after it: %s', async (kind) => {
  const { world, workflowId, deletes, pause, resume, progress } = await undoing(kind, 3);
  await pause();
  await world.run({ maxTime: hour });
  expect(deletes()).toBe(1);
  expect(await progress()).toMatchObject({ phase: 'Paused', failure: null });
  await resume();
  await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
  expect(await progress()).toMatchObject({ phase: 'Cancelled' });
});

test('the deadline of what is waited for stands still in a pause, and is shown where it comes after it', async () => {
  const stack = await newStack();
  const { world } = stack;
  const workflowId = `pool/${name}`;
  const progress = async () => await stack.progress(workflowId);
  const deadline = async () => (await progress()).awaiting?.deadline;
  await world.start(types.pool, workflowId, [{ ...documents.pool, approval: { required: true, timeout: '2h' } }]);
  await world.run({ maxTime: 30 * minute });
  const before = await deadline();
  await world.signal(workflowId, 'pause', { by: 'ann', reason: 'ask first' });
  await world.run({ maxTime: 3 * hour });
  expect(await progress()).toMatchObject({ phase: 'Paused', awaiting: { kind: 'approval', deadline: null } });
  await world.signal(workflowId, 'resume', { by: 'ann' });
  await world.run({ maxTime: minute });
  const after = Date.parse((await deadline()) ?? '');
  expect(after).toBe(Date.parse(before ?? '') + 3 * hour);
  await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
  expect(await progress()).toMatchObject({ failure: { type: 'ApprovalTimedOut' } });
  expect(Math.abs(world.now() - after)).toBeLessThan(1000);
});

test.each(['approve', 'reject'])(
  'an answer that comes in a pause counts: nothing waits for another one (%s)',
  async (verb) => {
    const stack = await newStack();
    const { world } = stack;
    const workflowId = `pool/${name}`;
    const said = { by: 'ann', reason: 'fits the budget' };
    await world.start(types.pool, workflowId, [{ ...documents.pool, approval: { required: true, timeout: '2h' } }]);
    await world.run({ maxTime: minute });
    await world.signal(workflowId, 'pause', said);
    await world.update(workflowId, verb, said);
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Paused', awaiting: null });
    await expect(world.update(workflowId, 'approve', said)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('nothing waits for approval') },
    });
    await world.signal(workflowId, 'resume', said);
    await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
    expect(await stack.progress(workflowId)).toMatchObject({ phase: verb === 'approve' ? 'Ready' : 'Rejected' });
  },
);

describe('the patience with an undo', () => {
  test.each(kinds)('does not run while it is paused: %s', async (kind) => {
    const { world, pause, resume, progress } = await undoing(kind, 'always');
    await world.run({ maxTime: 20 * minute });
    await pause();
    await world.run({ maxTime: 2 * hour });
    await resume();
    await world.run({ maxTime: 9 * minute });
    expect(await progress()).toMatchObject({ phase: 'RollingBack', awaiting: null });
    await world.run({ maxTime: 2 * minute });
    expect(await progress()).toMatchObject({ phase: 'AwaitingOperator', awaiting: { kind: 'operator', verbs: [] } });
  });

  test.each(kinds)('leaves nothing to decide when it is over: %s', async (kind) => {
    const { world, workflowId } = await undoing(kind, 'always');
    await world.run({ maxTime: 31 * minute });
    const answer = world.update(workflowId, 'resolve', { verb: 'retry', by: 'ann', reason: 'again' });
    await expect(answer).rejects.toMatchObject({
      cause: { message: 'there is nothing to decide: what is being removed is tried again until it is gone' },
    });
  });

  test.each(kinds)('goes on over continued runs, and is shown by each of them: %s', async (kind) => {
    const { world, progress } = await undoing(kind, 'always', { suggestContinueAsNewAfter: 40 });
    const { runId } = await progress();
    await world.run({ maxTime: 31 * minute });
    const parked = await progress();
    expect(parked).toMatchObject({ phase: 'AwaitingOperator', awaiting: { kind: 'operator', verbs: [] } });
    expect(parked.runId).not.toBe(runId);
    await world.run({ maxTime: hour });
    const later = await progress();
    expect(later).toMatchObject({ phase: 'AwaitingOperator', awaiting: parked.awaiting });
    expect(later.runId).not.toBe(parked.runId);
  });
});
