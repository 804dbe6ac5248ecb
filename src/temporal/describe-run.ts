import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import {
  environmentAttribute,
  leaseEndsAtAttribute,
  phaseAttribute,
  poolAttribute,
} from '../contract/search-attributes.js';
import { type RunFacts, runStatuses } from './run-facts.js';

export type Workflows = Pick<Client['workflow'], 'getHandle'>;

/** The facts of a listed or described run. */
export function runFacts(info: WorkflowExecutionInfo | WorkflowExecutionDescription): RunFacts {
  const attributes = info.typedSearchAttributes;
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    type: info.type,
    status: runStatuses.find((status) => status === info.status.name) ?? 'UNKNOWN',
    startedAt: info.startTime,
    closedAt: info.closeTime ?? null,
    memo: info.memo ?? {},
    phase: attributes.get(phaseAttribute) ?? null,
    environment: attributes.get(environmentAttribute) ?? null,
    poolId: attributes.get(poolAttribute) ?? null,
    leaseEndsAt: attributes.get(leaseEndsAtAttribute)?.toISOString() ?? null,
  };
}

/** The newest run of a workflow id, or the given one; null when Temporal knows none. */
export async function describeRun(
  workflow: Workflows,
  workflowId: string,
  runId?: string,
): Promise<(RunFacts & Pick<WorkflowExecutionDescription, 'raw'>) | null> {
  try {
    const description = await workflow.getHandle(workflowId, runId).describe();
    return { ...runFacts(description), raw: description.raw };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
