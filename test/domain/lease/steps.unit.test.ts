import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideExtension, type LeaseTerm, type RemovalCause } from '../../../src/domain/lease/lease.js';
import {
  afterRefusal,
  describeWarning,
  nextStep,
  type OpenLease,
  type RefusedRemoval,
} from '../../../src/domain/lease/steps.js';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 0, 1);
const never = Number.POSITIVE_INFINITY;
const term: LeaseTerm = {
  endsAt: now + 2 * hour,
  maxEndsAt: now + 8 * hour,
  extensions: 0,
  warnings: [hour],
  warned: null,
};
const open: OpenLease = {
  term,
  isPaused: false,
  removalCause: null,
  refused: null,
  protectionChanged: false,
  lookAt: null,
  renewAt: never,
};
const refusedUntil = (until: number, cause: RemovalCause = 'released'): RefusedRemoval => ({
  cause,
  times: 1,
  why: 'pool team-a is protected',
  until,
});
const past = { ...term, endsAt: now - 1 };

describe('the next step of a lease', () => {
  test.each<[string, Partial<OpenLease>, object]>([
    ['the first warning', {}, { step: 'wait', until: now + hour }],
    ['the end, after every warning', { term: { ...term, warned: hour } }, { step: 'wait', until: term.endsAt }],
    ['an observation before that', { lookAt: now + minute }, { step: 'wait', until: now + minute }],
    ['a renewal before that', { renewAt: now + minute }, { step: 'wait', until: now + minute }],
    ['nothing, without an end', { term: null }, { step: 'wait', until: never }],
    ['a resume, when it is paused at its end', { term: past, isPaused: true }, { step: 'wait', until: never }],
    ['a resume, when a release is held', { removalCause: 'released', isPaused: true }, { step: 'wait', until: never }],
    ['the retry of a refused removal', { refused: refusedUntil(now + minute) }, { step: 'wait', until: now + minute }],
    [
      'a resume, when a refused removal is held',
      { refused: refusedUntil(now - 1), isPaused: true },
      { step: 'wait', until: never },
    ],
  ])('is to wait for %s', (_title, change, step) => {
    expect(nextStep({ ...open, ...change }, now)).toEqual(step);
  });

  test.each<[Partial<OpenLease>, object]>([
    [{ lookAt: now }, { step: 'observe' }],
    [{ protectionChanged: true }, { step: 'retryRefused' }],
    [{ renewAt: now }, { step: 'renew' }],
    [{ term: { ...term, endsAt: now + hour } }, { step: 'warn', before: hour, term: { ...term, endsAt: now + hour } }],
    [{ term: past }, { step: 'expire', term: past }],
    [{ refused: refusedUntil(now, 'cancelled') }, { step: 'removeAgain', cause: 'cancelled' }],
  ])('is due: %j', (change, step) => {
    expect(nextStep({ ...open, ...change }, now)).toEqual(step);
  });

  test.each<[Partial<OpenLease>, object]>([
    [{ lookAt: now }, { step: 'observe' }],
    [{ renewAt: now }, { step: 'renew' }],
  ])('is not held by a pause or a removal that waits: %j', (change, step) => {
    expect(nextStep({ ...open, isPaused: true, removalCause: 'released', ...change }, now)).toEqual(step);
  });

  test('removes nothing before its time, and nothing while it is paused', () => {
    const cause = fc.constantFrom<RemovalCause>('released', 'cancelled', 'expired');
    const time = fc.integer({ min: -10, max: 10 }).map((hours) => now + hours * hour);
    const leases = fc.record({
      term: fc.option(time.map((endsAt) => ({ ...term, endsAt }))),
      isPaused: fc.boolean(),
      removalCause: fc.option(cause),
      refused: fc.option(fc.tuple(time, cause).map(([until, one]) => refusedUntil(until, one))),
      protectionChanged: fc.boolean(),
      lookAt: fc.option(time),
      renewAt: fc.oneof(time, fc.constant(never)),
    });
    fc.assert(
      fc.property(leases, (lease) => {
        const next = nextStep(lease, now);
        if (next.step === 'wait') expect(next.until).toBeGreaterThan(now);
        if (next.step !== 'expire' && next.step !== 'removeAgain') return;
        expect(lease.isPaused).toBe(false);
        expect(next.step === 'expire' ? lease.term?.endsAt : lease.refused?.until).toBeLessThanOrEqual(now);
      }),
    );
  });
});

describe('an extension', () => {
  const request = { duration: '1h' };

  test('is granted while the lease is open, also after an expiry that was refused', () => {
    expect(decideExtension(open, request, now)).toMatchObject({ granted: true, term: { endsAt: now + 3 * hour } });
    const refused = refusedUntil(now + minute, 'expired');
    expect(decideExtension({ ...open, refused }, request, now)).toMatchObject({ granted: true });
  });

  test.each<[Partial<OpenLease>]>([
    [{ removalCause: 'expired' }],
    [{ term: null }],
    [{ refused: refusedUntil(now + minute, 'released') }],
    [{ refused: refusedUntil(now + minute, 'cancelled') }],
  ])('is refused with a reason: %j', (change) => {
    expect(decideExtension({ ...open, ...change }, request, now)).toEqual({ granted: false, why: expect.any(String) });
  });
});

describe('a refused removal', () => {
  const refusal = { cause: 'released', why: 'pool team-a is protected' } as const;

  test('is retried after pauses that grow from one poll to an hour', () => {
    const pauses: number[] = [];
    let before: RefusedRemoval | null = null;
    for (let count = 0; count < 8; count += 1) {
      before = afterRefusal(before, refusal, 30_000, now).refused;
      pauses.push((before.until - now) / minute);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(before?.times).toBe(8);
  });

  test('is retried at a given time', () => {
    expect(afterRefusal(null, { ...refusal, retryAt: now + hour }, 30_000, now).refused.until).toBe(now + hour);
  });

  test('has a new reason once', () => {
    const first = afterRefusal(null, refusal, 30_000, now);
    const second = afterRefusal(first.refused, refusal, 30_000, now);
    const other = afterRefusal(second.refused, { ...refusal, why: 'a job runs on it' }, 30_000, now);
    expect([first, second, other].map(({ isNewReason }) => isNewReason)).toEqual([true, false, true]);
  });
});

test.each([
  [term, /2h.*up to 6h/],
  [{ ...term, maxEndsAt: term.endsAt }, /cannot be extended/],
])('a warning says when the lease ends and whether it can be extended', (one, expected) => {
  expect(describeWarning('team-a', one, now)).toMatch(expected);
});
