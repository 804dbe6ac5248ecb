import { describe, expect, test } from '@jest/globals';
import { NondeterminismError } from './cached-workflow.js';
import { simsForFile, type Work } from './conformance/sims-for-file.js';
import type { SimOptions } from './options.js';

const newWorld = simsForFile();

/** A world whose activities take three seconds. */
async function simWith(options: Partial<SimOptions> = {}) {
  const work: Work = async (input, { sleep }) => {
    await sleep(3000);
    return input;
  };
  return await newWorld(work, options);
}

describe('a worker that dies', () => {
  test('has its activities tried again after the heartbeat time-out', async () => {
    const world = await simWith();
    await world.start('steps', 'w', []);
    await world.run({ maxTime: 2900 });
    world.killWorker();
    const start = world.now();
    await world.run({ until: () => world.workers.length === 2 });
    expect(await world.result('w')).toEqual(['a', 'b', 'c']);
    // The last heartbeat was at 2 s, so the time-out is at 10 s; 1 s of pause; 3 s + 5 s + 3 s of work; and 1 s in
    // which the run's task waits for the worker that had it in its cache.
    expect(world.now() - start).toBe(10_000 - 2900 + 1000 + 11_000 + 1000);
  });

  test.each(['diesBeforeReport', 'diesAfterReport'] as const)(
    '%s: after any activation the run ends the same',
    async (fate) => {
      const golden = await simWith();
      await golden.start('steps', 'w', []);
      const result = await golden.result('w');
      expect(golden.activations).toBe(4);
      for (let k = 1; k <= golden.activations; k += 1) {
        const world = await simWith({ fate: (activation) => (activation === k ? fate : 'lives') });
        await world.start('steps', 'w', []);
        expect(await world.result('w')).toEqual(result);
        expect(world.workers[0]?.alive).toBe(false);
        await world.verifyReplays();
      }
    },
  );

  test('shows a workflow that does something else in replay', async () => {
    const world = await simWith();
    await world.start('unsteady', 'w', []);
    await world.run({ maxTime: 1000 });
    world.killWorker();
    await expect(world.result('w')).rejects.toBeInstanceOf(NondeterminismError);
  });
});
