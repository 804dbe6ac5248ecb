import { ContinueAsNew, log } from '@temporalio/workflow';
import { isFailure } from './failure.js';

/**
 * Logs an error that fails the workflow task (docs/decisions/0006), with its stack trace, which Temporal does not keep.
 */
export function logMistake(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  log.error('a bug in the workflow code fails its task', { mistake: String(error), stack });
}

/** Runs a workflow and logs a bug in its code. */
export async function reportingMistakes<T>(workflow: () => Promise<T>): Promise<T> {
  try {
    return await workflow();
  } catch (error) {
    if (!isFailure(error) && !(error instanceof ContinueAsNew)) logMistake(error);
    throw error;
  }
}
