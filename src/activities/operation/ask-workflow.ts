import { WorkflowNotFoundError } from '@temporalio/client';
import { type OperationKind, operationId } from '../../contract/ids.js';
import { specQuery } from '../../contract/messages.js';
import type { Spec } from '../../contract/spec.js';
import type { Workflows } from '../../temporal/describe-run.js';
import { isUnanswered } from '../../temporal/grpc-errors.js';
import { reportedInHeartbeat, reportInHeartbeat } from '../heartbeats.js';

/**
 * After this many failed queries a run counts as unable to respond, for example because no worker has its version. One
 * failed query proves nothing: the worker may be restarting.
 */
export const patientQueries = 10;

/**
 * The result of a query to an open or closed run; null when there is no run. A failed query fails the activity, which
 * is retried; after `patientQueries` failures the result is `unanswered`. Failed queries are counted, not attempts,
 * which may have failed for other reasons.
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

/** Counts over the attempts of an activity. */
function countFailedQuery(question: string): number {
  const stored = reportedInHeartbeat('failedQueries');
  const counts: Record<string, unknown> = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  const before = counts[question];
  const count = (typeof before === 'number' ? before : 0) + 1;
  reportInHeartbeat({ failedQueries: { ...counts, [question]: count } });
  return count;
}

/** The last spec of a name, from any of its operations; null when none has one. */
export async function findSpec(workflow: Workflows, name: string): Promise<Spec | null> {
  for (const kind of ['env', 'pool', 'notebook', 'lease'] as const satisfies readonly OperationKind[]) {
    const spec = await ask<Spec | null>(workflow, operationId(kind, name), specQuery.name);
    if (spec !== null) return spec;
  }
  return null;
}
