import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Recheck } from '../../../src/domain/sweep/recheck.js';
import {
  judgeSweep,
  type PlanItemResult,
  type ResultCounts,
  refusedResults,
  resultOf,
  resultsOf,
  sumOf,
  withResults,
} from '../../../src/domain/sweep/results.js';

type Result = PlanItemResult['result'];
const results: readonly Result[] = ['deleted', 'changed', 'protected', 'busy', 'failed', 'gone'];
const pool = { kind: 'pool', id: 'p' } as const;
const notebook = { kind: 'notebook', id: 'n' } as const;
const result = (of: typeof pool | typeof notebook, it: Result): PlanItemResult => ({ ...of, result: it, why: 'w' });
const counts = (change: Partial<ResultCounts> = {}): ResultCounts => ({
  deleted: 0,
  changed: 0,
  protected: 0,
  busy: 0,
  failed: 0,
  gone: 0,
  ...change,
});

test.each([
  ['PlanChanged', 'changed'],
  ['Protected', 'protected'],
  ['Busy', 'busy'],
  ['DeadlineExceeded', 'failed'],
  [undefined, 'failed'],
])('a part that failed with %s is %s', (type, expected) => {
  expect(resultOf(type)).toBe(expected);
});

describe('the results of a teardown', () => {
  test.each<[string, Parameters<typeof resultsOf>[1], readonly Result[]]>([
    ['that reached its goal', { reachedGoal: true, results: [], failure: null }, ['deleted', 'deleted']],
    [
      'that has a result of its own for one item',
      { reachedGoal: true, results: [result(notebook, 'gone')], failure: null },
      ['gone', 'deleted'],
    ],
    [
      'that failed after it had deleted one item',
      { reachedGoal: false, results: [result(notebook, 'deleted')], failure: { type: 'Busy', message: 'm' } },
      ['deleted', 'busy'],
    ],
    ['that has no result', { reachedGoal: false, results: [], failure: null }, ['failed', 'failed']],
    [
      'that has a result for another kind with the same id',
      { reachedGoal: true, results: [{ ...result(pool, 'gone'), id: 'n' }], failure: null },
      ['deleted', 'deleted'],
    ],
  ])('%s', (_title, end, expected) => {
    expect(resultsOf([notebook, pool], end).map((one) => one.result)).toEqual(expected);
  });
});

describe('a part that was checked again', () => {
  const verdicts: readonly Recheck['verdict'][] = ['same', 'gone', 'changed', 'protected', 'busy'];
  const check = (verdict: Recheck['verdict']): Recheck => ({ verdict, why: 'w' });
  test.each<[readonly Recheck['verdict'][], readonly Result[] | null]>([
    [['same', 'same'], null],
    [['same', 'gone'], null],
    [
      ['gone', 'gone'],
      ['gone', 'gone'],
    ],
    [
      ['same', 'changed'],
      ['changed', 'changed'],
    ],
    [
      ['same', 'protected'],
      ['changed', 'protected'],
    ],
    [
      ['busy', 'gone'],
      ['busy', 'gone'],
    ],
    [['same'], ['changed', 'changed']],
  ])('%j: %j', (given, expected) => {
    const refused = refusedResults([notebook, pool], given.map(check));
    expect(refused?.map((one) => one.result) ?? null).toEqual(expected);
  });

  test('is deleted only when every item is the same or gone', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts), { maxLength: 5 }), fc.nat({ max: 5 }), (given, checked) => {
        const items = given.map((_verdict, index) => ({ kind: 'pool' as const, id: `p-${index}` }));
        const isFree = refusedResults(items, given.slice(0, checked).map(check)) === null;
        const isChecked = checked >= given.length;
        expect(isFree).toBe(
          isChecked && given.includes('same') && given.every((one) => ['same', 'gone'].includes(one)),
        );
      }),
    );
  });
});

describe('recorded results', () => {
  test('keep the first of each item, and later ones stay short', () => {
    const recorded = withResults([result(pool, 'deleted')], [result(pool, 'failed'), result(notebook, 'busy')]);
    expect(recorded.map((one) => one.result)).toEqual(['deleted', 'busy']);
    const [long] = withResults([], [{ ...result(pool, 'failed'), why: 'x'.repeat(1_000) }]);
    expect(long?.why.length).toBe(300);
  });

  test('a sum counts all results, or the wanted ones', () => {
    const some = counts({ deleted: 1, busy: 2, failed: 4 });
    expect([sumOf(some), sumOf(some, ['busy', 'failed']), sumOf(some, [])]).toEqual([7, 6, 0]);
  });
});

describe('the judgement of a sweep', () => {
  test.each<[string, Partial<ResultCounts>, boolean, object | null]>([
    ['all deleted', { deleted: 2 }, true, null],
    ['gone already', { gone: 2 }, true, null],
    ['nothing planned', {}, true, null],
    ['changed, by hash', { deleted: 1, changed: 1 }, true, { isThrown: true, type: 'PlanChanged' }],
    ['protected, by hash', { protected: 1 }, true, { isThrown: true, type: 'PlanChanged' }],
    ['busy, by hash', { busy: 1 }, true, { isThrown: true, type: 'PlanChanged' }],
    ['changed, without a hash', { changed: 1, protected: 1, busy: 1 }, false, null],
    ['failed', { failed: 1 }, false, { isThrown: false, type: 'ServiceUnavailable' }],
    ['failed, by hash', { failed: 1 }, true, { isThrown: false, type: 'ServiceUnavailable' }],
    ['failed and changed, by hash', { failed: 1, changed: 1 }, true, { isThrown: true, type: 'PlanChanged' }],
  ])('%s', (_title, change, isByHash, failure) => {
    const judged = judgeSweep([], counts(change), 'h', isByHash).failure;
    expect(judged === null ? null : { isThrown: judged.isThrown, type: judged.type }).toEqual(failure);
  });

  test('names the items that the failure is about', () => {
    const all = results.map((it) => ({ kind: 'pool' as const, id: `p-${it}`, result: it, why: 'w' }));
    const each = counts({ changed: 1, protected: 1, busy: 1, failed: 1, deleted: 1, gone: 1 });
    const idsIn = (text: string | undefined) => text?.match(/p-\w+/g);
    expect(idsIn(judgeSweep(all, each, 'h', true).failure?.message)).toEqual(['p-changed', 'p-protected', 'p-busy']);
    expect(idsIn(judgeSweep(all, each, 'h', false).failure?.message)).toEqual(['p-failed']);
    expect(judgeSweep(all, each, 'h', false).why.match(/\d+/g)).toEqual(['1', '6', '3']);
  });
});
