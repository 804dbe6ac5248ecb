import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, MINUTE } from '../../../src/domain/duration.js';
import {
  decideRenewal,
  type Grant,
  type GrantLimits,
  grantDuration,
  grantOf,
  renewalDue,
} from '../../../src/domain/lease/grant.js';

const start = Date.parse('2026-01-01T00:00:00Z');
const limits = (change: Partial<GrantLimits> = {}): GrantLimits => ({ autoStopMs: null, endsAt: null, ...change });
const granted = (durationMs: number, since = start): Grant => ({ since, stopsAt: since + durationMs });

describe('the duration of a grant', () => {
  test.each<[string, GrantLimits, number]>([
    ['nothing given', limits(), 72 * HOUR],
    ['autoStop', limits({ autoStopMs: 4 * HOUR }), 4 * HOUR],
    ['a lease that ends first', limits({ autoStopMs: 4 * HOUR, endsAt: start + 2 * HOUR }), 2 * HOUR],
    ['a lease that ends later', limits({ autoStopMs: 4 * HOUR, endsAt: start + 20 * HOUR }), 4 * HOUR],
    ['a long lease', limits({ endsAt: start + 500 * HOUR }), 72 * HOUR],
    ['a lease that ends in minutes', limits({ endsAt: start + 10 * MINUTE }), HOUR],
    ['a lease that has ended', limits({ endsAt: start - HOUR }), HOUR],
    ['never', limits({ autoStopMs: 'never' }), -1],
    // The document check refuses it, raw JSON may still hold it.
    ['never with a lease that ends', limits({ autoStopMs: 'never', endsAt: start + 5 * HOUR }), 5 * HOUR],
  ])('%s', (_title, given, duration) => {
    expect(grantDuration(given, start)).toBe(duration);
  });
});

test('the lease of a notebook is read as the recorded life shows it: a renewal adds to what has passed', () => {
  const lease = {
    createdAt: 1_687_656_452_470,
    updatedAt: 1_687_657_510_014,
    durationMs: 4_657_544,
    isEnabled: true,
  };
  expect(grantOf(lease)).toEqual({ since: 1_687_657_510_014, stopsAt: 1_687_657_510_014 + HOUR });
  expect(grantOf({ ...lease, isEnabled: false })).toBeNull();
  expect(grantOf({ ...lease, durationMs: -1 })).toBeNull();
  expect(grantOf({ ...lease, updatedAt: null })).toEqual({
    since: 1_687_656_452_470,
    stopsAt: 1_687_656_452_470 + 4_657_544,
  });
});

describe('a renewal', () => {
  test('is due when half of the grant has passed', () => {
    const given = limits({ autoStopMs: 4 * HOUR, endsAt: start + 20 * HOUR });
    expect(renewalDue(granted(4 * HOUR), given, null)).toBe(start + 2 * HOUR);
    expect(decideRenewal(granted(4 * HOUR), given, start + 2 * HOUR - 1)).toBeNull();
    expect(decideRenewal(granted(4 * HOUR), given, start + 2 * HOUR)).toBe(4 * HOUR);
  });

  test('is not due for a lease without an end, or a grant that lasts as long as the lease', () => {
    expect(renewalDue(granted(4 * HOUR), limits({ autoStopMs: 4 * HOUR }), null)).toBeNull();
    expect(renewalDue(granted(4 * HOUR), limits({ endsAt: start + 4 * HOUR }), null)).toBeNull();
  });

  test('is due at once when the notebook would outlast the lease by more than an hour, or never stop', () => {
    const given = limits({ endsAt: start + 4 * HOUR });
    expect(decideRenewal(granted(5 * HOUR), given, start)).toBeNull();
    expect(decideRenewal(granted(5 * HOUR + 1), given, start)).toBe(4 * HOUR);
    expect(decideRenewal(null, given, start)).toBe(4 * HOUR);
  });

  test('does not shorten what somebody granted beyond the spec, while the lease lasts', () => {
    const given = limits({ autoStopMs: 4 * HOUR, endsAt: start + 200 * HOUR });
    expect(renewalDue(granted(72 * HOUR), given, null)).toBe(start + 68 * HOUR + MINUTE);
  });

  test('is not sent again soon after the last one, whatever the service reports', () => {
    const given = limits({ autoStopMs: 4 * HOUR, endsAt: start + 20 * HOUR });
    const now = start + 3 * HOUR;
    expect(renewalDue(granted(4 * HOUR), given, now)).toBeGreaterThan(now + 10 * MINUTE);
  });
});

/** A service that grants as the recorded life does, and stops a notebook whose time has come. */
function live(given: GrantLimits & { endsAt: number }, gone: number, lateMs: number): number {
  let grant: Grant | null = granted(grantDuration(given, start));
  let sent: number | null = null;
  for (let steps = 0; steps < 10_000; steps += 1) {
    const due: number | null = renewalDue(grant, given, sent);
    const at: number | null = due === null ? null : Math.max(due, sent ?? start);
    if (at === null || at >= gone || at >= given.endsAt || grant === null || at >= grant.stopsAt) break;
    const duration: number | null = decideRenewal(grant, given, at);
    if (duration === null) break;
    sent = at;
    grant = granted(duration, at + lateMs);
  }
  return grant?.stopsAt ?? Number.POSITIVE_INFINITY;
}

const hours = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((h) => Math.round(h * HOUR));

test('whenever the software is gone, the notebook stops within an hour of the end of its lease', () => {
  fc.assert(
    fc.property(
      hours(0.2, 400),
      fc.option(hours(1, 72)),
      hours(0, 400),
      fc.integer({ min: 0, max: 4 * MINUTE }),
      (length, autoStopMs, gone, lateMs) => {
        const given = { autoStopMs, endsAt: start + length };
        const stopsAt = live(given, start + gone, lateMs);
        expect(stopsAt).toBeLessThanOrEqual(given.endsAt + HOUR);
      },
    ),
  );
});

test('while the software is there, the notebook runs until the end of its lease', () => {
  fc.assert(
    fc.property(hours(0.2, 400), fc.option(hours(1, 72)), (length, autoStopMs) => {
      const given = { autoStopMs, endsAt: start + length };
      expect(live(given, Number.POSITIVE_INFINITY, 0)).toBeGreaterThanOrEqual(given.endsAt - 6 * MINUTE);
    }),
  );
});

test('a renewal never takes run time away from a notebook whose grant fits into the lease', () => {
  fc.assert(
    fc.property(hours(1, 72), hours(0, 72), hours(0.2, 100), fc.option(hours(1, 72)), (length, passed, left, own) => {
      const now = start + Math.min(passed, length);
      const grant = granted(length);
      const given = { autoStopMs: own, endsAt: now + left };
      fc.pre(grant.stopsAt <= given.endsAt + HOUR);
      const duration = decideRenewal(grant, given, now);
      if (duration !== null) expect(now + duration).toBeGreaterThan(grant.stopsAt);
    }),
  );
});
