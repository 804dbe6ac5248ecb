import { describe, expect, test } from '@jest/globals';
import { afterCreate, type CreateOutcome } from '../../../src/domain/provision/after-create.js';
import { type LastCreate, newResource, withChange } from '../../../src/domain/provision/resource-state.js';
import { kinds } from '../../../src/workflows/resource/kinds/index.js';

const none: LastCreate = { outcome: 'none' };
const lost: LastCreate = { outcome: 'unknown', sentAt: 1, since: 2, why: 'lost' };
const taken: LastCreate = { ...lost, isTaken: true, isRefused: true };
const leased: LastCreate = { outcome: 'unseen', owner: 'lease', sentAt: 1, since: 1 };
const refusal = { why: 'sold out', errorCode: 'ModelArts.6200', requestId: 'r-1' };
const outcomes = {
  created: { outcome: 'created', id: 'p-1', createdAt: '2026-01-01T00:00:00Z' },
  notSent: {
    outcome: 'notSent',
    retryAfterMs: 5_000,
    isThrottled: true,
    why: 'throttled',
    errorCode: 'ModelArts.6101',
    requestId: 'r-2',
  },
  soldOut: { outcome: 'soldOut', mayBeMade: false, ...refusal },
  soldOutMaybe: { outcome: 'soldOut', mayBeMade: true, ...refusal },
  exists: { outcome: 'exists', why: 'exists', errorCode: 'ModelArts.6301', requestId: 'r-3' },
  unknown: { outcome: 'unknown', why: 'reset', errorCode: null, requestId: 'r-4' },
} as const satisfies Record<string, CreateOutcome>;

const decide = (outcome: CreateOutcome | null, lastCreate: LastCreate = none, undo = false) =>
  afterCreate('pool p', { lastCreate, undo }, outcome, 10, 20);

describe('a create', () => {
  test.each<[string, CreateOutcome | null, object, object]>([
    ['that was withdrawn changes nothing', null, { undo: false }, { act: 'checkAgain' }],
    [
      'that was not sent pauses',
      outcomes.notSent,
      {},
      { act: 'pause', pauseMs: 5_000, errorCode: 'ModelArts.6101', requestId: 'r-2' },
    ],
    ['without capacity changes nothing', outcomes.soldOut, {}, { act: 'noCapacity', refusal }],
    [
      'without capacity that may have taken effect is remembered',
      outcomes.soldOutMaybe,
      { lastCreate: { outcome: 'unknown', sentAt: 10, since: 20 } },
      { act: 'noCapacity', refusal },
    ],
    [
      'without a response is checked again',
      outcomes.unknown,
      { lastCreate: { outcome: 'unknown', sentAt: 10, since: 20, isTaken: false, requestId: 'r-4' }, refusal: null },
      { act: 'checkAgain' },
    ],
    [
      'that succeeded is awaited, and its absence is not believed yet',
      outcomes.created,
      { ref: { id: 'p-1' }, lastCreate: { outcome: 'unseen', owner: 'run', sentAt: 10, since: 20 }, refusal: null },
      { act: 'await' },
    ],
  ])('%s', (_title, outcome, change, next) => {
    expect(decide(outcome)).toMatchObject({ change, next });
  });

  test.each([
    ['alone leaves nothing to undo', none, false],
    ['after another refusal leaves nothing to undo', taken, false],
    ['after a lost create leaves something to undo', lost, undefined],
    ['after a create of this run leaves something to undo', { ...leased, owner: 'run' }, undefined],
    ['beside what a lease owns leaves nothing to undo', leased, false],
  ] satisfies [string, LastCreate, unknown][])(
    'that was refused because the name exists %s',
    (_title, lastCreate, undo) => {
      expect(decide(outcomes.exists, lastCreate).change.undo).toBe(undo);
    },
  );
});

describe('the state of a resource', () => {
  test('keeps the last resource until a removal reports that it is gone', () => {
    const ref = { id: 'p-1', createdAt: '2026-01-01T00:00:00Z' };
    const created = withChange(newResource, { ref });
    expect(created.known).toEqual(ref);
    expect(withChange(created, { ref: null }).known).toEqual(ref);
    expect(withChange(created, { ref: null, known: null }).known).toBeNull();
  });
});

test('every kind comes after the kinds that it needs', () => {
  const steps = kinds.map(({ step }) => step);
  for (const { step, needs } of kinds)
    for (const need of needs) expect(steps.indexOf(need)).toBeLessThan(steps.indexOf(step));
});
