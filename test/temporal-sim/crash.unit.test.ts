import { describe, expect, test } from '@jest/globals';
import { NondeterminismError } from './cached-workflow.js';
import { simsForFile, type Work } from './conformance/sims-for-file.js';
import type { SimOptions } from './options.js';

const newSim = simsForFile();

/** A sim whose activity takes three seconds. */
async function simWith(options: Partial<SimOptions> = {}) {
  const work: Work = async (input, { sleep }) => {
    await sleep(3000);
    return input;
  };
  return await newSim(work, options);
}

describe('a worker crash', () => {
  test('retries its activities after the heartbeat time-out', async () => {
    const sim = await simWith();
    await sim.start('steps', 'w', []);
    await sim.run({ maxTime: 2900 });
    sim.killWorker();
    const start = sim.now();
    await sim.run({ until: () => sim.workers.length === 2 });
    expect(await sim.result('w')).toEqual(['a', 'b', 'c']);
    // The last heartbeat was at 2 s, so the time-out is at 10 s. Then 1 s of back-off, 3 s + 5 s + 3 s of work, and 1 s
    // in which the workflow task waits for the worker that had the run in its cache.
    expect(sim.now() - start).toBe(10_000 - 2900 + 1000 + 11_000 + 1000);
  });

  test.each(['crashBeforeReport', 'crashAfterReport'] as const)(
    'does not change the result at any activation: %s',
    async (outcome) => {
      const golden = await simWith();
      await golden.start('steps', 'w', []);
      const result = await golden.result('w');
      expect(golden.activations).toBe(4);
      for (let k = 1; k <= golden.activations; k += 1) {
        const sim = await simWith({ onActivation: (activation) => (activation === k ? outcome : 'reported') });
        await sim.start('steps', 'w', []);
        expect(await sim.result('w')).toEqual(result);
        expect(sim.workers[0]?.alive).toBe(false);
        await sim.verifyReplays();
      }
    },
  );

  test('is reported if its workflow behaves differently in replay', async () => {
    const sim = await simWith();
    await sim.start('nondeterministic', 'w', []);
    await sim.run({ maxTime: 1000 });
    sim.killWorker();
    await expect(sim.result('w')).rejects.toBeInstanceOf(NondeterminismError);
  });
});
