import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { type FailureFacts, type FailureType, isFailureType, makeFailure } from '../contract/failures.js';
import type { CreateOutcome } from '../domain/provision/after-create.js';
import { isoTime } from '../domain/rfc3339.js';
import { cut, textLimits } from '../domain/text.js';
import { ModelArtsError, type ModelArtsErrorKind } from '../modelarts/errors.js';

interface Verdict {
  readonly type: FailureType;
  /** Whether the same call can succeed later without anyone doing something. */
  readonly retry: boolean;
  /** Expected now and then: logged quietly and not counted as a failure. */
  readonly benign: boolean;
  readonly hint: string;
}

/** What each kind of API error means for an operation. A new kind without a row does not compile. */
const verdicts: Readonly<Record<ModelArtsErrorKind, Verdict>> = {
  auth: {
    type: 'NotAuthorized',
    retry: false,
    benign: false,
    hint: 'Check the credentials of the worker: `maops doctor`.',
  },
  permission: {
    type: 'NotAuthorized',
    retry: false,
    benign: false,
    hint: 'Give the user of the worker the missing permission, then start again.',
  },
  throttled: {
    type: 'ServiceUnavailable',
    retry: true,
    benign: true,
    hint: 'Nothing to do: it continues when the service allows it.',
  },
  notFound: { type: 'NotFound', retry: false, benign: false, hint: 'Check the name and the project.' },
  exists: { type: 'NameTaken', retry: false, benign: false, hint: 'Choose another name.' },
  stateConflict: { type: 'RequestRejected', retry: true, benign: true, hint: 'Another operation is running on it.' },
  quota: {
    type: 'QuotaExceeded',
    retry: false,
    benign: false,
    hint: 'Delete resources that you no longer need, or raise the quota, then start again.',
  },
  soldOut: { type: 'SoldOut', retry: true, benign: true, hint: 'Try another flavor: `maops flavor list`.' },
  billing: { type: 'BillingRefused', retry: false, benign: false, hint: 'Check the account in the billing centre.' },
  rejected: {
    type: 'RequestRejected',
    retry: false,
    benign: false,
    hint: 'Fix the spec. Retrying the same spec will fail again.',
  },
  unavailable: {
    type: 'ServiceUnavailable',
    retry: true,
    benign: false,
    hint: 'Nothing to do: the request is retried.',
  },
  transport: {
    type: 'ServiceUnavailable',
    retry: true,
    benign: false,
    hint: 'Check the connection to the endpoint: `maops doctor`.',
  },
  malformed: { type: 'ServiceUnavailable', retry: true, benign: false, hint: 'Nothing to do: the request is retried.' },
};

/**
 * Converts an API error into a failure for the history: sanitised, with code, request id and hint. Other errors are
 * passed on without their cause, which could contain a request.
 */
export function asFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (isBug(error)) return bugFailure(error);
  if (!(error instanceof ModelArtsError)) {
    return makeFailure('ServiceUnavailable', messageOf(error), {}, { retryable: true });
  }
  const verdict = verdicts[error.kind];
  const { errorCode, requestId, status, throttledUntil } = error;
  const retryAfterMs = pauseOf(error);
  const asked = retryAfterMs === null ? {} : { retryAfterMs };
  const answered = status === null ? {} : { status };
  const throttled = throttledUntil === null ? {} : { throttledUntil: isoTime(throttledUntil) };
  const { type, hint, retry, benign } = verdict;
  const facts: FailureFacts = { errorCode, requestId, hint, ...asked, ...throttled, ...answered };
  return makeFailure(type, error.message, facts, { retryable: retry, benign, ...asked });
}

/** Whether an error can only come from a bug in our own code. */
function isBug(error: unknown): error is Error {
  return error instanceof Error && ['TypeError', 'RangeError', 'ReferenceError'].includes(error.name);
}

/** Rethrows a bug of ours where every other error means that there was no response. */
export function rethrowBug(error: unknown): void {
  if (isBug(error)) throw error;
}

/**
 * The failure of an activity that has a bug. It is retried until a worker without the bug runs, so that nothing is
 * rolled back (docs/decisions/0006). It keeps the stack of the bug.
 */
function bugFailure(error: Error): ApplicationFailure {
  const hint = 'This version has a bug. Report it with the stack in the log of the worker, and start a newer version.';
  const message = `internal error, retried until a fixed version runs: ${error.name}: ${error.message}`;
  const failure = makeFailure('ServiceUnavailable', message, { hint }, { retryable: true });
  if (error.stack !== undefined) failure.stack = error.stack;
  return failure;
}

/** The failure type of a failed read, which a wait reports and retries. */
export function failureTypeOf(error: unknown): FailureType {
  return error instanceof ModelArtsError ? verdicts[error.kind].type : 'ServiceUnavailable';
}

/**
 * Longest pause when only this process pauses, and the service did not ask for it. Another worker may have other
 * credentials, so Temporal gets a short pause and tries again.
 */
const longestOwnPauseMs = 10_000;

function pauseOf({ kind, retryAfterMs, isOwnPause }: ModelArtsError): number | null {
  // The authentication itself decides when a request may be sent again.
  if (kind === 'auth') return Math.min(retryAfterMs ?? longestOwnPauseMs, longestOwnPauseMs);
  return isOwnPause && retryAfterMs !== null ? Math.min(retryAfterMs, longestOwnPauseMs) : retryAfterMs;
}

/** Like `asFailure`, for calls that are retried forever. */
export function asRetryable(error: unknown): Error {
  const failure = asFailure(error);
  if (!(failure instanceof ApplicationFailure) || !failure.nonRetryable) return failure;
  const { type, message, details, nextRetryDelay } = failure;
  const known = isFailureType(type) ? type : 'ServiceUnavailable';
  const asked = typeof nextRetryDelay === 'number' ? { retryAfterMs: nextRetryDelay } : {};
  return makeFailure(known, message, details?.[0] ?? {}, { retryable: true, ...asked });
}

/** A command that the service refused because of another change. It is sent again. */
export function refusedForNow(message: string): ApplicationFailure {
  const { type, hint } = verdicts.stateConflict;
  return makeFailure(type, message, { hint }, { retryable: true, benign: true });
}

/** Pause after a create that was not sent, when the service named no time. */
const shortPauseMs = 2_000;

/**
 * Outcome of a failed create call. Errors that another call cannot fix are thrown; the workflow decides on the rest.
 */
export function outcomeOfFailedCreate(error: unknown): CreateOutcome {
  if (!(error instanceof ModelArtsError)) throw asFailure(error);
  const { errorCode, requestId, outcomeUnknown } = error;
  const why = cut(error.message, textLimits.why);
  const ids = { errorCode, requestId };
  if (outcomeUnknown && error.kind !== 'soldOut') return { outcome: 'unknown', why, ...ids };
  switch (error.kind) {
    case 'soldOut':
      return { outcome: 'soldOut', why, mayBeMade: outcomeUnknown, ...ids };
    case 'exists':
    case 'stateConflict':
      return { outcome: 'exists', why, ...ids };
    case 'throttled':
    case 'unavailable':
    case 'transport':
      return {
        outcome: 'notSent',
        retryAfterMs: pauseOf(error) ?? shortPauseMs,
        isThrottled: error.kind === 'throttled',
        why,
        ...ids,
      };
    case 'malformed':
      return { outcome: 'unknown', why, ...ids };
    case 'auth':
    case 'permission':
    case 'notFound':
    case 'quota':
    case 'billing':
    case 'rejected':
      throw asFailure(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
