import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { asFailure, asRetryable, outcomeOfFailedCreate, rethrowBug } from '../../src/activities/failures.js';
import { isFailureType } from '../../src/contract/failures.js';
import { ModelArtsError, type ModelArtsErrorFacts, modelArtsErrorKinds } from '../../src/modelarts/errors.js';

const error = (facts: Partial<ModelArtsErrorFacts>) =>
  new ModelArtsError('pools.create of team-a: refused', {
    kind: 'rejected',
    operation: 'pools.create',
    method: 'POST',
    template: '/v2/{project_id}/pools',
    requestId: 'req-1',
    errorCode: 'ModelArts.0001',
    ...facts,
  });

function failureOf(cause: unknown): ApplicationFailure {
  const failure = asFailure(cause);
  if (!(failure instanceof ApplicationFailure)) throw new Error('not a failure');
  return failure;
}

describe('API errors in the history', () => {
  test.each(modelArtsErrorKinds)(
    '%s has a type of the contract, keeps code and request id, and says what to do',
    (kind) => {
      const failure = failureOf(error({ kind }));
      expect(isFailureType(failure.type)).toBe(true);
      expect(failure.details?.[0]).toMatchObject({ errorCode: 'ModelArts.0001', requestId: 'req-1' });
      expect(failure.details?.[0]).toHaveProperty('hint', expect.stringMatching(/\w/));
    },
  );

  test.each([
    ['throttled', true],
    ['unavailable', true],
    ['transport', true],
    ['malformed', true],
    ['auth', false],
    ['permission', false],
    ['quota', false],
    ['billing', false],
    ['rejected', false],
    ['notFound', false],
  ] as const)('%s is tried again: %s', (kind, retried) => {
    expect(failureOf(error({ kind })).nonRetryable).toBe(!retried);
  });

  test('a pause that the service requests becomes the delay of the next attempt, without a failure', () => {
    const failure = failureOf(error({ kind: 'throttled', retryAfterMs: 7_000 }));
    expect(failure.nextRetryDelay).toBe(7_000);
    expect(failure.category).toBe(ApplicationFailureCategory.BENIGN);
  });

  test.each([
    ['the own rate limit', { kind: 'throttled', retryAfterMs: 60_000, isOwnPause: true, notSent: true }],
    ['credentials that were refused', { kind: 'auth', retryAfterMs: 288_000, isOwnPause: true, notSent: true }],
    ['a refusal of the credentials', { kind: 'auth' }],
  ] as const)('a pause of this process ends with it, so the next attempt follows soon: %s', (_title, facts) => {
    const failure = asRetryable(error(facts));
    expect(failure).toMatchObject({ nextRetryDelay: 10_000, details: [{ retryAfterMs: 10_000 }] });
  });

  test('a throttled call carries the time until which it is throttled, and only such a call', () => {
    const throttledUntil = Date.parse('2026-03-01T10:00:30Z');
    const failure = asRetryable(error({ kind: 'throttled', retryAfterMs: 3_000, throttledUntil }));
    expect(failure).toMatchObject({ details: [{ throttledUntil: '2026-03-01T10:00:30.000Z' }] });
    expect(asRetryable(error({ kind: 'unavailable' }))).not.toHaveProperty('details.0.throttledUntil');
  });

  test('a rollback is retried after every error', () => {
    expect(asRetryable(error({ kind: 'permission' }))).toMatchObject({ nonRetryable: false, type: 'NotAuthorized' });
  });

  test.each([new TypeError('x is undefined'), new RangeError('too long'), new ReferenceError('y is not defined')])(
    'a bug of ours (%s) is retried, is reported as one, and keeps its stack',
    (bug) => {
      const failure = failureOf(bug);
      expect(failure).toMatchObject({ nonRetryable: false, type: 'ServiceUnavailable', stack: bug.stack });
      expect(failure.message).toContain(bug.message);
      expect(failure.details?.[0]).toHaveProperty('hint', expect.stringMatching(/\w/));
      expect(() => rethrowBug(bug)).toThrow(bug);
    },
  );

  test('every other error may mean that there was no response', () => {
    expect(() => rethrowBug(error({ kind: 'unavailable' }))).not.toThrow();
  });

  test('an unknown error leaves its cause behind, which may hold a request', () => {
    const failure = failureOf(new Error('odd', { cause: { headers: { 'X-Auth-Token': 'secret' } } }));
    expect(failure.cause).toBeUndefined();
    expect(JSON.stringify(failure)).not.toContain('secret');
  });
});

describe('the outcome of a failed create call', () => {
  test.each([
    ['a lost answer', error({ kind: 'transport', outcomeUnknown: true }), 'unknown'],
    ['a server error', error({ kind: 'unavailable', outcomeUnknown: true }), 'unknown'],
    ['a refused connection', error({ kind: 'transport', notSent: true }), 'notSent'],
    ['a 429', error({ kind: 'throttled', retryAfterMs: 3_000 }), 'notSent'],
    ['a pool that is not ready for notebooks yet', error({ kind: 'unavailable' }), 'notSent'],
    ['no capacity', error({ kind: 'soldOut' }), 'soldOut'],
    ['no capacity, reported as a server error', error({ kind: 'soldOut', outcomeUnknown: true }), 'soldOut'],
    ['the name exists', error({ kind: 'exists' }), 'exists'],
    ['an answer that cannot be read', error({ kind: 'malformed' }), 'unknown'],
    ['the rate limit of this process', error({ kind: 'throttled', retryAfterMs: 90_000, isOwnPause: true }), 'notSent'],
  ])('%s', (_title, cause, outcome) => {
    const { errorCode, requestId } = cause;
    expect(requestId).not.toBeNull();
    expect(outcomeOfFailedCreate(cause)).toMatchObject({ outcome, errorCode, requestId });
  });

  test.each(['auth', 'permission', 'quota', 'billing', 'rejected', 'notFound'] as const)('%s ends the step', (kind) => {
    expect(() => outcomeOfFailedCreate(error({ kind }))).toThrow(ApplicationFailure);
  });
});
