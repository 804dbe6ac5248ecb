import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { stillPending } from '../contract/failures.js';

/**
 * Ends a window without news: BENIGN, because nothing is wrong, and with an empty stack, because its text shows among
 * the pending activities. The server starts the next window after `nextRetryMs`.
 */
export function pending(message: string, nextRetryMs: number): ApplicationFailure {
  const failure = ApplicationFailure.create({
    type: stillPending,
    message,
    nextRetryDelay: nextRetryMs,
    category: ApplicationFailureCategory.BENIGN,
  });
  failure.stack = '';
  return failure;
}
