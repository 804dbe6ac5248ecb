import { onBed, rounded } from './bed.js';

/** Fast enough for a bench, slow enough that all runs of a round wait at the same time. */
const speed = 60;
const env = { MAOPS_MAX_RPS: '2000' };

/** API calls for one provisioning while so many wait at once: one list serves all of them. */
export async function waiters(count: number) {
  return await onBed({ speed, env }, async ({ stack, provision }) => {
    const began = performance.now();
    const runs = await Promise.all(Array.from({ length: count }, (_, index) => provision(`wait-${index}`)));
    const ends = await Promise.all(runs.map(({ ready }) => ready));
    const seconds = rounded((performance.now() - began) / 1_000);
    const calls = stack.simulator.simulator.summary();
    const total = Object.values(calls).reduce((sum, one) => sum + one, 0);
    return {
      waiters: count,
      ready: ends.filter(({ phase }) => phase === 'Ready').length,
      callsPerProvision: rounded(total / count, 2),
      byOperation: Object.fromEntries(
        Object.entries(calls).map(([operation, one]) => [operation, rounded(one / count, 2)]),
      ),
      seconds,
    };
  });
}
