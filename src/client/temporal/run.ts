import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { stillPending, type WaitReport } from '../../contract/failures.js';
import type { RunFacts } from '../../temporal/run-facts.js';
import type { RunStart } from '../../temporal/start-options.js';
import type { AttemptFailure, HistoryEvent } from './history-event.js';

/** What Temporal knows of a run, with the work under way; a listed run shows none. */
export interface Run extends RunFacts {
  readonly pending: readonly PendingActivity[];
}

/** An activity that is scheduled, running or between attempts. */
export interface PendingActivity {
  readonly type: string;
  readonly attempt: number;
  readonly state: 'scheduled' | 'started' | 'cancelRequested' | 'paused' | 'unknown';
  readonly lastFailure: AttemptFailure | null;
  /** The last report of a wait; null for other activities and before the first report. */
  readonly report: WaitReport | null;
  readonly nextAttemptAt: Date | null;
  readonly lastHeartbeatAt: Date | null;
}

/** The last failure of an activity; null for a wait whose poll window only ended without a result. */
export function failureOf({ lastFailure }: PendingActivity): AttemptFailure | null {
  return lastFailure?.type === stillPending ? null : lastFailure;
}

/** The result of a closed run; both are null for a run that Temporal ended. */
export interface RunOutcome {
  readonly value: unknown;
  readonly failure: { readonly message: string; readonly type: string | null; readonly detail: unknown } | null;
}

/**
 * The operations on runs that the library needs, so that it can be tested without a server. Throws the errors of
 * `errors.ts` only.
 */
export interface Runs {
  /** The newest run of a workflow id, or the given one; null when Temporal knows none. */
  describe(workflowId: string, runId?: string): Promise<Run | null>;
  /** Starts a run, or joins the open one of the workflow id. */
  start(start: RunStart): Promise<{ readonly runId: string }>;
  /** As `start`, with a signal that the run receives before its first step. */
  signalWithStart<Argument>(
    start: RunStart,
    signal: SignalDefinition<[Argument]>,
    argument: Argument,
  ): Promise<{ readonly runId: string }>;
  query<Result>(workflowId: string, runId: string, query: QueryDefinition<Result>): Promise<Result>;
  signal<Argument>(workflowId: string, signal: SignalDefinition<[Argument]>, argument: Argument): Promise<void>;
  /**
   * Sends an update to the open run; a rejection throws OperationRefusedError. Updates with the same id take effect
   * once.
   */
  update<Result, Argument>(
    workflowId: string,
    update: UpdateDefinition<Result, [Argument]>,
    argument: Argument,
    id?: string,
  ): Promise<Result>;
  cancel(workflowId: string): Promise<void>;
  /** Waits for the end of the newest run, over continue-as-new; the signal aborts the wait. */
  awaitEnd(workflowId: string, signal?: AbortSignal): Promise<void>;
  /** The first argument that the run was started with. */
  argument(workflowId: string, runId: string): Promise<unknown>;
  /** The result of a closed run; null while it is open. */
  outcome(workflowId: string, runId: string): Promise<RunOutcome | null>;
  list(query: string): AsyncIterable<Run>;
  history(workflowId: string, runId: string): Promise<readonly HistoryEvent[]>;
  /** The results of one type of activity in the history of a run, in their order. */
  recorded(workflowId: string, runId: string, activityType: string): Promise<readonly unknown[]>;
}
