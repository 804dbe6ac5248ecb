import { type Classification, classify, leavesOutcomeUnknown } from './classification.js';
import { readErrorBody } from './error-body.js';
import { ModelArtsError } from './errors.js';
import type { WireAnswer, WireFailure } from './http.js';
import { isRecord } from './json.js';
import { sanitise } from './sanitise.js';

/** Which call an error is about. */
export interface CallContext {
  readonly operation: string;
  readonly method: string;
  readonly template: string;
  readonly subject: string | null;
}

/** An answer that is no success, understood. */
export interface Refusal {
  readonly error: ModelArtsError;
  readonly verdict: Classification;
}

function naming({ operation, subject }: CallContext): string {
  return subject === null ? operation : `${operation} (${subject})`;
}

function inBrackets(requestId: string | null): string {
  return requestId === null ? '' : ` (request id ${requestId})`;
}

/** The id by which the service's operators find the call. */
export function requestIdOf(answer: WireAnswer, parsed: unknown): string | null {
  const header = answer.header('x-request-id');
  const inBody = isRecord(parsed) ? parsed.request_id : null;
  const id = header ?? (typeof inBody === 'string' ? inBody : null);
  return id === null || id === '' ? null : sanitise(id).slice(0, 128);
}

/** Turns a refusal of the service into an error. */
export function refusalOf(
  context: CallContext,
  answer: WireAnswer,
  parsed: unknown,
  details: { retryAfterMs: number | null; isOwnPause: boolean; secrets: readonly string[]; now: number },
): Refusal {
  const { status } = answer;
  const body = readErrorBody(answer.text, parsed);
  const errorCode = body.code === null ? null : sanitise(body.code, details.secrets).slice(0, 64);
  const verdict = classify(status, errorCode);
  const requestId = requestIdOf(answer, parsed);
  const cause = body.message === null ? '' : `: ${sanitise(body.message, details.secrets)}`;
  const message = `${naming(context)} failed: HTTP ${status}${errorCode === null ? '' : ` ${errorCode}`}${cause}${inBrackets(requestId)}`;
  const error = new ModelArtsError(message, {
    ...context,
    kind: verdict.kind,
    status,
    errorCode,
    requestId,
    retryAfterMs: details.retryAfterMs,
    throttledUntil:
      verdict.kind === 'throttled' && details.retryAfterMs !== null ? details.now + details.retryAfterMs : null,
    isOwnPause: details.isOwnPause,
    outcomeUnknown: leavesOutcomeUnknown(context.method, status, verdict),
  });
  return { error, verdict };
}

/** An answer that claims success but cannot be read: what was asked for may well have been done. */
export function malformedAnswer(
  context: CallContext,
  answer: WireAnswer,
  requestId: string | null,
  why: string,
): ModelArtsError {
  return new ModelArtsError(
    `${naming(context)}: HTTP ${answer.status}, but the answer cannot be read: ${sanitise(why)}${inBrackets(requestId)}`,
    {
      ...context,
      kind: 'malformed',
      status: answer.status,
      requestId,
      outcomeUnknown: context.method !== 'GET',
    },
  );
}

/** A call that was held back for so long that it must not be sent any more. */
export function tooLate(context: CallContext): ModelArtsError {
  return new ModelArtsError(`${naming(context)} was not sent: it is too late for it`, {
    ...context,
    kind: 'transport',
    notSent: true,
    outcomeUnknown: false,
  });
}

/** No answer came. Only a connection that never came about is proof that nothing was sent. */
export function noAnswer(context: CallContext, host: string, { reason, code }: WireFailure): ModelArtsError {
  const what = {
    timeout: `${code} from ${host}`,
    lost: `the connection to ${host} was lost (${code})`,
    notConnected: `no connection to ${host} (${code})`,
  }[reason];
  const notSent = reason === 'notConnected';
  return new ModelArtsError(`${naming(context)} failed: ${what}`, {
    ...context,
    kind: 'transport',
    notSent,
    outcomeUnknown: !notSent && context.method !== 'GET',
  });
}
