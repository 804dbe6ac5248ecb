import { stillPending } from '../contract/failures.js';
import type { AttemptFailure } from './temporal/history-event.js';
import type { PendingActivity } from './temporal/run.js';

/** What is wrong with an activity that is under way; a window of waiting that ended without news is nothing wrong. */
export function troubleOf({ lastFailure }: PendingActivity): AttemptFailure | null {
  return lastFailure?.type === stillPending ? null : lastFailure;
}
