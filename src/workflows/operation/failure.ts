import { ActivityFailure, ApplicationFailure, TemporalFailure, TimeoutFailure } from '@temporalio/workflow';
import { type FailureFacts, isFailureType, makeFailure } from '../../contract/failures.js';
import type { FailureProgress, StepName } from '../../contract/progress.js';
import { cut, textLimits, tooLarge } from '../../domain/text.js';

export function invalidName(): ApplicationFailure {
  return makeFailure('InvalidSpec', 'name: required. Use letters, digits, - and _', {
    hint: 'Start it with {"name": "…"} as its argument.',
  });
}

/** The requested plan hash is not the hash of the present plan. */
export function planChanged(asked: string, now: string, again: string): ApplicationFailure {
  const message = `the plan has changed: ${asked} was requested, the present one is ${now}. Nothing was deleted.`;
  return makeFailure('PlanChanged', message, {
    hint: `Review the new plan with \`${again}\` and use its hash.`,
  });
}

/** Raw JSON can start a run with a document that is too large for an activity. */
export function refuseLarge(document: unknown, limit?: number): void {
  const large = tooLarge(document, limit);
  if (large !== null)
    throw makeFailure('InvalidSpec', `the document: ${large}`, {
      hint: 'Start it again with a smaller document. Nothing was created.',
    });
}

/**
 * True for an error that ends a step or the run. Any other error is a bug or a continue-as-new: Temporal holds such a
 * run until a worker with a fix is deployed, and nothing is rolled back.
 */
export function isFailure(error: unknown): error is TemporalFailure {
  return error instanceof TemporalFailure;
}

/**
 * Describes any error of a step. A failure of this product keeps its message; any other error means that there was no
 * response.
 */
export function describeFailure(error: unknown, step: StepName | null): FailureProgress {
  const failure = rootFailure(error);
  if (failure instanceof ApplicationFailure && isFailureType(failure.type)) {
    const facts = factsOf(failure);
    return boundedFailure({
      step,
      type: failure.type,
      message: failure.message,
      errorCode: facts.errorCode ?? null,
      requestId: facts.requestId ?? null,
      hint: facts.hint ?? null,
    });
  }
  const message = failure instanceof Error ? failure.message : String(failure);
  return boundedFailure({
    step,
    type: 'ServiceUnavailable',
    message: failure instanceof TimeoutFailure ? `no response in time: ${message}` : message,
    errorCode: null,
    requestId: null,
    hint: 'Check the worker log, then start the operation again. Resources that it created are adopted.',
  });
}

/** The pause that the service requested. The service is ready after it, so a longer pause would waste time. */
export function requestedPause(error: unknown): number | null {
  const cause = rootFailure(error);
  return (cause instanceof ApplicationFailure && factsOf(cause).retryAfterMs) || null;
}

/** True when the server ended an activity at its limit, or before a retry that would have passed it. */
export function isOutOfTime(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  const { cause } = error;
  return (
    error.retryState === 'TIMEOUT' || (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_CLOSE')
  );
}

/** A failure with texts that progress and a history can hold. */
export function boundedFailure(failure: FailureProgress): FailureProgress {
  const { message, errorCode, requestId, hint } = failure;
  return {
    ...failure,
    message: cut(message, textLimits.why),
    errorCode: errorCode === null ? null : cut(errorCode, textLimits.name),
    requestId: requestId === null ? null : cut(requestId, textLimits.name),
    hint: hint === null ? null : cut(hint, textLimits.why),
  };
}

/** The facts of an activity's failure; empty for a failure of another origin. */
export function factsOf(failure: ApplicationFailure): Partial<FailureFacts> {
  const facts: unknown = failure.details?.[0];
  return isFacts(facts) ? facts : {};
}

function isFacts(value: unknown): value is Partial<FailureFacts> {
  return typeof value === 'object' && value !== null;
}

/** The cause of an activity failure. */
export function rootFailure(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
}
