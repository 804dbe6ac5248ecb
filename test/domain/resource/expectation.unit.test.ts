import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expectationOf, pauseBefore } from '../../../src/domain/resource/expectation.js';

const pace = { pollMinMs: 5_000, pollMaxMs: 30_000 };
const unseen = { createdAt: 0, nearlySince: null, changedAt: null };
const window = { fromMs: 57_000, toMs: 62_000 };

describe('the expectation', () => {
  test('is p10 of the last unusable ages to p90 of the first usable ones', () => {
    const earlier = Array.from({ length: 11 }, (_, n) => ({ notYetMs: 1_000 * n, usableMs: 1_000 * n + 500 }));
    expect(expectationOf(earlier)).toEqual({ fromMs: 1_000, toMs: 9_500 });
  });

  test('of nothing is nothing', () => {
    expect(expectationOf([])).toBeNull();
  });

  test('is a window inside the ages that were seen', () => {
    const creation = fc
      .nat(1e6)
      .chain((notYetMs) => fc.nat(1e6).map((more) => ({ notYetMs, usableMs: notYetMs + more })));
    fc.assert(
      fc.property(fc.array(creation, { minLength: 1 }), (earlier) => {
        const { fromMs = 0, toMs = 0 } = expectationOf(earlier) ?? {};
        expect(fromMs).toBeGreaterThanOrEqual(Math.min(...earlier.map(({ notYetMs }) => notYetMs)));
        expect(toMs).toBeLessThanOrEqual(Math.max(...earlier.map(({ usableMs }) => usableMs)));
        expect(toMs).toBeGreaterThanOrEqual(fromMs);
      }),
    );
  });
});

describe('the pause before the next observation', () => {
  test.each<[string, Parameters<typeof pauseBefore>[0], Parameters<typeof pauseBefore>[1], number, number | null]>([
    ['of a resource that the run did not create', { ...unseen, createdAt: null }, window, 0, null],
    ['at first, without an expectation', unseen, null, 0, 5_000],
    ['grows with the age', unseen, null, 60_000, 20_000],
    ['to the maximum', unseen, null, 600_000, 30_000],
    ['is short after a change', { ...unseen, changedAt: 60_000 }, null, 61_000, 5_000],
    ['is long before the window', unseen, window, 0, 30_000],
    ['ends at the window', unseen, window, 45_000, 12_000],
    ['is short inside the window', unseen, window, 58_000, 5_000],
    ['grows again behind the window', unseen, window, 62_000 + 200_000, 20_000],
    ['is short while only the last parts are missing', { ...unseen, nearlySince: 20_000 }, window, 25_000, 5_000],
    ['grows while the last parts are late', { ...unseen, nearlySince: 0 }, window, 200_000, 20_000],
  ])('%s', (_title, progress, expectation, now, expected) => {
    expect(pauseBefore(progress, expectation, now, pace)).toBe(expected);
  });

  test('is between the shortest and the longest, whatever the clocks show', () => {
    const time = fc.option(fc.integer({ min: -1e9, max: 1e9 }));
    const expectation = fc.option(fc.record({ fromMs: fc.nat(1e7), toMs: fc.nat(1e7) }));
    fc.assert(
      fc.property(
        fc.record({ createdAt: time, nearlySince: time, changedAt: time }),
        expectation,
        (progress, given) => {
          const pause = pauseBefore(progress, given, 0, pace) ?? pace.pollMinMs;
          expect(pause).toBeGreaterThanOrEqual(pace.pollMinMs);
          expect(pause).toBeLessThanOrEqual(pace.pollMaxMs);
        },
      ),
    );
  });
});
