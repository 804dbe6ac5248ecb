import fc from 'fast-check';
import { addAge, expectedAge, nextRemovalPollAt } from '../../../src/domain/resource/removal-times.js';

const pace = { pollMinMs: 5_000, pollMaxMs: 30_000 };

test.each([
  [0, 5_000],
  [25_000, 30_000],
  [40_000, 48_000],
  [100_000, 120_000],
  [600_000, 630_000],
])('%i ms after its command, a removal of unknown duration is polled again at %i ms', (polledAt, next) => {
  expect(nextRemovalPollAt(0, polledAt, pace)).toBe(next);
});

test('the end of a removal is noticed after at most a fifth of its time, or one shortest pause', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 150_000 }), (endedAt) => {
      let polledAt = 0;
      while (polledAt < endedAt) polledAt = nextRemovalPollAt(0, polledAt, pace);
      expect(polledAt - endedAt).toBeLessThanOrEqual(Math.max(pace.pollMinMs, 0.2 * endedAt));
    }),
  );
});

test('a removal is expected to take as long as the shortest tenth of the last twenty', () => {
  expect(expectedAge([])).toBeNull();
  const ages = Array.from({ length: 25 }, (_, index) => index).reduce<readonly number[]>(addAge, []);
  expect(ages).toHaveLength(20);
  expect(expectedAge(ages)).toBe(7);
});
