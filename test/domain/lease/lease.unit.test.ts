import assert from 'node:assert/strict';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  extendTerm,
  isRemovalCertain,
  type LeaseTerm,
  leasedAutoStop,
  nextAction,
  resumeTerm,
  startTerm,
  warned,
} from '../../../src/domain/lease/lease.js';
import { isoTime } from '../../../src/domain/rfc3339.js';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 0, 1);
const times = { ttl: '8h', max: '3d', warnings: ['2h', '30m'] };

function begun(change: Partial<typeof times> = {}): LeaseTerm {
  const term = startTerm({ ...times, ...change }, now);
  if (term === null) throw new Error('no term');
  return term;
}

function extended(term: LeaseTerm, duration: string, at: number): LeaseTerm {
  const extension = extendTerm(term, { duration }, at);
  if (!extension.granted) throw new Error(extension.why);
  return extension.term;
}

function refusal(term: LeaseTerm, duration: unknown, at = now): string {
  const extension = extendTerm(term, { duration }, at);
  return extension.granted ? 'granted' : extension.why;
}

describe('the term of a lease', () => {
  test('ends after its ttl and may reach its max, both from its start', () => {
    expect(begun()).toMatchObject({ endsAt: now + 8 * hour, maxEndsAt: now + 72 * hour, extensions: 0, warned: null });
  });

  test('is none when the times cannot be read', () => {
    expect(startTerm({ ...times, ttl: '8' }, now)).toBeNull();
  });

  test('takes over an earlier end, which does not restart', () => {
    const end = { endsAt: isoTime(now + hour), maxEndsAt: isoTime(now + 2 * hour), extensions: 3 };
    expect(resumeTerm(times, end, now)).toEqual({
      endsAt: now + hour,
      maxEndsAt: now + 2 * hour,
      extensions: 3,
      warnings: [2 * hour, 30 * minute],
      warned: 2 * hour,
    });
    expect(resumeTerm(times, { endsAt: null, maxEndsAt: null, extensions: 0 }, now)).toBeNull();
  });
});

describe('the next run', () => {
  const term = begun();
  test.each([
    ['the first warning is waited for', 0, { what: 'wait', until: now + 6 * hour }],
    ['a millisecond before it nothing is due', 6 * hour - 1, { what: 'wait', until: now + 6 * hour }],
    ['a warning at its moment', 6 * hour, { what: 'warn', before: 2 * hour }],
    ['only the last of two that a silence has passed', 7.6 * hour, { what: 'warn', before: 30 * minute }],
    ['a millisecond before the end it has not ended', 8 * hour - 1, { what: 'warn', before: 30 * minute }],
    ['the end at its moment, whatever was not warned of', 8 * hour, { what: 'end' }],
  ])('%s', (_title, elapsed, turn) => {
    expect(nextAction(term, now + elapsed)).toEqual(turn);
  });

  test('a warning is given once', () => {
    expect(nextAction(warned(term, 2 * hour), now + 6 * hour)).toEqual({ what: 'wait', until: now + 7.5 * hour });
    expect(nextAction(warned(term, 30 * minute), now + 7.5 * hour)).toEqual({ what: 'wait', until: now + 8 * hour });
  });

  test('warnings are sent again before a new end, except those whose time has passed', () => {
    const at = now + 7.75 * hour;
    const later = extended(warned(term, 30 * minute), '1h', at);
    expect(nextAction(later, at)).toEqual({ what: 'wait', until: now + 8.5 * hour });
    const muchLater = extended(warned(term, 30 * minute), '10h', at);
    expect(nextAction(muchLater, at)).toEqual({ what: 'wait', until: now + 16 * hour });
  });
});

describe('an extension', () => {
  test('extends the end, exactly up to the maximum', () => {
    expect(extended(begun(), '64h', now)).toMatchObject({ endsAt: now + 72 * hour, extensions: 1 });
  });

  test.each([
    ['beyond the maximum', '65h', 0, 'at most 2d 16h can be added'],
    ['of nothing', '0s', 0, '"0s" is not a duration'],
    ['without a unit', '4', 0, '"4" is not a duration. Use a number with ms, s, m, h or d'],
    ['that is no text', 4, 0, '4 is not a duration'],
    ['that is left out', undefined, 0, 'either `duration` or `until`'],
    ['at the very end', '1h', 8 * hour, 'the lease ended at 2026-01-01T08:00:00.000Z'],
    ['after the end', '1h', 9 * hour, 'the lease ended at 2026-01-01T08:00:00.000Z'],
  ])('%s is refused', (_title, duration, elapsed, why) => {
    expect(refusal(begun(), duration, now + elapsed)).toContain(why);
  });

  test('names the maximum, and says when nothing can be added', () => {
    expect(refusal(begun({ max: '8h' }), '1s')).toBe(
      'the lease ends at 2026-01-01T08:00:00.000Z and may last until 2026-01-01T08:00:00.000Z: nothing can be added',
    );
  });
});

