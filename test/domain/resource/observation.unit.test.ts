import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  freshWatch,
  isBeyondGrace,
  isConfirmed,
  isSignificantChange,
  nextDecisionAt,
  type Pace,
  remember,
  twiceInARow,
  type Watch,
} from '../../../src/domain/resource/observation.js';
import { judgePool, type PoolFacts, type PoolGoal, poolRules } from '../../../src/domain/resource/pool.js';
import { poolFacts } from '../facts.js';

const goal: PoolGoal = { nodes: { gpu: 2 }, scopes: ['Notebook'], driver: false };
const pace: Pace = { pollMinMs: 5_000, pollMaxMs: 30_000, pollWindowMs: 300_000, abnormalGraceMs: 300_000 };
const usable = poolFacts({ phase: 'Running', available: { gpu: 2 }, scopes: { Notebook: 'Enabled' } });

function seen(watch: Watch<PoolFacts>, at: number, facts: PoolFacts | null): Watch<PoolFacts> {
  return remember(watch, { at, facts }, judgePool('p', facts, goal));
}

describe('a significant change', () => {
  test('is the first observation', () => {
    expect(
      isSignificantChange(poolRules, freshWatch, { at: 0, facts: poolFacts({ phase: 'Creating' }) }, goal, pace),
    ).toBe(true);
  });

  test('is not an observation that changes nothing', () => {
    const watch = seen(freshWatch, 0, poolFacts({ phase: 'Creating' }));
    expect(
      isSignificantChange(poolRules, watch, { at: 90_000, facts: poolFacts({ phase: 'Creating' }) }, goal, pace),
    ).toBe(false);
  });

  test('is a changed phase, scope or driver, at once', () => {
    const watch = seen(freshWatch, 0, poolFacts({ phase: 'Creating' }));
    for (const change of [{ phase: 'Running' }, { scopes: { Notebook: 'Enabling' } }, { driver: 'Upgrading' }]) {
      expect(
        isSignificantChange(
          poolRules,
          watch,
          { at: 1, facts: poolFacts({ phase: 'Creating', ...change }) },
          goal,
          pace,
        ),
      ).toBe(true);
    }
  });

  test('is a changed count, at most once per pollMax', () => {
    const watch = seen(freshWatch, 0, poolFacts({ phase: 'Creating', available: { gpu: 0 } }));
    const later = poolFacts({ phase: 'Creating', available: { gpu: 1 } });
    expect(isSignificantChange(poolRules, watch, { at: 29_999, facts: later }, goal, pace)).toBe(false);
    expect(isSignificantChange(poolRules, watch, { at: 30_000, facts: later }, goal, pace)).toBe(true);
  });

  test('is a usable pool again only after pollMin, which confirms it', () => {
    const watch = seen(freshWatch, 1_000, usable);
    expect(isSignificantChange(poolRules, watch, { at: 5_999, facts: usable }, goal, pace)).toBe(false);
    expect(isSignificantChange(poolRules, watch, { at: 6_000, facts: usable }, goal, pace)).toBe(true);
  });

  test('is an unhealthy pool again when the grace is over', () => {
    const abnormal = poolFacts({ phase: 'Abnormal' });
    const watch = seen(freshWatch, 0, abnormal);
    expect(isSignificantChange(poolRules, watch, { at: 299_999, facts: abnormal }, goal, pace)).toBe(false);
    expect(isSignificantChange(poolRules, watch, { at: 300_000, facts: abnormal }, goal, pace)).toBe(true);
  });
});

describe('a watch', () => {
  test('an interruption restarts the clock of a condition', () => {
    let watch = seen(freshWatch, 0, usable);
    watch = seen(watch, 1_000, poolFacts({ phase: 'Abnormal' }));
    expect(watch.usableSince).toBeNull();
    watch = seen(watch, 2_000, usable);
    expect(watch).toMatchObject({ usableSince: 2_000, unhealthySince: null });
    expect(isConfirmed(watch.usableSince, 5_500, pace)).toBe(false);
  });

  test('ready needs two usable observations pollMin apart and nothing else between', () => {
    const observation = fc.record({ gap: fc.integer({ min: 0, max: 20_000 }), usable: fc.boolean() });
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 30 }), (observations) => {
        let watch: Watch<PoolFacts> = freshWatch;
        let at = 0;
        let since: number | null = null;
        for (const one of observations) {
          at += one.gap;
          watch = seen(watch, at, one.usable ? usable : poolFacts({ phase: 'Running', available: { gpu: 1 } }));
          since = one.usable ? (since ?? at) : null;
          expect(isConfirmed(watch.usableSince, at, pace)).toBe(since !== null && at - since >= pace.pollMinMs);
        }
      }),
    );
  });

  test('the grace counts only time without a break', () => {
    let watch = seen(freshWatch, 0, poolFacts({ phase: 'Abnormal' }));
    watch = seen(watch, 200_000, poolFacts({ phase: 'Running' }));
    watch = seen(watch, 250_000, poolFacts({ phase: 'Abnormal' }));
    expect(isBeyondGrace(watch.unhealthySince, 400_000, pace)).toBe(false);
    expect(isBeyondGrace(watch.unhealthySince, 550_000, pace)).toBe(true);
  });
});

test.each([
  [[true], [false]],
  [
    [true, true],
    [false, true],
  ],
  [
    [true, false, true, true],
    [false, false, false, true],
  ],
])('a refusal seen %j is confirmed %j', (seen, confirmed) => {
  expect(seen.map(twiceInARow())).toEqual(confirmed);
});

test.each([
  [{}, null],
  [{ usableSince: 5 }, 105],
  [{ absentSince: 5 }, 105],
  [{ unhealthySince: 5 }, 1_005],
  [{ usableSince: 5, unhealthySince: 1 }, 105],
])('with %j the next decision is due at %s', (change, at) => {
  const pace = { pollMinMs: 100, pollMaxMs: 200, abnormalGraceMs: 1_000, pollWindowMs: 500 };
  expect(nextDecisionAt({ ...freshWatch, ...change }, pace)).toBe(at);
});
