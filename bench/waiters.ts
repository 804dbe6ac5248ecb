import { rounded, withStack } from './bench-stack.js';

/** Slow enough that all runs wait at the same time. */
const speed = 60;
const env = { MAOPS_MAX_RPS: '2000' };

/** API calls per environment while `count` runs wait at the same time and share lists. */
export async function waiters(count: number) {
  return await withStack({ speed, env }, async ({ stack, provision }) => {
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
