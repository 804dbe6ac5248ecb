import { isFailureType } from '../contract/failures.js';
import type { Progress, RetryError, Retrying } from '../contract/progress.js';
import { isOpen } from '../temporal/run-facts.js';
import { describeCall } from './descriptions.js';
import { progressOf } from './read-progress.js';
import type { AttemptFailure, HistoryEvent } from './temporal/history-event.js';
import { failureOf, type PendingActivity, type Run, type Runs } from './temporal/run.js';

/**
 * The failed call that an operation retries. The workflow reports the calls that it retries itself. Only Temporal knows
 * about an activity that it retries, and its last failure is the newest.
 */
export function retryingOf(progress: Progress, run: Run, events: readonly HistoryEvent[]): Retrying | null {
  const reported = progress.retrying;
  const pending = run.pending.find((activity) => failureOf(activity) !== null);
  const failure = pending === undefined ? null : failureOf(pending);
  if (pending === undefined || failure === null) return reported;
  const error = retryErrorOf(failure);
  const nextTryAt = (pending.nextAttemptAt ?? run.startedAt).toISOString();
  if (reported !== null) return { ...reported, error, nextTryAt };
  const call = events.findLast((event) => event.event === 'activityScheduled' && event.type === pending.type);
  const summary = call?.event === 'activityScheduled' ? call.summary : null;
  return {
    operation: describeCall(pending.type, summary),
    error,
    attempt: failedAttempts(pending),
    since: (call?.at ?? run.startedAt).toISOString(),
    nextTryAt,
  };
}

/** The running attempt has not failed yet. */
function failedAttempts({ attempt }: PendingActivity): number {
  return Math.max(1, attempt - 1);
}

function retryErrorOf({ type, message, facts }: AttemptFailure): RetryError {
  return {
    type: isFailureType(type) ? type : 'ServiceUnavailable',
    status: facts?.status ?? null,
    errorCode: facts?.errorCode ?? null,
    requestId: facts?.requestId ?? null,
    message,
  };
}

/** More are not read: a sweep waits for eight teardowns at once. */
const maxBlockers = 8;

/** The open operations that an operation waits for. */
export async function blockersOf(runs: Runs, { waitsFor }: Progress): Promise<Run[]> {
  const found = await Promise.all(waitsFor.slice(0, maxBlockers).map((workflowId) => runs.describe(workflowId)));
  return found.filter((run) => run !== null).filter(isOpen);
}

/** The operations at the end of every chain of blockers: those that wait for no other operation. */
export async function rootBlockersOf(runs: Runs, run: Run, visited: readonly string[] = []): Promise<Run[]> {
  const path = [...visited, run.workflowId];
  const blockers = await blockersOf(runs, await progressOf(runs, run));
  const next = blockers.filter(({ workflowId }) => !path.includes(workflowId));
  if (next.length === 0) return [run];
  const roots = (await Promise.all(next.map((one) => rootBlockersOf(runs, one, path)))).flat();
  return roots.filter((one, index) => roots.findIndex(({ runId }) => runId === one.runId) === index);
}
