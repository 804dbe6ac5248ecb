import { expect, test } from '@jest/globals';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { deadlines, name, startMainJob, untilPhase } from './steps.js';

const newStack = testbedsForFile();

test('a read that is throttled beyond the deadline is not repeated every second', async () => {
  const throttled = { operation: 'pools.show', kind: 'throttle', retryAfter: 7_200, times: 'always' } as const;
  const testbed = await newStack({ simulator: { faults: [throttled] } });
  await startMainJob(testbed, { deadlines: { ...deadlines, pool: '10m' } });
  await expect(testbed.temporal.result(`env/${name}`)).rejects.toThrow();
  expect(await testbed.progress(`env/${name}`)).toMatchObject({ failure: { step: 'pool', type: 'DeadlineExceeded' } });
  expect(testbed.temporal.activations).toBeLessThan(60);
});

test('a wait with little more than two minutes left keeps its poll window', async () => {
  let attempts = 0;
  const testbed = await newStack({
    simulator: { durations: { poolCreate: 3_600_000 } },
    trace: (line) => {
      if (line.includes('observePool starts')) attempts += 1;
    },
  });
  await startMainJob(testbed, { deadlines: { ...deadlines, pool: '130s' } });
  await expect(testbed.temporal.result(`env/${name}`)).rejects.toThrow();
  expect(await testbed.progress(`env/${name}`)).toMatchObject({ failure: { step: 'pool', type: 'DeadlineExceeded' } });
  expect(attempts).toBeGreaterThan(0);
  expect(attempts).toBeLessThan(20);
});

test.each([
  ['2m', 120],
  ['100s', 100],
  ['3s', 3],
])('only the deadline ends a look that is refused until then: %s', async (pool, seconds) => {
  // The server ends an activity early when its next retry would pass the limit.
  const unavailable = { operation: 'pools.show', kind: 'status', status: 503, times: 'always' } as const;
  const testbed = await newStack({ simulator: { faults: [unavailable] } });
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, { deadlines: { ...deadlines, pool } });
  await untilPhase(testbed, 'CreatingPool');
  const began = temporal.now();
  await expect(temporal.result(`env/${name}`)).rejects.toThrow();
  expect(await testbed.progress(`env/${name}`)).toMatchObject({ failure: { step: 'pool', type: 'DeadlineExceeded' } });
  const lastLook = Date.parse(simulator.requests('pools.show').at(-1)?.at ?? '') - began;
  expect(lastLook).toBeLessThanOrEqual(seconds * 1_000);
  expect(temporal.now() - began).toBeGreaterThanOrEqual(seconds * 1_000);
  expect(temporal.now() - began).toBeLessThan(seconds * 1_000 + 1_000);
  // The retries continue to the end, and never without a pause.
  expect(lastLook).toBeGreaterThan(seconds * 1_000 - 20_000);
  expect(simulator.requests('pools.show').length).toBeLessThan(25);
});
