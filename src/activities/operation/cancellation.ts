import { WorkflowNotFoundError } from '@temporalio/client';
import type { ActivityDeps } from '../deps.js';

/** Activities with which a workflow cancels its own run. */
export function cancellationActivities({ temporal }: ActivityDeps) {
  return {
    /** Asks Temporal to cancel this very run; one that has closed meanwhile needs no cancel. Safe to repeat. */
    async cancelRun({ workflowId, runId }: { workflowId: string; runId: string }): Promise<void> {
      try {
        await temporal.workflow.getHandle(workflowId, runId).cancel();
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
