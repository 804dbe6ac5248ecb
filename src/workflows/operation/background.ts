import { CancellationScope, condition } from '@temporalio/workflow';
import { isFailure } from './failure.js';
import { logMistake } from './mistakes.js';

/**
 * Runs work beside the main loop. A Temporal failure ends only that work. Any other error is a bug and fails the
 * workflow task (docs/decisions/0006). Nobody awaits the work, so the error would be lost otherwise.
 */
export function inBackground(work: () => Promise<void>): void {
  work().catch((error: unknown) => {
    if (isFailure(error)) return;
    logMistake(error);
    failWorkflowTask(error);
  });
}

/** The SDK asks every condition before it completes a workflow task; an error that one throws fails the task. */
function failWorkflowTask(error: unknown): void {
  let isAsked = false;
  const fail = () => {
    if (isAsked) throw error;
    // The first call comes from `condition` itself, whose promise would swallow the error.
    isAsked = true;
    return false;
  };
  CancellationScope.nonCancellable(() => condition(fail)).catch(() => undefined);
}
