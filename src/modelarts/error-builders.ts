import { type Classification, classify, leavesOutcomeUnknown } from './classification.js';
import { type CallContext, describeCall, ModelArtsError } from './errors.js';
import type { HttpFailure, HttpResponse } from './http.js';
import { isRecord, readErrorBody } from './response-body.js';

import { sanitise } from './sanitise.js';

/** An error response, as an error and with its classification. */
export interface Rejection {
  readonly error: ModelArtsError;
  readonly classification: Classification;
}

function inBrackets(requestId: string | null): string {
  return requestId === null ? '' : ` (request id ${requestId})`;
}

/** The id by which the operators of the service find the call; null when the response has none. */
export function requestIdOf(response: HttpResponse, parsed: unknown): string | null {
  const inBody = isRecord(parsed) ? parsed.request_id : null;
  const id = response.header('x-request-id') ?? (typeof inBody === 'string' ? inBody : null);
  return id === null || id === '' ? null : sanitise(id).slice(0, 128);
}

/** Turns an error response into an error. */
export function rejectionOf(
  context: CallContext,
  response: HttpResponse,
  parsed: unknown,
  details: { retryAfterMs: number | null; isOwnPause: boolean; secrets: readonly string[]; now: number },
): Rejection {
  const { status } = response;
  const { retryAfterMs, isOwnPause, secrets, now } = details;
  const body = readErrorBody(response.text, parsed);
  const errorCode = body.code === null ? null : sanitise(body.code, secrets).slice(0, 64);
  const classification = classify(status, errorCode);
  const { kind } = classification;
  const requestId = requestIdOf(response, parsed);
  const reason = body.message === null ? '' : `: ${sanitise(body.message, secrets)}`;
  const code = errorCode === null ? '' : ` ${errorCode}`;
  const error = new ModelArtsError(
    `${describeCall(context)} failed: HTTP ${status}${code}${reason}${inBrackets(requestId)}`,
    {
      ...context,
      kind,
      status,
      errorCode,
      requestId,
      retryAfterMs,
      throttledUntil: kind === 'throttled' && retryAfterMs !== null ? now + retryAfterMs : null,
      isOwnPause,
      outcomeUnknown: leavesOutcomeUnknown(context.method, status, classification),
    },
  );
  return { error, classification };
}

/** A success status with a body that cannot be read. A change may well have been made. */
export function malformedResponse(
  context: CallContext,
  response: HttpResponse,
  requestId: string | null,
  reason: string,
): ModelArtsError {
  const { status } = response;
  return new ModelArtsError(
    `${describeCall(context)} failed: HTTP ${status}, but the response cannot be read: ${sanitise(reason)}${inBrackets(requestId)}`,
    { ...context, kind: 'malformed', status, requestId, outcomeUnknown: context.method !== 'GET' },
  );
}

/** A call whose `sendBefore` passed while it was held back. */
export function tooLate(context: CallContext): ModelArtsError {
  return new ModelArtsError(`${describeCall(context)} was not sent: the time limit for sending it has passed`, {
    ...context,
    kind: 'transport',
    notSent: true,
    isTooLate: true,
  });
}

/** A call without a response. Only a connection that was never established proves that nothing was sent. */
export function noResponse(context: CallContext, host: string, { reason, code }: HttpFailure): ModelArtsError {
  const explanation = {
    timeout: `${code} from ${host}`,
    lost: `the connection to ${host} was lost (${code})`,
    notConnected: `cannot connect to ${host} (${code})`,
  }[reason];
  const notSent = reason === 'notConnected';
  return new ModelArtsError(`${describeCall(context)} failed: ${explanation}`, {
    ...context,
    kind: 'transport',
    notSent,
    outcomeUnknown: !notSent && context.method !== 'GET',
  });
}
