import { WorkflowNotFoundError } from '@temporalio/client';
import type { ActivityDeps } from '../deps.js';

/** Activities with which a workflow cancels its own run. */
export function cancellationActivities({ temporal }: ActivityDeps) {
  return {
    /** Requests the cancellation of this run. A closed run needs none. Safe to repeat. */
    async cancelRun({ workflowId, runId }: { workflowId: string; runId: string }): Promise<void> {
      try {
        await temporal.workflow.getHandle(workflowId, runId).cancel();
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
