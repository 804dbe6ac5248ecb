import { ApplicationFailure, type LoadedDataConverter } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import { memoKeys } from '../../contract/ids.js';
import { phaseAttribute } from '../../contract/search-attributes.js';
import { isFields } from '../../spec/finding.js';
import type { AttemptFailure, CallAnswer, HistoryEvent } from './history-event.js';

type Raw = temporal.api.history.v1.IHistoryEvent;
type Payloads = Parameters<typeof decodeArrayFromPayloads>[1];

/** Decodes payloads with the client's converter, so that encrypted ones can be read where the key is. */
export async function decodePayloads(converter: LoadedDataConverter, payloads: Payloads): Promise<unknown[]> {
  return await decodeArrayFromPayloads(converter, payloads);
}

/** The message of a failure; the converter may have moved it into a payload. */
export async function decodeMessage(
  converter: LoadedDataConverter,
  failure: temporal.api.failure.v1.IFailure | null | undefined,
): Promise<string | null> {
  return (await decodeFailure(converter, failure))?.message ?? null;
}

/** A failure with its type and facts. A lost worker is a timeout, which has no failure type of this product. */
export async function decodeFailure(
  converter: LoadedDataConverter,
  failure: temporal.api.failure.v1.IFailure | null | undefined,
): Promise<AttemptFailure | null> {
  const error = await decodeOptionalFailureToOptionalError(converter, failure);
  if (error === undefined) return null;
  if (failure?.timeoutFailureInfo) return { message: describeTimeout(failure.timeoutFailureInfo), type: 'Timeout' };
  const type = failure?.applicationFailureInfo?.type || null;
  const facts = error instanceof ApplicationFailure ? factsIn(error.details?.[0]) : null;
  return { message: error.message, type, ...(facts === null ? {} : { facts }) };
}

/** The `FailureFacts` in the first detail. */
function factsIn(detail: unknown): NonNullable<AttemptFailure['facts']> | null {
  if (!isFields(detail) || !('errorCode' in detail)) return null;
  const { status, errorCode, requestId, throttledUntil } = detail;
  return {
    status: typeof status === 'number' ? status : null,
    errorCode: textOf(errorCode),
    requestId: textOf(requestId),
    throttledUntil: textOf(throttledUntil),
  };
}

/** `TIMEOUT_TYPE_*` by number. */
const timeouts = [
  'timed out',
  'timed out',
  'no worker started it in time',
  'no attempt succeeded in time',
  'the worker was lost',
];

function describeTimeout({ timeoutType }: temporal.api.failure.v1.ITimeoutFailureInfo): string {
  return timeouts[timeoutType ?? 0] ?? 'timed out';
}

/** Decodes the events of a raw history, without workflow tasks and timers. */
export async function decodeHistory(converter: LoadedDataConverter, raw: readonly Raw[]): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const types = new Map<number, string>();
  for (const event of raw) {
    const decoded = await decodeEvent(converter, event, types);
    if (decoded?.event === 'activityScheduled') types.set(decoded.id, decoded.type);
    if (decoded !== null) events.push({ ...decoded, at: dateOf(event.eventTime) ?? new Date(0) });
  }
  return events;
}

/** An event without its time. `Omit` alone would flatten the union. */
type Undated = HistoryEvent extends infer Event ? (Event extends HistoryEvent ? Omit<Event, 'at'> : never) : never;

async function decodeEvent(
  converter: LoadedDataConverter,
  event: Raw,
  types: ReadonlyMap<number, string>,
): Promise<Undated | null> {
  const first = async (payloads: Payloads) => (await decodePayloads(converter, payloads))[0];
  if (event.workflowExecutionStartedEventAttributes) {
    const { workflowType, continuedExecutionRunId, memo } = event.workflowExecutionStartedEventAttributes;
    const by = memo?.fields?.[memoKeys.by];
    return {
      event: 'started',
      type: workflowType?.name ?? '',
      continues: continuedExecutionRunId || null,
      by: by ? textOf(await first([by])) : null,
    };
  }
  if (event.upsertWorkflowSearchAttributesEventAttributes) {
    const fields = event.upsertWorkflowSearchAttributesEventAttributes.searchAttributes?.indexedFields ?? {};
    const data = fields[phaseAttribute.name]?.data;
    const phase: unknown = data ? JSON.parse(new TextDecoder().decode(data)) : null;
    return typeof phase === 'string' ? { event: 'phase', phase } : null;
  }
  if (event.activityTaskScheduledEventAttributes) {
    const summary = event.userMetadata?.summary;
    return {
      event: 'activityScheduled',
      id: Number(event.eventId),
      type: event.activityTaskScheduledEventAttributes.activityType?.name ?? '',
      summary: summary ? textOf(await first([summary])) : null,
    };
  }
  if (event.activityTaskStartedEventAttributes) {
    const { scheduledEventId, attempt, lastFailure } = event.activityTaskStartedEventAttributes;
    return {
      event: 'activityStarted',
      id: Number(scheduledEventId),
      attempt: attempt ?? 1,
      lastFailure: await decodeFailure(converter, lastFailure),
    };
  }
  const closed = await closedActivity(converter, event, types);
  if (closed !== null) return closed;
  if (event.workflowExecutionSignaledEventAttributes) {
    const { signalName, input } = event.workflowExecutionSignaledEventAttributes;
    const argument = await first(input?.payloads);
    return { event: 'message', id: Number(event.eventId), kind: 'signal', name: signalName ?? '', argument };
  }
  if (event.workflowExecutionUpdateAcceptedEventAttributes) {
    const input = event.workflowExecutionUpdateAcceptedEventAttributes.acceptedRequest?.input;
    const argument = await first(input?.args?.payloads);
    return { event: 'message', id: Number(event.eventId), kind: 'update', name: input?.name ?? '', argument };
  }
  if (event.workflowExecutionUpdateCompletedEventAttributes) {
    const { acceptedEventId, outcome } = event.workflowExecutionUpdateCompletedEventAttributes;
    const failure = await decodeFailure(converter, outcome?.failure);
    return failure === null ? null : { event: 'updateFailed', id: Number(acceptedEventId), failure };
  }
  return await closing(converter, event);
}

