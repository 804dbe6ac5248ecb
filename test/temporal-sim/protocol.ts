import {
  ApplicationFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  ensureApplicationFailure,
  type Payload,
  toPayloads,
} from '@temporalio/common';
import type { coresdk, google, temporal } from '@temporalio/proto';
import Long from 'long';

export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type ScheduleActivity = coresdk.workflow_commands.IScheduleActivity;
export type Failure = temporal.api.failure.v1.IFailure;
export type ActivityResolution = coresdk.activity_result.IActivityResolution;

/** Values of `temporal.api.enums.v1.RetryState`. */
export const retryStates = { nonRetryable: 2, timeout: 3, maximumAttempts: 4, cancelRequested: 7 } as const;
export type RetryStateName = keyof typeof retryStates;

/** Values of `temporal.api.enums.v1.TimeoutType`. */
export const timeoutTypes = { startToClose: 1, scheduleToStart: 2, scheduleToClose: 3, heartbeat: 4 } as const;
export type TimeoutName = keyof typeof timeoutTypes;

export function payloads(args: readonly unknown[]): Payload[] {
  return toPayloads(defaultPayloadConverter, ...args) ?? [];
}

export function payload(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

export function decoded(from: Payload | null | undefined): unknown {
  return from === null || from === undefined ? undefined : defaultPayloadConverter.fromPayload(from);
}

export function valuesOf(from: readonly Payload[] | null | undefined): unknown[] {
  return (from ?? []).map(decoded);
}

export function errorOf(failure: Failure | null | undefined): Error {
  return defaultFailureConverter.failureToError(failure ?? {}, defaultPayloadConverter);
}

/** The failure that a worker reports for an error. */
export function failureOf(error: unknown): Failure {
  return defaultFailureConverter.errorToFailure(ensureApplicationFailure(error), defaultPayloadConverter);
}

export function applicationFailure(type: string, message: string): Failure {
  return failureOf(ApplicationFailure.nonRetryable(message, type));
}

export function timeoutFailure(name: TimeoutName, details: Payload[] | null, cause: Failure | null): Failure {
  const word = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return {
    message: `activity ${word} timeout`,
    source: 'Server',
    timeoutFailureInfo: {
      timeoutType: timeoutTypes[name],
      ...(details === null ? {} : { lastHeartbeatDetails: { payloads: details } }),
    },
    ...(cause === null ? {} : { cause }),
  };
}

export const cancelledFailure: Failure = { message: 'CancelledFailure', source: 'Server', canceledFailureInfo: {} };

/** The failure that the server wraps around the failure of an activity. */
export function activityFailure(command: ScheduleActivity, cause: Failure, retryState: RetryStateName): Failure {
  return {
    message: cause.canceledFailureInfo
      ? 'Activity cancelled'
      : cause.timeoutFailureInfo
        ? 'Activity task timed out'
        : 'Activity task failed',
    source: 'Server',
    cause,
    activityFailureInfo: {
      activityType: { name: command.activityType ?? '' },
      activityId: command.activityId ?? '',
      identity: 'virtual',
      retryState: retryStates[retryState],
    },
  };
}

export function timestamp(ms: number): { seconds: Long; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds: Long.fromNumber(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** Milliseconds of a duration. Null if it is not set. */
export function millis(duration: google.protobuf.IDuration | null | undefined): number | null {
  if (duration === null || duration === undefined) return null;
  return Number(duration.seconds ?? 0) * 1000 + (duration.nanos ?? 0) / 1e6;
}

/** The kind of a job or command: its one field that is set. */
export function kindOf(message: Job | Command): string {
  const kind = Object.entries(message).find(
    ([key, value]) => key !== 'userMetadata' && value !== null && value !== undefined,
  );
  return kind?.[0] ?? 'none';
}

/** A text that is equal for equal messages. Stack traces are left out, because they differ in replay. */
export function canonical(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Long.isLong(value)) return value.toString();
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.entries(value).filter(
    ([key, item]) => item !== null && item !== undefined && key !== 'stackTrace',
  );
  return `{${fields
    .map(([key, item]) => `${key}:${canonical(item)}`)
    .sort()
    .join(',')}}`;
}
