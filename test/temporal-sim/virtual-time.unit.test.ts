import { expect, test } from '@jest/globals';
import { Scene } from './conformance/scenario.js';
import { startSimTarget } from './conformance/sim-target.js';
import { simsForFile } from './conformance/sims-for-file.js';

const newSim = simsForFile();

test.each([
  ['TRY_CANCEL', 5_000, 10_000],
  ['WAIT_CANCELLATION_COMPLETED', 10_000, 10_000],
  ['ABANDON', 5_000, null],
] as const)('automatic heartbeats bring a cancel with %s to the activity', async (type, resolvedAt, cancelledAt) => {
  const target = await startSimTarget({ autoHeartbeatMs: 2_000 });
  const scene = new Scene(target);
  const options = { startToCloseTimeout: '1 hour', heartbeatTimeout: '10 s' };
  const start = target.sim.now();
  await scene.start('cancelActivity', [type, options, [[{ do: 'sleep', ms: 600_000 }]]]);
  await target.sim.run({ maxTime: 5_000 });
  await scene.signal('proceed');
  expect(await scene.result()).toBe('cancelled');
  expect(target.sim.now() - start).toBe(resolvedAt);
  await target.sim.run({ maxTime: 60_000 });
  const [attempt] = scene.attempts;
  // Heartbeats are sent after 2 s and then every 8 s (80 % of the time-out). With ABANDON the closed workflow cancels
  // it.
  if (cancelledAt !== null) expect((attempt?.cancelledAt ?? 0) - start).toBe(cancelledAt);
  await target.sim.dispose();
});

test('continue-as-new is suggested from the threshold on', async () => {
  const sim = await newSim(async (input) => input, { suggestContinueAsNewAfter: 50 });
  await sim.start('untilSuggested', 'w', []);
  expect(await sim.result('w')).toBeLessThan(12);
});

test('a run of many hours takes no real time', async () => {
  const target = await startSimTarget();
  const start = target.sim.now();
  const scene = new Scene(target);
  expect(await scene.run('timers', [86_400_000, 3_600_000, 7 * 86_400_000])).toEqual([
    '3600000',
    'cancelled',
    '86400000',
  ]);
  expect(target.sim.now() - start).toBe(86_400_000);
  await target.sim.dispose();
});
