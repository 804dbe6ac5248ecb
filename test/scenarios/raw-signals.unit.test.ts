import { describe, expect, test } from '@jest/globals';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const workflowId = `env/${name}`;
const lease = `lease/${name}`;
const attribution = { by: 'ann', reason: 'try again' };

const newStack = testbedsForFile();

/** A main job whose notebook has failed once, and that waits for an operator. */
async function awaitingOperator() {
  const testbed = await newStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
  });
  await startMainJob(testbed, { onFailure: 'ask' });
  await untilPhase(testbed, 'AwaitingOperator');
  return testbed;
}

describe('words in raw JSON', () => {
  test('may have null for absent values, as clients in other languages write them', async () => {
    const { temporal, progress } = await awaitingOperator();
    await temporal.update(workflowId, 'resolve', {
      verb: 'retry',
      ...attribution,
      step: 'notebook',
      attempt: 1,
      changes: null,
    });
    await temporal.result(workflowId);
    expect(await progress(workflowId)).toMatchObject({ phase: 'Ready', failure: null });
  });

  test.each(['x', 5, ['pool.flavor']])('are refused when the changes are %j', async (changes) => {
    const { temporal, progress } = await awaitingOperator();
    const resolution = { verb: 'retry', ...attribution, changes };
    await expect(temporal.update(workflowId, 'resolve', resolution)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('changes must be a mapping of paths to values') },
    });
    expect(await progress(workflowId)).toMatchObject({ phase: 'AwaitingOperator' });
  });

  test.each([undefined, null, 'x', { notebooks: 5 }, { notebooks: [null] }, { pool: 'x' }, { removed: {} }])(
    'do not stop a lease that is handed %j',
    async (resources) => {
      const testbed = await newStack();
      await finishMainJob(testbed);
      await expect(testbed.temporal.update(lease, 'acquire', resources)).rejects.toMatchObject({
        cause: { message: 'the argument is not a list of resources, or too large' },
      });
      await testbed.temporal.update(lease, 'releaseLease', attribution);
      expect(await testbed.temporal.result(lease)).toMatchObject({ phase: 'Gone' });
    },
  );

  test('may notify a lease of one resource only', async () => {
    const testbed = await newStack();
    await finishMainJob(testbed);
    await testbed.temporal.update(lease, 'acquire', { pool: null });
    await testbed.temporal.update(lease, 'releaseLease', attribution);
    expect(await testbed.temporal.result(lease)).toMatchObject({ phase: 'Gone' });
    expect(testbed.simulator.state().pools).toEqual([]);
  });
});

test.each([['30m'], 30, null])('a lease whose spec has %j as deadline of a removal still ends', async (undo) => {
  const { temporal } = await newStack();
  await temporal.start('leaseEnvironment', lease, [{ name, spec: { name, deadlines: { undo } }, resources: {} }]);
  await temporal.run({ maxTime: 1_000 });
  await temporal.update(lease, 'releaseLease', attribution);
  expect(await temporal.result(lease)).toMatchObject({ phase: 'Gone' });
});

test('an unknown signal, such as `note` of an earlier version, changes nothing', async () => {
  const testbed = await newStack();
  const { temporal, progress } = testbed;
  await startMainJob(testbed);
  await untilPhase(testbed, 'AwaitingPool');
  await temporal.signal(workflowId, 'note', { verb: 'teardown', ...attribution });
  await temporal.result(workflowId);
  await temporal.signal(lease, 'note', { verb: 'unprotect', ...attribution });
  await temporal.run({ maxTime: 1_000 });
  expect(await progress(workflowId)).toMatchObject({ phase: 'Ready', audit: [] });
  expect(await progress(lease)).toMatchObject({ phase: 'Leased', audit: [] });
});

test('a pause holds a release also when the lease continues as a new run', async () => {
  const testbed = await newStack({ suggestContinueAsNewAfter: 70 });
  const { temporal, simulator, progress } = testbed;
  await finishMainJob(testbed);
  const { runId } = await progress(lease);
  // Repeated pauses only make the history longer.
  for (let times = 0; times < 30; times += 1) {
    await temporal.signal(lease, 'pause', attribution);
    await temporal.run({ maxTime: 1_000 });
  }
  await temporal.update(lease, 'releaseLease', attribution);
  await temporal.run({ maxTime: 3_600_000 });
  expect((await progress(lease)).runId).not.toBe(runId);
  expect(await progress(lease)).toMatchObject({ phase: 'Paused', why: expect.stringContaining('maops env resume') });
  expect(simulator.requests().filter(({ operation }) => /delete|action/.test(operation))).toEqual([]);
  await temporal.signal(lease, 'resume', attribution);
  expect(await temporal.result(lease)).toMatchObject({ phase: 'Gone' });
});
