import type { WorkflowType } from '../contract/workflows.js';

/** One workflow to start. */
export interface RunStart {
  readonly type: WorkflowType;
  readonly workflowId: string;
  readonly argument: unknown;
  readonly memo: Readonly<Record<string, unknown>>;
  /** Shown in the Temporal UI. */
  readonly summary: string;
}

/** Options that start a run, or join the open one of the same workflow id. */
export function startOptions({ workflowId, argument, memo, summary }: RunStart, taskQueue: string) {
  return {
    taskQueue,
    workflowId,
    args: [argument] as [unknown],
    memo: { ...memo },
    staticSummary: summary,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
  };
}
