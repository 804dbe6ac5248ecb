import { type Client, QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client';
import { type OperationKind, operationId } from '../../contract/ids.js';
import { specQuery } from '../../contract/messages.js';
import type { Spec } from '../../contract/spec.js';
import { reportedInHeartbeat, reportInHeartbeat } from '../heartbeats.js';

export type Workflows = Pick<Client['workflow'], 'getHandle'>;

/**
 * After this many failed queries a run is taken for one that cannot answer, as one of a version that no worker knows.
 * One failed query says nothing: its worker may be about to come back.
 */
export const patientQueries = 10;

/** Codes of gRPC that say nothing about the run: Temporal was not reached, or did not take the call. */
const notAsked: readonly unknown[] = [1, 7, 8, 14, 16];

/** True when an error of a query says that the run did not answer; false when it was not asked at all. */
export function isUnanswered(error: unknown): boolean {
  if (error instanceof QueryNotRegisteredError) return true;
  const code: unknown = errorCode(error);
  return code !== undefined && !notAsked.includes(code);
}

/** True for an error of a call to Temporal; a later call may succeed. */
export function isTemporalError(error: unknown): error is Error {
  return error instanceof Error && errorCode(error) !== undefined;
}

/** The gRPC code of a client's error, or of its cause. */
function errorCode(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'number') return error.code;
  return 'cause' in error ? errorCode(error.cause) : undefined;
}

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
