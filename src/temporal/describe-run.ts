import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { environmentAttribute, leaseEndsAtAttribute, phaseAttribute } from '../contract/search-attributes.js';

export type Workflows = Pick<Client['workflow'], 'getHandle'>;

const runStatuses = [
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'TIMED_OUT',
  'CONTINUED_AS_NEW',
  'PAUSED',
  'UNKNOWN',
] as const;
type RunStatus = (typeof runStatuses)[number];

/** The facts of a run that Temporal has without a worker. */
export interface RunFacts {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly status: RunStatus;
  readonly startedAt: Date;
  readonly closedAt: Date | null;
  readonly memo: Readonly<Record<string, unknown>>;
  /** Search attributes `MaopsPhase` and `MaopsEnvironment`; null before the run's first task. */
  readonly phase: string | null;
  readonly environment: string | null;
  /** Search attribute `MaopsLeaseEndsAt`, RFC 3339 UTC; null where there is no end. */
  readonly leaseEndsAt: string | null;
}

/** True while a run can still do something. */
export function isOpen({ status }: Pick<RunFacts, 'status'>): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}

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
