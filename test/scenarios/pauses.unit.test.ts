import { describe, expect, test } from '@jest/globals';
import type { OperationPattern } from '../../src/simulator/operations.js';
import type { TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { cancelAndAwait, documents, type Kind, kinds, types, usable } from './launch-alone.js';
import { name } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const deleteOf: Record<Kind, OperationPattern> = { pool: 'pools.delete', notebook: 'notebooks.delete' };

const newStack = testbedsForFile();

/** Creates one resource and cancels the run when it is usable, while the service refuses deletes. */
async function undoing(kind: Kind, refusals: number | 'always', options: TestbedOptions = {}) {
  const faults = [{ operation: deleteOf[kind], kind: 'status' as const, status: 503, times: refusals }];
  const testbed = await newStack({ ...options, simulator: { faults } });
  const { temporal, simulator } = testbed;
  const workflowId = `${kind}/${name}`;
  await cancelAndAwait(testbed, kind, usable[kind]);
  const deletes = () => simulator.requests(deleteOf[kind]).length;
  await temporal.run({ until: () => deletes() === 1 });
  const pause = async () => await temporal.signal(workflowId, 'pause', { by: 'ann', reason: 'look first' });
  const resume = async () => await temporal.signal(workflowId, 'resume', { by: 'ann' });
  const progress = async () => await testbed.progress(workflowId);
  return { ...testbed, workflowId, deletes, pause, resume, progress };
}

test.each(kinds)('a pause stops the retries of a refused delete, which continue after it: %s', async (kind) => {
  const { temporal, workflowId, deletes, pause, resume, progress } = await undoing(kind, 3);
  await pause();
  await temporal.run({ maxTime: hour });
  expect(deletes()).toBe(1);
  expect(await progress()).toMatchObject({ phase: 'Paused', failure: null });
  await resume();
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  expect(await progress()).toMatchObject({ phase: 'Cancelled' });
});

test('the deadline of a wait is suspended in a pause, and shown with its new time after it', async () => {
  const testbed = await newStack();
  const { temporal } = testbed;
  const workflowId = `pool/${name}`;
  const progress = async () => await testbed.progress(workflowId);
  const deadline = async () => (await progress()).awaiting?.deadline;
  await temporal.start(types.pool, workflowId, [{ ...documents.pool, approval: { required: true, timeout: '2h' } }]);
  await temporal.run({ maxTime: 30 * minute });
  const before = await deadline();
  await temporal.signal(workflowId, 'pause', { by: 'ann', reason: 'ask first' });
  await temporal.run({ maxTime: 3 * hour });
  expect(await progress()).toMatchObject({ phase: 'Paused', awaiting: { kind: 'approval', deadline: null } });
  await temporal.signal(workflowId, 'resume', { by: 'ann' });
  await temporal.run({ maxTime: minute });
  const after = Date.parse((await deadline()) ?? '');
  expect(after).toBe(Date.parse(before ?? '') + 3 * hour);
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  expect(await progress()).toMatchObject({ failure: { type: 'ApprovalTimedOut' } });
  expect(Math.abs(temporal.now() - after)).toBeLessThan(1000);
});

test.each(['approve', 'reject'])(
  'an answer that comes in a pause counts: nothing waits for another one (%s)',
  async (verb) => {
    const testbed = await newStack();
    const { temporal } = testbed;
    const workflowId = `pool/${name}`;
    const attribution = { by: 'ann', reason: 'fits the budget' };
    await temporal.start(types.pool, workflowId, [{ ...documents.pool, approval: { required: true, timeout: '2h' } }]);
    await temporal.run({ maxTime: minute });
    await temporal.signal(workflowId, 'pause', attribution);
    await temporal.update(workflowId, verb, attribution);
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Paused', awaiting: null });
    await expect(temporal.update(workflowId, 'approve', attribution)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('no approval is awaited') },
    });
    await temporal.signal(workflowId, 'resume', attribution);
    await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: verb === 'approve' ? 'Ready' : 'Rejected' });
  },
);

describe('the deadline of a removal', () => {
  test.each(kinds)('does not run while it is paused: %s', async (kind) => {
    const { temporal, pause, resume, progress } = await undoing(kind, 'always');
    await temporal.run({ maxTime: 20 * minute });
    await pause();
    await temporal.run({ maxTime: 2 * hour });
    await resume();
    await temporal.run({ maxTime: 9 * minute });
    expect(await progress()).toMatchObject({ phase: 'RollingBack', overdueSince: null });
    await temporal.run({ maxTime: 2 * minute });
    expect(await progress()).toMatchObject({ phase: 'RollingBack', overdueSince: expect.any(String) });
  });

  test.each(kinds)('leaves nothing to decide when it is over: %s', async (kind) => {
    const { temporal, workflowId } = await undoing(kind, 'always');
    await temporal.run({ maxTime: 31 * minute });
    const answer = temporal.update(workflowId, 'resolve', { verb: 'retry', by: 'ann', reason: 'again' });
    await expect(answer).rejects.toMatchObject({
      cause: { type: 'RequestRejected', message: expect.stringContaining('RollingBack') },
    });
  });

  test.each(kinds)('continues over continue-as-new, and is shown by each run: %s', async (kind) => {
    const { temporal, progress } = await undoing(kind, 'always', { suggestContinueAsNewAfter: 40 });
    const { runId } = await progress();
    await temporal.run({ maxTime: 31 * minute });
    const overdue = await progress();
    expect(overdue).toMatchObject({ phase: 'RollingBack', overdueSince: expect.any(String) });
    expect(overdue.runId).not.toBe(runId);
    await temporal.run({ maxTime: hour });
    const later = await progress();
    expect(later).toMatchObject({ phase: 'RollingBack', overdueSince: overdue.overdueSince });
    expect(later.runId).not.toBe(overdue.runId);
  });
});
