import type { Progress } from '../contract/progress.js';
import type { PendingActivity, Run } from './runs.js';

/** Why an operation stands where it stands: its own words, and what Temporal knows of the work that is under way. */
export interface Explanation {
  readonly name: string;
  readonly workflowId: string;
  readonly phase: Progress['phase'];
  readonly phaseSince: string;
  readonly why: string;
  readonly awaiting: Progress['awaiting'];
  readonly failure: Progress['failure'];
  /** Work that is scheduled, running or between attempts, with the last thing that went wrong. */
  readonly pending: readonly {
    readonly activity: string;
    readonly state: PendingActivity['state'];
    readonly attempt: number;
    readonly lastFailure: string | null;
    readonly nextAttemptAt: string | null;
    readonly lastHeartbeatAt: string | null;
  }[];
}

/** Puts an explanation together from a progress and the run that it belongs to. */
export function explain(progress: Progress, run: Run): Explanation {
  const { name, workflowId, phase, phaseSince, why, awaiting, failure } = progress;
  const pending = run.pending.map((activity) => ({
    activity: activity.type,
    state: activity.state,
    attempt: activity.attempt,
    lastFailure: activity.lastFailure,
    nextAttemptAt: activity.state === 'scheduled' ? (activity.nextAttemptAt?.toISOString() ?? null) : null,
    lastHeartbeatAt: activity.lastHeartbeatAt?.toISOString() ?? null,
  }));
  return { name, workflowId, phase, phaseSince, why, awaiting, failure, pending };
}
