import { setTimeout } from 'node:timers/promises';
import { phaseAttribute } from '../src/contract/search-attributes.js';
import { median, rounded, withStack } from './bench-stack.js';
import type { Row } from './row.js';

/** Poll pauses shrink with the simulator's time, so a lag in simulated seconds is the lag of the defaults. */
const speed = 20;
const rounds = 10;

/**
 * Time from a usable pool to the create of the notebook, in seconds of the service's clock. It includes the second
 * observation, at least `MAOPS_POLL_MIN` (5 s) after the first.
 */
export async function lag(): Promise<readonly Row[]> {
  return await withStack({ speed }, async ({ stack, client, provision }) => {
    const { simulator } = stack.simulator;
    const lags: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const name = `lag-${round}`;
      const { workflowId, ready } = await provision(name);
      const usable = () => {
        const pool = simulator.state().pools.find((one) => one.name === name);
        return pool?.phase === 'Running' && pool.scopes.every(({ state }) => state === 'Enabled');
      };
      while (!usable()) await setTimeout(5);
      const usableAt = performance.now();
      const handle = client.workflow.getHandle(workflowId);
      while ((await handle.describe()).typedSearchAttributes.get(phaseAttribute) === 'AwaitingPool')
        await setTimeout(10);
      lags.push(((performance.now() - usableAt) * speed) / 1_000);
      // A pending result whose connection is closed would end the process.
      await ready;
    }
    const measure = 'usable pool to the create of the notebook';
    return [
      { measure: `${measure}, median of ${rounds}`, value: rounded(median(lags)), unit: 's', goal: 3 },
      { measure: `${measure}, longest of ${rounds}`, value: rounded(Math.max(...lags)), unit: 's', goal: 5 },
    ];
  });
}
