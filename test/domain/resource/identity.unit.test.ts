import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergeResources, noResources } from '../../../src/contract/workflows.js';
import { aimAt, byAge, type Identity, maybeSame, sameResource } from '../../../src/domain/resource/identity.js';

const ref = (createdAt: string | null, id = 'team-a'): Identity => ({ id, createdAt });

describe('two answers are about', () => {
  test.each<[string, Identity, Identity, string]>([
    ['one resource in two forms', ref('2026-11-30T13:27:51Z'), ref('2026-11-30T13:27:51.000Z'), 'same'],
    ['one resource in two zones', ref('2026-11-30T13:27:51Z'), ref('2026-11-30T21:27:51+08:00'), 'same'],
    ['one resource, with and without fractions', ref('2026-11-30T13:27:51Z'), ref('2026-11-30T13:27:51.900Z'), 'same'],
    ['one resource, cut and rounded', ref('2026-11-30T13:27:51Z'), ref('2026-11-30T13:27:52Z'), 'same'],
    ['one resource of an earlier version’s history', ref('1796045271123'), ref('2026-11-30T13:27:51Z'), 'same'],
    ['two of one name', ref('2026-11-30T13:27:51Z'), ref('2026-11-30T13:27:54Z'), 'other'],
    ['two of one time', ref('2026-11-30T13:27:51Z'), ref('2026-11-30T13:27:51Z', 'team-b'), 'other'],
    ['two ids, one without a time', ref(null), ref('2026-11-30T13:27:51Z', 'team-b'), 'other'],
    ['an unknown one, without a time', ref(''), ref('2026-11-30T13:27:51Z'), 'unknown'],
    ['an unknown one, without any time', ref(null), ref(''), 'unknown'],
    ['an unknown one, with a time that cannot be read', ref('soon'), ref('2026-11-30T13:27:51Z'), 'unknown'],
  ])('%s', (_, a, b, expected) => {
    expect([sameResource(a, b), sameResource(b, a)]).toEqual([expected, expected]);
    expect(maybeSame(a, b)).toBe(expected !== 'other');
  });
});

describe('a command for a resource', () => {
  const time = '2026-11-30T13:27:51Z';
  test.each<[string, string, boolean, string]>([
    [time, time, false, 'hit'],
    [time, '2026-11-30T14:00:00Z', true, 'replaced'],
    [time, '', true, 'hit'],
    [time, '', false, 'undecided'],
    ['', time, false, 'undecided'],
    ['', '', true, 'hit'],
  ])('for the one of %p that shows %p (ours in any case: %p): %s', (meant, shown, isOurs, expected) => {
    expect(aimAt(ref(meant), ref(shown), isOurs)).toBe(expected);
  });
});

test('the oldest of several comes first, and one without a time comes last', () => {
  const times = fc.array(fc.option(fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }), { nil: null }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(times, (seconds) => {
      const all = seconds.map((value, index) => ref(value === null ? null : String(value * 1_000), `n${index}`));
      const sorted = [...all].sort(byAge).map(({ createdAt }) => Number(createdAt ?? Number.POSITIVE_INFINITY));
      expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
    }),
  );
});

describe('the state that a lease records', () => {
  const pool = { id: 'team-a', createdAt: '2026-11-30T13:27:51Z' };
  const removed = (createdAt: string) => ({ ...noResources, removed: [{ id: 'team-a', createdAt }] });

  test('loses a pool that was removed, in whatever form its time is written', () => {
    expect(mergeResources({ ...noResources, pool }, removed('2026-11-30T21:27:51.000+08:00')).pool).toBeNull();
  });

  test.each(['', '2026-11-30T10:00:00Z'])('keeps a pool that may be the next of its name (%p was removed)', (time) => {
    expect(mergeResources({ ...noResources, pool }, removed(time)).pool).toEqual(pool);
  });

  test('loses a notebook that was removed, also without a known time', () => {
    const notebooks = [{ id: 'team-a', createdAt: '2026-11-30T13:27:51Z' }];
    expect(mergeResources({ ...noResources, notebooks }, removed('')).notebooks).toEqual([]);
  });
});
