import { WorkflowNotFoundError } from '@temporalio/client';
import { type OperationKind, operationId } from '../../contract/ids.js';
import { specQuery } from '../../contract/messages.js';
import type { Spec } from '../../contract/spec.js';
import type { Workflows } from '../../temporal/describe-run.js';
import { isUnanswered } from '../../temporal/grpc-errors.js';
import { reportedInHeartbeat, reportInHeartbeat } from '../heartbeats.js';

/**
 * After this many failed queries a run is taken for one that cannot answer, as one of a version that no worker knows.
 * One failed query says nothing: its worker may be about to come back.
 */
export const patientQueries = 10;

/**
 * What a run answers, open or closed; null when there is none. A run that does not answer fails the activity, which asks
 * again; after `patientQueries` failures the answer is `unanswered`. The failures are counted, and not the tries of the
 * activity, which may have been for anything.
 */
export async function ask<T>(
  workflow: Workflows,
  workflowId: string,
  query: string,
  unanswered: T | null = null,
): Promise<T | null> {
  try {
    return await workflow.getHandle(workflowId).query<T>(query);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    if (isUnanswered(error) && countFailedQuery(`${workflowId} ${query}`) >= patientQueries) return unanswered;
    throw error;
  }
}

/** Counts over the tries of an activity. */
function countFailedQuery(question: string): number {
  const told = reportedInHeartbeat('failedQueries');
  const counts: Record<string, unknown> = typeof told === 'object' && told !== null ? { ...told } : {};
  const before = counts[question];
  const count = (typeof before === 'number' ? before : 0) + 1;
  reportInHeartbeat({ failedQueries: { ...counts, [question]: count } });
  return count;
}

/** The spec that was last in force for a name, from whichever of its operations knows one; null when none does. */
export async function findSpec(workflow: Workflows, name: string): Promise<Spec | null> {
  for (const kind of ['env', 'pool', 'notebook', 'lease'] as const satisfies readonly OperationKind[]) {
    const spec = await ask<Spec | null>(workflow, operationId(kind, name), specQuery.name);
    if (spec !== null) return spec;
  }
  return null;
}