describe('an extension until a time', () => {
  const until = (text: string, at = now, term = begun()) => extendTerm(term, { until: text }, at);

  test('sets that end, in any zone, and a repeated request changes nothing', () => {
    const first = until('2026-01-01T20:00:00+08:00');
    expect(first).toMatchObject({ granted: true, term: { endsAt: now + 12 * hour, extensions: 1 } });
    if (!first.granted) throw new Error(first.why);
    const again = until('2026-01-01T12:00:00Z', now + hour, first.term);
    expect(again).toEqual({ granted: true, term: first.term });
  });

  test('does not shorten a lease that lasts longer', () => {
    const term = begun();
    expect(until('2026-01-01T04:00:00Z', now, term)).toEqual({ granted: true, term });
  });

  test.each([
    ['without a zone', '2026-01-01T20:00:00', 'is not a time with a zone'],
    ['of no calendar', '2026-02-30T20:00:00Z', 'is not a time with a zone'],
    ['in the past', '2025-12-31T20:00:00Z', 'has passed'],
    ['beyond the maximum', '2026-01-04T00:00:01Z', 'may last until 2026-01-04T00:00:00.000Z'],
  ])('%s is refused with the reason', (_title, text, why) => {
    expect(until(text)).toEqual({ granted: false, why: expect.stringContaining(why) });
  });

  test.each([[{}], [{ duration: null }], [{ duration: '1h', until: '2026-01-01T20:00:00Z' }]])(
    'is one thing or the other: %j is refused',
    (wish) => {
      expect(extendTerm(begun(), wish, now)).toMatchObject({ granted: false });
    },
  );
});

// A passing `expect` takes longer than what it checks, and these loops check a million values.
describe('over any lifetime', () => {
  const moment = fc.integer({ min: 0, max: 200 }).map((quarters) => quarters * 15 * minute);
  const life = fc.record({
    ttl: fc.integer({ min: 1, max: 100 }),
    room: fc.integer({ min: 0, max: 100 }),
    warnings: fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 4 }),
    actions: fc.array(fc.record({ after: moment, hours: fc.integer({ min: 1, max: 48 }) }), { maxLength: 12 }),
  });

  test('an end only moves forward, never beyond the maximum; at one moment a lease ends or can be extended', () => {
    fc.assert(
      fc.property(life, ({ ttl, room, warnings, actions }) => {
        let term = begun({ ttl: `${ttl}h`, max: `${ttl + room}h`, warnings: warnings.map((hours) => `${hours}h`) });
        let at = now;
        for (const { after, hours } of actions) {
          at += after;
          const hasEnded = nextAction(term, at).what === 'end';
          const extension = extendTerm(term, { duration: `${hours}h` }, at);
          assert.equal(hasEnded, at >= term.endsAt);
          assert.equal(extension.granted, !hasEnded && term.endsAt + hours * hour <= term.maxEndsAt);
          if (!extension.granted) continue;
          assert.equal(extension.term.endsAt, term.endsAt + hours * hour);
          assert.equal(extension.term.maxEndsAt, now + (ttl + room) * hour);
          term = extension.term;
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('a loop that sleeps as requested warns once per moment, ends in time, and never wakes without need', () => {
    fc.assert(
      fc.property(life, ({ ttl, room, warnings, actions }) => {
        let term = begun({ ttl: `${ttl}h`, max: `${ttl + room}h`, warnings: warnings.map((hours) => `${hours}h`) });
        let at = now;
        const given = new Set<string>();
        const plans = actions.map(({ after, hours }) => ({ at: now + after, hours })).sort((a, b) => a.at - b.at);
        for (let turns = 0; ; turns += 1) {
          assert.ok(turns < 200);
          const turn = nextAction(term, at);
          if (turn.what === 'end') break;
          if (turn.what === 'warn') {
            const key = `${term.endsAt} ${turn.before}`;
            assert.ok(!given.has(key));
            assert.equal(at, term.endsAt - turn.before);
            given.add(key);
            term = warned(term, turn.before);
            continue;
          }
          assert.ok(turn.until > at);
          const plan = plans[0];
          if (plan === undefined || plan.at > turn.until) {
            at = turn.until;
            continue;
          }
          plans.shift();
          at = Math.max(at, plan.at);
          const extension = extendTerm(term, { duration: `${plan.hours}h` }, at);
          if (extension.granted) term = extension.term;
        }
        assert.equal(at, term.endsAt);
      }),
      { numRuns: 10_000 },
    );
  });
});

test.each([
  [null, 8 * hour, 8 * hour],
  [4 * hour, 8 * hour, 4 * hour],
  [12 * hour, 8 * hour, 8 * hour],
  [null, 10 * minute, hour],
  [4 * hour, 10 * minute, hour],
  [null, 72 * hour, 24 * hour],
])('a notebook whose user asked for %s on a lease of %s stops after %s', (own, lease, stop) => {
  expect(leasedAutoStop(own, lease)).toBe(stop);
});

test.each([
  [null, null, false],
  ['released', null, true],
  ['expired', null, true],
  [null, 'released', false],
  [null, 'cancelled', false],
  [null, 'expired', true],
] as const)(
  'a lease with removal cause %s and refused cause %s: removal is certain: %s',
  (removalCause, cause, certain) => {
    expect(isRemovalCertain({ removalCause, refused: cause === null ? null : { cause } })).toBe(certain);
  },
);
