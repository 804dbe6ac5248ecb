import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closingOf, type Ending, endingOf, keepsResources, mayOwn } from '../../../src/domain/provision/ending.js';

const failure = { type: 'DeadlineExceeded', message: 'm' };
const of = (type: string) => ({ type, message: 'm' });
const rollback = { onFailure: 'rollback', onCancel: 'rollback' };

describe('the ending of a run', () => {
  test.each<[string, ReturnType<typeof of> | null, Parameters<typeof endingOf>[1], string, boolean]>([
    ['a cancel', null, rollback, 'cancelled', false],
    ['a cancel that keeps', null, { ...rollback, onCancel: 'keep' }, 'cancelled', true],
    ['a cancel does not look at onFailure', null, { ...rollback, onFailure: 'keep' }, 'cancelled', false],
    ['a cancel before the spec is checked', null, null, 'cancelled', false],
    ['a failure', failure, rollback, 'failed', false],
    ['a failure that keeps', failure, { ...rollback, onFailure: 'keep' }, 'failed', true],
    ['a failure does not look at onCancel', failure, { ...rollback, onCancel: 'keep' }, 'failed', false],
    ['a failure that an operator decides on', failure, { ...rollback, onFailure: 'ask' }, 'failed', false],
    ['a failure before the spec is checked', failure, null, 'failed', false],
    ['a rejection keeps nothing', of('ApprovalRejected'), { ...rollback, onFailure: 'keep' }, 'rejected', false],
    ['a late approval keeps nothing', of('ApprovalTimedOut'), { ...rollback, onFailure: 'keep' }, 'rejected', false],
  ])('%s', (_title, given, spec, why, keep) => {
    const ending = endingOf(given, spec);
    expect(ending).toEqual(given === null ? { why, keep } : { why, failure: given, keep });
    expect(keepsResources(ending)).toBe(keep);
  });

  test('an abandoned run keeps its resources', () => {
    expect(keepsResources({ why: 'abandoned' })).toBe(true);
  });
});

describe('the last phase', () => {
  const cancelled: Ending = { why: 'cancelled', keep: false };
  const failed: Ending = { why: 'failed', failure, keep: false };
  test.each<[string, Ending, ReturnType<typeof of> | null, boolean, string]>([
    ['abandoned', { why: 'abandoned' }, null, false, 'Abandoned'],
    ['abandoned, although an earlier clean-up removed something', { why: 'abandoned' }, null, true, 'Abandoned'],
    ['cancelled before a create', cancelled, null, false, 'Cancelled'],
    ['cancelled and removed', cancelled, null, true, 'Cancelled'],
    ['cancelled and kept', { ...cancelled, keep: true }, null, false, 'Cancelled'],
    ['cancelled, and the rollback must not delete', cancelled, of('Protected'), true, 'Failed'],
    ['cancelled, and jobs keep the pool', cancelled, of('Busy'), true, 'Failed'],
    ['failed before a create', failed, failure, false, 'Failed'],
    ['failed and removed', failed, failure, true, 'RolledBack'],
    ['failed and kept', { ...failed, keep: true }, failure, true, 'Failed'],
    ['failed, and the rollback must not delete', failed, of('Protected'), true, 'Failed'],
    ['failed, and jobs keep the pool', failed, of('Busy'), true, 'Failed'],
    ['rejected', { why: 'rejected', failure, keep: false }, of('ApprovalRejected'), false, 'Rejected'],
    ['rejected, and a lease owned a pool', { why: 'rejected', failure, keep: false }, failure, true, 'Rejected'],
  ])('%s', (_title, ending, given, isRemoved, phase) => {
    expect(closingOf(ending, given, isRemoved).phase).toBe(phase);
  });

  test('shows the failure with its type', () => {
    expect(closingOf(failed, of('SoldOut'), true).why).toBe('SoldOut: m');
  });

  test('is RolledBack only when nothing is kept', () => {
    const anyEnding = fc.oneof(
      fc.record({ why: fc.constant('cancelled' as const), keep: fc.boolean() }),
      fc.record({
        why: fc.constantFrom('failed' as const, 'rejected' as const),
        failure: fc.constant(failure),
        keep: fc.boolean(),
      }),
      fc.constant({ why: 'abandoned' as const }),
    );
    const anyFailure = fc.option(fc.constantFrom('Busy', 'Protected', 'SoldOut', 'DeadlineExceeded').map(of));
    fc.assert(
      fc.property(anyEnding, anyFailure, fc.boolean(), (ending, given, isRemoved) => {
        if (closingOf(ending, given, isRemoved).phase !== 'RolledBack') return;
        expect([isRemoved, keepsResources(ending), ['Busy', 'Protected'].includes(given?.type ?? '')]).toEqual([
          true,
          false,
          false,
        ]);
      }),
    );
  });
});

describe('what a closing run may own', () => {
  const ref = { id: 'p-1', createdAt: '2026-01-01T00:00:00Z' };
  const none = { pool: null, notebooks: [], unknownSince: null };
  test.each<[string, Parameters<typeof mayOwn>[0], boolean, boolean]>([
    ['nothing', none, false, false],
    ['nothing although a create was sent', none, true, false],
    ['a pool', { ...none, pool: ref }, false, true],
    ['a notebook', { ...none, notebooks: [ref] }, false, true],
    ['the result of an unknown create', { ...none, unknownSince: 1 }, true, true],
    ['the result of an unknown create of time 0', { ...none, unknownSince: 0 }, true, true],
    ['nothing after a create that was refused', { ...none, unknownSince: 1 }, false, false],
  ])('%s', (_title, owned, hasUndo, expected) => {
    expect(mayOwn(owned, hasUndo)).toBe(expected);
  });
});
