import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { cut, textLimits } from '../domain/text.js';

/** Failure types that users and programs see. Fixed, so that scripts can branch on them. */
export const failureTypes = [
  'InvalidSpec',
  'SpecConflict',
  'NameTaken',
  'NotAuthorized',
  'QuotaExceeded',
  'SoldOut',
  'BillingRefused',
  'RequestRejected',
  'PoolCreationFailed',
  'PoolUnhealthy',
  'NotebookFailed',
  'DeadlineExceeded',
  'UnknownOutcome',
  'ApprovalRejected',
  'ApprovalTimedOut',
  'ServiceUnavailable',
  'PlanChanged',
  'Protected',
  'Busy',
  'NotFound',
] as const;
export type FailureType = (typeof failureTypes)[number];

export function isFailureType(type: unknown): type is FailureType {
  return failureTypes.some((known) => known === type);
}

/** Failure type of a poll window that ended without a change. It is not an error: the server starts the next window. */
export const stillPending = 'StillPending';

/** What a wait reports in its heartbeat: what it observed last, and the error of a read that failed. */
export interface WaitReport {
  readonly why: string;
  /** RFC 3339 time until which the service throttles the reads; null when it does not. */
  readonly throttledUntil: string | null;
  /** Failure type of the last read; null when it succeeded. */
  readonly failureType: FailureType | null;
}

/** The facts of a failed activity, the first detail of its ApplicationFailure. */
export interface FailureFacts {
  readonly errorCode: string | null;
  readonly requestId: string | null;
  readonly hint: string | null;
  /** Pause before the next attempt: what the service asked for, or a short one when only this worker pauses. */
  readonly retryAfterMs?: number;
  /** RFC 3339 time until which the service throttles this call; absent for every other failure. */
  readonly throttledUntil?: string;
  /** What is wrong with a document, by path. */
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
  /** HTTP status of the response; absent when there was none. */
  readonly status?: number;
}

interface FailureOptions {
  /** Whether Temporal retries the activity. @defaultValue false */
  readonly retryable?: boolean;
  /** Expected now and then: logged quietly and not counted as a failure. @defaultValue false */
  readonly benign?: boolean;
  /** Milliseconds until the next retry. @defaultValue by the retry policy */
  readonly retryAfterMs?: number;
  /** The first detail, in place of the facts. */
  readonly detail?: object;
}

/** The only builder of failures that go into a history: bounded, with the facts as first detail. */
export function makeFailure(
  type: FailureType | typeof stillPending,
  message: string,
  facts: Partial<FailureFacts> = {},
  { retryable = false, benign = false, retryAfterMs, detail }: FailureOptions = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: cut(message, textLimits.why),
    nonRetryable: !retryable,
    details: [detail ?? { errorCode: null, requestId: null, hint: null, ...facts }],
    ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
    ...(benign ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}