async function closedActivity(
  converter: LoadedDataConverter,
  event: Raw,
  types: ReadonlyMap<number, string>,
): Promise<Undated | null> {
  if (event.activityTaskCompletedEventAttributes) {
    const { scheduledEventId, result } = event.activityTaskCompletedEventAttributes;
    const id = Number(scheduledEventId);
    // Only results of creates and commands are needed. Other results may be long and are not read.
    const hasOutcome = activitiesWithOutcome.has(types.get(id) ?? '');
    const answer = hasOutcome ? callAnswer((await decodePayloads(converter, result?.payloads))[0]) : null;
    return { event: 'activityClosed', id, end: 'done', failure: null, answer };
  }
  if (event.activityTaskFailedEventAttributes) {
    const { scheduledEventId, failure } = event.activityTaskFailedEventAttributes;
    return {
      event: 'activityClosed',
      id: Number(scheduledEventId),
      end: 'failed',
      failure: await decodeFailure(converter, failure),
      answer: null,
    };
  }
  if (event.activityTaskTimedOutEventAttributes) {
    const { scheduledEventId, failure } = event.activityTaskTimedOutEventAttributes;
    return {
      event: 'activityClosed',
      id: Number(scheduledEventId),
      end: 'timedOut',
      failure: await decodeFailure(converter, failure),
      answer: null,
    };
  }
  if (event.activityTaskCanceledEventAttributes) {
    return {
      event: 'activityClosed',
      id: Number(event.activityTaskCanceledEventAttributes.scheduledEventId),
      end: 'cancelled',
      failure: null,
      answer: null,
    };
  }
  return null;
}

async function closing(converter: LoadedDataConverter, event: Raw): Promise<Undated | null> {
  if (event.workflowExecutionCancelRequestedEventAttributes) return { event: 'cancelRequested' };
  if (event.workflowExecutionCompletedEventAttributes) return { event: 'closed', status: 'Completed', reason: null };
  if (event.workflowExecutionFailedEventAttributes) {
    return {
      event: 'closed',
      status: 'Failed',
      reason: await decodeMessage(converter, event.workflowExecutionFailedEventAttributes.failure),
    };
  }
  if (event.workflowExecutionCanceledEventAttributes) return { event: 'closed', status: 'Canceled', reason: null };
  if (event.workflowExecutionTerminatedEventAttributes) {
    return {
      event: 'closed',
      status: 'Terminated',
      reason: event.workflowExecutionTerminatedEventAttributes.reason || null,
    };
  }
  if (event.workflowExecutionTimedOutEventAttributes) return { event: 'closed', status: 'TimedOut', reason: null };
  if (event.workflowExecutionContinuedAsNewEventAttributes)
    return { event: 'closed', status: 'ContinuedAsNew', reason: null };
  return null;
}

/** Activities that return whether a create or a command took effect or was sent. */
const activitiesWithOutcome: ReadonlySet<string> = new Set([
  'createPool',
  'createNotebook',
  'deletePool',
  'stopNotebook',
  'startNotebook',
  'dequeueNotebook',
  'deleteNotebook',
  'setAutoStop',
  'setProtection',
  'signalProtectionChanged',
  'refreshLease',
]);

function callAnswer(value: unknown): CallAnswer | null {
  if (!isFields(value)) return null;
  const { outcome, why, reason, retryAfterMs, isThrottled } = value;
  if (typeof outcome !== 'string') return null;
  return {
    outcome,
    why: textOf(why),
    reason: textOf(reason),
    isThrottled: isThrottled === true,
    pauseMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Protobuf times have whole seconds (a number, or a Long where numbers are not enough) and nanoseconds. */
export function dateOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): Date | null {
  if (time === null || time === undefined) return null;
  return new Date(Number(time.seconds ?? 0) * 1_000 + Math.floor((time.nanos ?? 0) / 1e6));
}
