import { rounded, withStack } from './bench-stack.js';
import type { Row } from './row.js';

/** Slow enough that all runs wait at the same time. */
const speed = 60;
/** Calls per environment with the historical notebook API, by the number of environments at once. */
const goals: Readonly<Record<number, number>> = { 1: 20, 100: 4, 1000: 3 };
const env = { MAOPS_MAX_RPS: '2000' };

/** API calls per environment while `count` runs wait at the same time and share lists. */
export async function waiters(count: number): Promise<readonly Row[]> {
  return await withStack({ speed, env }, async ({ stack, provision }) => {
    const began = performance.now();
    const runs = await Promise.all(Array.from({ length: count }, (_, index) => provision(`wait-${index}`)));
    const ends = await Promise.all(runs.map(({ ready }) => ready));
    const seconds = rounded((performance.now() - began) / 1_000);
    const calls = stack.simulator.simulator.summary();
    const total = Object.values(calls).reduce((sum, one) => sum + one, 0);
    const ready = ends.filter(({ phase }) => phase === 'Ready').length;
    const perEnvironment = rounded(total / count, 2);
    return [
      {
        measure: `API calls per environment, ${count} at once`,
        value: perEnvironment,
        unit: 'calls',
        goal: goals[count] ?? null,
      },
      { measure: `not Ready, of ${count} at once`, value: count - ready, unit: 'environments', goal: 0 },
      { measure: `all of ${count} Ready`, value: seconds, unit: 's', goal: null },
    ];
  });
}
