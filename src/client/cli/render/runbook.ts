import type { FailureType } from '../../../contract/failures.js';
import type { Phase } from '../../../contract/phases.js';
import type { Explanation } from '../../explanation.js';
import { isUnanswered } from '../../standing.js';

/** The pages under docs/runbooks by what an operation ended with or is parked for. */
const byFailure: Partial<Record<FailureType, string>> = {
  SoldOut: 'sold-out',
  NotAuthorized: 'wrong-credentials',
  PoolUnhealthy: 'partial-pool',
  NotebookFailed: 'notebook-failed',
  Protected: 'teardown-refuses',
  DeadlineExceeded: 'stuck-creating',
};

/** And by where it stands when nothing has failed: the page for those who think that it takes too long. */
const byPhase: Partial<Record<Phase, string>> = {
  AwaitingCapacity: 'sold-out',
  CreatingPool: 'stuck-creating',
  AwaitingPool: 'stuck-creating',
  CreatingNotebook: 'stuck-creating',
  AwaitingNotebook: 'stuck-creating',
};

/** By our own words, as what a wait says carries no type. */
const refused = /\bHTTP 40[13]\b/;

/** What a page is chosen by. */
type Stand = Pick<Explanation, 'phase' | 'why' | 'failure' | 'throttledUntil'> & {
  readonly pending: readonly Pick<Explanation['pending'][number], 'saying' | 'lastFailure'>[];
};

/** The page that says what to do where an operation stands; null when none fits. */
export function runbookOf({ phase, why, failure, throttledUntil, pending }: Stand): string | null {
  if (isUnanswered({ why })) return 'docs/runbooks/worker-down.md';
  // What has failed without a failure of its own was ended in Temporal, and could remove nothing.
  const still = phase === 'Failed' ? 'orphan-found' : byPhase[phase];
  const isRefused = pending.some(({ saying, lastFailure }) => refused.test(`${saying} ${lastFailure}`));
  const calm = isRefused ? 'wrong-credentials' : still;
  const waiting = throttledUntil === null ? calm : 'throttled';
  const page = failure === null ? waiting : byFailure[failure.type];
  return page === undefined ? null : `docs/runbooks/${page}.md`;
}
