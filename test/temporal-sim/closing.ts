import type { Payload } from '@temporalio/common';
import type { Command, Failure } from './protocol.js';
import type { WorkflowRun } from './workflow-run.js';

export type RunStatus = 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TERMINATED' | 'CONTINUED_AS_NEW';

/** How a run closed: its result, its failure, or the run that continues it. */
export type Closing =
  | { readonly status: 'COMPLETED'; readonly result: Payload | null }
  | { readonly status: 'FAILED'; readonly failure: Failure }
  | { readonly status: 'CANCELLED' }
  | { readonly status: 'TERMINATED'; readonly reason: string }
  | { readonly status: 'CONTINUED_AS_NEW'; readonly next: WorkflowRun };

/** True for a command that closes the run. */
export function isClosing(command: Command): boolean {
  return Boolean(
    command.completeWorkflowExecution ??
      command.failWorkflowExecution ??
      command.cancelWorkflowExecution ??
      command.continueAsNewWorkflowExecution,
  );
}
