import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { remaining, spend, startStopwatch } from '../../src/domain/stopwatch.js';

test.each([
  [100, [], 100],
  [100, [40], 60],
  [100, [40, 60], 0],
  [100, [150], 0],
  // A clock that was set back spends nothing.
  [100, [40, -30], 60],
  [0, [], 0],
])('of %s ms, after %j, %s ms remain', (limitMs, elapsed, left) => {
  expect(remaining(elapsed.reduce(spend, startStopwatch(limitMs)))).toBe(left);
});

test('time never comes back, and its order does not matter', () => {
  const times = fc.array(fc.integer({ min: -1_000, max: 1_000 }));
  fc.assert(
    fc.property(fc.nat(5_000), times, fc.integer({ min: -1_000, max: 1_000 }), (limitMs, elapsed, more) => {
      const watch = elapsed.reduce(spend, startStopwatch(limitMs));
      expect(remaining(spend(watch, more))).toBeLessThanOrEqual(remaining(watch));
      expect([...elapsed].reverse().reduce(spend, startStopwatch(limitMs))).toEqual(watch);
      expect(watch.limitMs).toBe(limitMs);
    }),
  );
});
