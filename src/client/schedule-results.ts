import type { ScheduleExecutionResult } from '@temporalio/client';
import { progressOf } from './read-progress.js';
import type { ScheduledResult } from './schedule-view.js';
import type { Runs } from './temporal/run.js';

/** How a run of a schedule ended, or where it stands; Temporal itself only remembers that it was started. */
export async function readResult(
  runs: Runs,
  { scheduledAt, takenAt, action }: ScheduleExecutionResult,
): Promise<ScheduledResult> {
  const { workflowId } = action.workflow;
  const dates = { workflowId, dueAt: scheduledAt.toISOString(), startedAt: takenAt.toISOString() };
  // The id is the run's own, so its newest run is the one that counts, also after a continue-as-new.
  const run = await runs.describe(workflowId);
  if (run === null) {
    return {
      ...dates,
      endedAt: null,
      phase: null,
      started: null,
      why: 'Temporal does not keep it any more',
      failure: null,
    };
  }
  const { phase, why, failure, audit, endedAt } = await progressOf(runs, run);
  const begun = audit.find(({ verb }) => verb === 'started' || verb === 'joined');
  return {
    ...dates,
    endedAt: endedAt ?? run.closedAt?.toISOString() ?? null,
    phase,
    started: begun?.reason ?? null,
    why,
    failure: failure === null ? null : { type: failure.type, message: failure.message, hint: failure.hint },
  };
}
