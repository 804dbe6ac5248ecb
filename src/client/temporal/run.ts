import type { WaitReport } from '../../contract/failures.js';
import type { RunFacts } from '../../temporal/describe-run.js';
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

/** How a run closed: with a value, with a failure, or with neither. */
export interface RunOutcome {
  readonly value: unknown;
  readonly failure: { readonly message: string; readonly type: string | null; readonly detail: unknown } | null;
}

/**
 * What the operations need of Temporal. Its own interface, so that the rules above it can be tried without a server.
 * Everything here throws the errors of `errors.ts` only.
 */
export interface Runs {
  /** The newest run of an id, or the given one; null when Temporal knows none. */
  describe(workflowId: string, runId?: string): Promise<Run | null>;
  /** Starts a run, or answers the one that is open under the id. */
  start(start: RunStart): Promise<{ readonly runId: string }>;
  /** As `start`, and sends a signal that the run sees before it does anything. */
  signalWithStart(start: RunStart, signal: string, argument: unknown): Promise<{ readonly runId: string }>;
  query<T>(workflowId: string, runId: string, name: string): Promise<T>;
  signal(workflowId: string, name: string, argument: unknown): Promise<void>;
  /**
   * Sends an update to the open run; a refusal throws OperationRefusedError with the run's own words. Updates of one id are
   * one: what was said twice, because the first answer did not come, counts once.
   */
  update<T>(workflowId: string, name: string, argument: unknown, id?: string): Promise<T>;
  cancel(workflowId: string): Promise<void>;
  /** Waits for the end of the newest run, over continue-as-new; the signal ends the wait. */
  awaitEnd(workflowId: string, signal?: AbortSignal): Promise<void>;
  /** The first argument that the run was started with. */
  argument(workflowId: string, runId: string): Promise<unknown>;
  /** How a closed run closed; null while it is open. */
  outcome(workflowId: string, runId: string): Promise<RunOutcome | null>;
  list(query: string): AsyncIterable<Run>;
  history(workflowId: string, runId: string): Promise<readonly HistoryEvent[]>;
}
