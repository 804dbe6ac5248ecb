import { describe, expect, test } from '@jest/globals';
import { type Condition, freshWatch, type Watch } from '../../../src/domain/resource/observation.js';
import { completedBy, decideAwait, decideMissedDeadline } from '../../../src/domain/resource/readiness.js';
import { poolFacts } from '../facts.js';

const ref = { id: 'p-0123', createdAt: '2026-01-01T00:00:00Z' };
const patience = {
  pollMinMs: 5_000,
  pollMaxMs: 30_000,
  pollWindowMs: 300_000,
  abnormalGraceMs: 300_000,
  consistencyWindowMs: 120_000,
};
const seen = (facts: ReturnType<typeof poolFacts> | null, at: number, since: Partial<Watch<never>> = {}) => ({
  ...freshWatch,
  last: { at, facts },
  ...since,
});
const decide = (condition: Condition, watch: Parameters<typeof decideAwait>[2]) =>
  decideAwait('pool team-a', ref, watch, { condition, why: 'the reason' }, patience);

describe('an observation of an awaited resource', () => {
  const facts = poolFacts();
  test.each<[string, Condition, Parameters<typeof decideAwait>[2], object]>([
    ['usable once', 'usable', seen(facts, 4_999, { usableSince: 0 }), { act: 'wait' }],
    ['usable twice', 'usable', seen(facts, 5_000, { usableSince: 0 }), { act: 'ready' }],
    ['pending', 'pending', seen(facts, 1), { act: 'wait' }],
    ['failed', 'failed', seen(facts, 1), { act: 'fail', cause: 'failed' }],
    ['unhealthy within the grace', 'unhealthy', seen(facts, 299_999, { unhealthySince: 0 }), { act: 'wait' }],
    [
      'unhealthy beyond the grace',
      'unhealthy',
      seen(facts, 300_000, { unhealthySince: 0 }),
      { act: 'fail', cause: 'unhealthy' },
    ],
    ['being deleted', 'leaving', seen(facts, 1), { act: 'fail', cause: 'lost' }],
    ['absent within the consistency window', 'absent', seen(null, 119_999, { absentSince: 0 }), { act: 'wait' }],
    ['absent beyond it', 'absent', seen(null, 120_000, { absentSince: 0 }), { act: 'fail', cause: 'lost' }],
    [
      'usable twice, but another resource of the same name',
      'usable',
      seen(poolFacts({ createdAt: '2026-02-01T00:00:00Z' }), 5_000, { usableSince: 0 }),
      { act: 'fail', cause: 'lost' },
    ],
    [
      'usable twice without a creation time',
      'usable',
      seen(poolFacts({ createdAt: '' }), 5_000, { usableSince: 0 }),
      { act: 'ready' },
    ],
  ])('%s', (_title, condition, watch, expected) => {
    expect(decide(condition, watch)).toMatchObject(expected);
  });
});

describe('a missed deadline', () => {
  test.each<[string, Condition, number | null, boolean, string]>([
    ['a resource that was usable', 'usable', null, true, 'deadline'],
    ['one on its way', 'pending', null, false, 'deadline'],
    ['one with some of its parts', 'pending', null, true, 'unhealthy'],
    ['an unhealthy one', 'unhealthy', 1, false, 'unhealthy'],
    ['one that does not exist', 'absent', null, false, 'deadline'],
  ])('of %s', (_title, condition, unhealthySince, isPartial, cause) => {
    const watch = { ...freshWatch, unhealthySince };
    expect(decideMissedDeadline('pool a', watch, { condition, why: 'x' }, isPartial).cause).toBe(cause);
  });
});

test('the first known creation time completes a recorded identity, and a later one does not change it', () => {
  const facts = poolFacts();
  expect(completedBy({ ...ref, createdAt: '' }, facts)).toEqual(ref);
  expect(completedBy(ref, poolFacts({ createdAt: '' }))).toEqual(ref);
  expect(completedBy({ ...ref, createdAt: '' }, null)).toEqual({ ...ref, createdAt: '' });
});
