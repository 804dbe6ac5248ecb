import Long from 'long';
import type { RunStatus } from './closing.js';
import { timestamp } from './protocol.js';
import type { UpdateRecord } from './updates.js';
import type { WorkflowRun } from './workflow-run.js';

/** Values of `WorkflowExecutionStatus`. */
export const statuses: Readonly<Record<RunStatus, number>> = {
  RUNNING: 1,
  COMPLETED: 2,
  FAILED: 3,
  CANCELLED: 4,
  TERMINATED: 5,
  CONTINUED_AS_NEW: 6,
};

/** Values of `UpdateWorkflowExecutionLifecycleStage`. */
export const stages = { accepted: 2, completed: 3 } as const;

/** The response to an update, once it has reached the wanted stage. */
export async function answered(run: WorkflowRun, record: UpdateRecord, wanted: number): Promise<object> {
  const updateRef = { workflowExecution: { workflowId: run.workflowId, runId: record.runId }, updateId: record.id };
  const reached = await record.stage.promise;
  if (reached === 'accepted' && wanted < stages.completed) return { updateRef, stage: stages.accepted };
  const outcome = await record.outcome.promise;
  const shown =
    'failure' in outcome ? outcome : { success: { payloads: outcome.success === null ? [] : [outcome.success] } };
  return { updateRef, stage: stages.completed, outcome: shown };
}

/** A run as describe and list return it. */
export function infoOf(run: WorkflowRun, taskQueue: string) {
  return {
    execution: { workflowId: run.workflowId, runId: run.runId },
    firstRunId: run.identity.firstRunId,
    type: { name: run.workflowType },
    status: statuses[run.status],
    taskQueue,
    startTime: timestamp(run.startedAt),
    executionTime: timestamp(run.startedAt),
    ...(run.closedAt === null ? {} : { closeTime: timestamp(run.closedAt) }),
    historyLength: Long.fromNumber(run.events),
    searchAttributes: { indexedFields: run.searchAttributes },
    memo: { fields: run.memo },
  };
}

/** The last event of a run's history. */
export function closeEvent(run: WorkflowRun): object {
  const { closing } = run;
  switch (closing?.status) {
    case undefined:
      throw new Error('The run has not closed.');
    case 'COMPLETED':
      return {
        workflowExecutionCompletedEventAttributes: {
          result: { payloads: closing.result === null ? [] : [closing.result] },
        },
      };
    case 'FAILED':
      return { workflowExecutionFailedEventAttributes: { failure: closing.failure, retryState: 5 } };
    case 'CANCELLED':
      return { workflowExecutionCanceledEventAttributes: { details: { payloads: [] } } };
    case 'TERMINATED':
      return { workflowExecutionTerminatedEventAttributes: { reason: closing.reason } };
    case 'CONTINUED_AS_NEW':
      return { workflowExecutionContinuedAsNewEventAttributes: { newExecutionRunId: closing.next.runId } };
  }
}
