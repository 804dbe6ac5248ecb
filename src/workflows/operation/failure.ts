import { ActivityFailure, ApplicationFailure, TemporalFailure, TimeoutFailure } from '@temporalio/workflow';
import { type FailureFacts, isFailureType, makeFailure } from '../../contract/failures.js';
import type { FailureProgress, StepName } from '../../contract/progress.js';
import { cut, textLimits, tooLarge } from '../../domain/text.js';

export function invalidName(): ApplicationFailure {
  return makeFailure('InvalidSpec', 'name: required. Use letters, digits, - and _', {
    hint: 'Start it with {"name": "…"} as its argument.',
  });
}

/** The plan that was asked for by its hash is not the present one. */
export function planChanged(asked: string, now: string, again: string): ApplicationFailure {
  const message = `the plan has changed: ${asked} was requested, the present one is ${now}. Nothing was deleted.`;
  return makeFailure('PlanChanged', message, {
    hint: `Only the hash of the old plan is known, not its content. Review the new plan with \`${again}\` and use its hash.`,
  });
}

/** Raw JSON can start a run with a document that no activity could be given. */
export function refuseLarge(document: unknown, limit?: number): void {
  const large = tooLarge(document, limit);
  if (large !== null)
    throw makeFailure('InvalidSpec', `the document: ${large}`, {
      hint: 'Start it again with a smaller document. Nothing was created.',
    });
}

/**
 * An error that a run answers by ending a step or itself. Anything else is a mistake of our own code, or a continue-as-new:
 * Temporal holds such a run until a worker without the mistake comes, and nothing is undone because of it.
 */
export function isFailure(error: unknown): error is TemporalFailure {
  return error instanceof TemporalFailure;
}

/** Reads any error of a step: a failure of ours keeps its words, anything else means that no answer could be had. */
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

/** What an activity has told of its failure; nothing when it is none of ours. */
export function factsOf(failure: ApplicationFailure): Partial<FailureFacts> {
  const facts: unknown = failure.details?.[0];
  return isFacts(facts) ? facts : {};
}

function isFacts(value: unknown): value is Partial<FailureFacts> {
  return typeof value === 'object' && value !== null;
}

/** The failure inside the wrapper that Temporal puts around an activity's. */
export function rootFailure(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
}
