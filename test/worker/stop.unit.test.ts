import { expect, test } from '@jest/globals';
import { runTogether } from '../../src/worker/temporal-worker.js';

type Runnable = Parameters<typeof runTogether>[0][number];

/** A Temporal worker that ends as configured at a shutdown, or by itself. */
function fakeWorker(onShutdown: 'ends' | 'fails' | 'hangs') {
  let end: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  let state: ReturnType<Runnable['getState']> = 'INITIALIZED';
  let shutdowns = 0;
  const worker: Runnable = {
    run: async () => {
      state = 'RUNNING';
      await ended;
    },
    shutdown: () => {
      shutdowns += 1;
      state = 'STOPPING';
      if (onShutdown === 'ends') end();
      if (onShutdown === 'fails') fail(new Error('Worker still in use'));
    },
    getState: () => state,
  };
  return { worker, fail: (error: Error) => fail(error), shutdowns: () => shutdowns };
}

function setUp(...ends: readonly ('ends' | 'fails' | 'hangs')[]) {
  const fakes = ends.map(fakeWorker);
  const warnings: unknown[] = [];
  let stops = 0;
  const logger = { debug: () => undefined, warn: (...words: unknown[]) => void warnings.push(words) };
  const workers = fakes.map(({ worker }) => worker);
  const running = runTogether(workers, logger, () => (stops += 1), 10);
  return { fakes, warnings, running, stops: () => stops };
}

test('a stop shuts down every worker once, without warnings', async () => {
  const { fakes, warnings, running, stops } = setUp('ends', 'ends');
  await Promise.all([running.stop(), running.stop()]);
  await running.ended;
  expect([stops(), fakes.map((fake) => fake.shutdowns()), warnings]).toEqual([1, [1, 1], []]);
});

test.each(['fails', 'hangs'] as const)('a worker that %s during a stop is abandoned with a warning', async (how) => {
  const { warnings, running } = setUp('ends', how);
  await running.stop();
  expect(warnings).toHaveLength(1);
});

test('a worker that ends by itself stops the other one, and both report its error', async () => {
  const { fakes, running, stops } = setUp('ends', 'ends');
  fakes[1]?.fail(new Error('no permission to poll'));
  await expect(running.ended).rejects.toThrow('no permission to poll');
  expect([stops(), fakes[0]?.shutdowns()]).toEqual([1, 1]);
});
