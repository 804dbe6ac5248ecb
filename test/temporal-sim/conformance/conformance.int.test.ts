import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Scene } from './scenario.js';
import { conformanceScenarios } from './scenarios.js';
import { startServerTarget } from './server-target.js';

let target: Awaited<ReturnType<typeof startServerTarget>>;
beforeAll(async () => {
  target = await startServerTarget();
});
afterAll(async () => await target.stop());

test.each(conformanceScenarios)('Temporal server: $name', async ({ observe, expected }) => {
  expect(await observe(new Scene(target))).toEqual(expected);
});
