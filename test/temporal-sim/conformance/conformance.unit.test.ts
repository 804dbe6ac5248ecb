import { expect, test } from '@jest/globals';
import { Scene } from './scenario.js';
import { conformanceScenarios } from './scenarios.js';
import { startSimTarget } from './sim-target.js';

test.each(conformanceScenarios)('temporal-sim: $name', async ({ observe, expected }) => {
  const target = await startSimTarget();
  try {
    expect(await observe(new Scene(target))).toEqual(expected);
    await target.sim.verifyReplays();
  } finally {
    await target.sim.dispose();
  }
});
