import { WorkflowContinuedAsNewError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { isFailureType } from '../../contract/failures.js';
import { progressQuery } from '../../contract/messages.js';
import { isSuccess, type Phase } from '../../contract/phases.js';
import { type FailureProgress, isProgress, type Progress } from '../../contract/progress.js';
import type { Workflows } from '../../temporal/describe-run.js';
import { ask } from './ask-workflow.js';

/** How an operation closed. */
export interface OperationEnd {
  /** The last run, where the operation continued as new. */
  readonly runId: string;
  /** True when it reached its goal: `Ready`, `Gone`, `Done`, `Abandoned`. */
  readonly reachedGoal: boolean;
  /** Null when Temporal ended it without a result. */
  readonly phase: Phase | null;
  readonly progress: Progress | null;
  /** Why the goal was not reached; null when it was. */
  readonly failure: FailureProgress | null;
}

/** The run that follows a closed one, or how the operation closed with it. */
export async function endOf(
  workflow: Workflows,
  workflowId: string,
  runId: string,
): Promise<{ readonly next: string } | OperationEnd> {
  try {
    const progress: unknown = await workflow.getHandle(workflowId, runId, { followRuns: false }).result();
    if (isProgress(progress)) return ended(runId, progress, null);
    return { runId, reachedGoal: true, phase: null, progress: null, failure: null };
  } catch (error) {
    if (error instanceof WorkflowContinuedAsNewError) return { next: error.newExecutionRunId };
    if (error instanceof WorkflowNotFoundError) return lost(workflowId, runId);
    if (!(error instanceof WorkflowFailedError)) throw error;
    return await failed(workflow, workflowId, runId, error);
  }
}

/** An operation that Temporal no longer has: it was deleted, or its retention has passed. */
export function lost(workflowId: string, runId: string): OperationEnd {
  return ended(runId, null, {
    ...nothingKnown,
    type: 'UnknownOutcome',
    message: `Temporal no longer has ${workflowId}`,
  });
}

const nothingKnown = { step: null, errorCode: null, requestId: null, hint: null } as const;

async function failed(
  workflow: Workflows,
  workflowId: string,
  runId: string,
  { cause }: WorkflowFailedError,
): Promise<OperationEnd> {
  if (cause instanceof ApplicationFailure) {
    const [detail] = cause.details ?? [];
    const progress = isProgress(detail) ? detail : null;
    const type = isFailureType(cause.type) ? cause.type : 'ServiceUnavailable';
    return ended(runId, progress, progress?.failure ?? { ...nothingKnown, type, message: cause.message });
  }
  if (cause instanceof CancelledFailure) {
    // A cancelled run has no result. Its progress has the actor and the reason.
    const progress = await ask<Progress>(workflow, workflowId, progressQuery.name);
    const order = progress?.runId === runId ? progress.audit.findLast(({ verb }) => verb === 'cancel') : undefined;
    const by = order === undefined ? '' : ` by ${order.by}${order.reason === '' ? '' : `: ${order.reason}`}`;
    const failure = { ...nothingKnown, type: 'RequestRejected', message: `${workflowId} was cancelled${by}` } as const;
    return { ...ended(runId, progress?.runId === runId ? progress : null, failure), phase: 'Cancelled' };
  }
  const how = cause instanceof TerminatedFailure ? 'was terminated in Temporal' : 'was closed by Temporal';
  const message = `${workflowId} ${how}; its resources may still exist`;
  return ended(runId, null, { ...nothingKnown, type: 'UnknownOutcome', message });
}

function ended(runId: string, progress: Progress | null, failure: FailureProgress | null): OperationEnd {
  const phase = progress?.phase ?? null;
  return { runId, reachedGoal: failure === null && (phase === null || isSuccess(phase)), phase, progress, failure };
}
