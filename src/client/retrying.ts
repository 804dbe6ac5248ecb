import { isFailureType } from '../contract/failures.js';
import type { Progress, RetryError, Retrying } from '../contract/progress.js';
import { isOpen } from '../temporal/describe-run.js';
import { describeCall } from './activity-words.js';
import { progressOf } from './read-progress.js';
import type { AttemptFailure, HistoryEvent } from './temporal/history-event.js';
import type { PendingActivity, Run, Runs } from './temporal/run.js';
import { troubleOf } from './trouble.js';

/**
 * The failed call of an operation that is tried again. The workflow knows of what it repeats itself; of what Temporal
 * retries only Temporal knows, and its last answer is the newest.
 */
export function retryingOf(progress: Progress, run: Run, events: readonly HistoryEvent[]): Retrying | null {
  const told = progress.retrying;
  const pending = run.pending.find((activity) => troubleOf(activity) !== null);
  const trouble = pending === undefined ? null : troubleOf(pending);
  if (pending === undefined || trouble === null) return told;
  const error = retryErrorOf(trouble);
  const nextTryAt = (pending.nextAttemptAt ?? run.startedAt).toISOString();
  if (told !== null) return { ...told, error, nextTryAt };
  const call = events.findLast((event) => event.event === 'activityScheduled' && event.type === pending.type);
  const summary = call?.event === 'activityScheduled' ? call.summary : null;
  return {
    operation: describeCall(pending.type, summary),
    error,
    attempt: failedTries(pending),
    since: (call?.at ?? run.startedAt).toISOString(),
    nextTryAt,
  };
}

/** A try that is under way has not failed yet. */
function failedTries({ attempt }: PendingActivity): number {
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

/** More are not followed: a sweep waits for eight teardowns at once. */
const mostFollowed = 8;

/** The open operations whose end this one awaits. */
export async function inTheWayOf(runs: Runs, { waitsFor }: Progress): Promise<Run[]> {
  const found = await Promise.all(waitsFor.slice(0, mostFollowed).map((workflowId) => runs.describe(workflowId)));
  return found.filter((run) => run !== null).filter(isOpen);
}

/** The operations that hold an operation up and wait for nobody else: where something has to succeed. */
export async function holdersOf(runs: Runs, run: Run, visited: readonly string[] = []): Promise<Run[]> {
  const progress = await progressOf(runs, run);
  const path = [...visited, run.workflowId];
  const next = (await inTheWayOf(runs, progress)).filter(({ workflowId }) => !path.includes(workflowId));
  if (next.length === 0) return [run];
  const holders = await Promise.all(next.map((one) => holdersOf(runs, one, path)));
  return holders.flat().filter((one, index, all) => all.findIndex(({ runId }) => runId === one.runId) === index);
}
