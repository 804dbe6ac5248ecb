import { describe, expect, test } from '@jest/globals';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { finishMainJob, name, startMainJob, untilPhase } from './stories.js';

const workflowId = `env/${name}`;
const lease = `lease/${name}`;
const said = { by: 'ann', reason: 'try again' };

const newStack = stacksForFile();

/** A main job whose notebook has failed once, and that waits for an operator. */
async function parked() {
  const stack = await newStack({ simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] } });
  await startMainJob(stack, { onFailure: 'ask' });
  await untilPhase(stack, 'AwaitingOperator');
  return stack;
}

describe('words in raw JSON', () => {
  test('may have null for what is not meant, as clients of other languages write it', async () => {
    const { world, progress } = await parked();
    await world.update(workflowId, 'resolve', { verb: 'retry', ...said, step: 'notebook', attempt: 1, changes: null });
    await world.result(workflowId);
    expect(await progress(workflowId)).toMatchObject({ phase: 'Ready', failure: null });
  });

  test.each(['x', 5, ['pool.flavor']])('are refused when the changes are %j', async (changes) => {
    const { world, progress } = await parked();
    const resolution = { verb: 'retry', ...said, changes };
    await expect(world.update(workflowId, 'resolve', resolution)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('changes are a group of paths with values') },
    });
    expect(await progress(workflowId)).toMatchObject({ phase: 'AwaitingOperator' });
  });

  test.each([undefined, null, 'x', { notebooks: 5 }, { notebooks: [null] }, { pool: 'x' }, { removed: {} }])(
    'do not stop a lease that is handed %j',
    async (resources) => {
      const stack = await newStack();
      await finishMainJob(stack);
      await expect(stack.world.update(lease, 'acquire', resources)).rejects.toMatchObject({
        cause: { message: 'what is handed over is not told as resources' },
      });
      await stack.world.update(lease, 'releaseLease', said);
      expect(await stack.world.result(lease)).toMatchObject({ phase: 'Gone' });
    },
  );

  test('may tell a lease of a part only', async () => {
    const stack = await newStack();
    await finishMainJob(stack);
    await stack.world.update(lease, 'acquire', { pool: null });
    await stack.world.update(lease, 'releaseLease', said);
    expect(await stack.world.result(lease)).toMatchObject({ phase: 'Gone' });
    expect(stack.simulator.state().pools).toEqual([]);
  });
});

test('a pause holds a release also when the lease goes on as a new run', async () => {
  const stack = await newStack({ suggestContinueAsNewAfter: 30 });
  const { world, simulator, progress } = stack;
  await finishMainJob(stack);
  const { runId } = await progress(lease);
  // Said again and again it only makes the history longer.
  for (let times = 0; times < 30; times += 1) {
    await world.signal(lease, 'pause', said);
    await world.run({ maxTime: 1_000 });
  }
  await world.update(lease, 'releaseLease', said);
  await world.run({ maxTime: 3_600_000 });
  expect((await progress(lease)).runId).not.toBe(runId);
  expect(await progress(lease)).toMatchObject({ phase: 'Paused', why: expect.stringContaining('is held by a pause') });
  expect(simulator.requests().filter(({ operation }) => /delete|action/.test(operation))).toEqual([]);
  await world.signal(lease, 'resume', said);
  expect(await world.result(lease)).toMatchObject({ phase: 'Gone' });
});
