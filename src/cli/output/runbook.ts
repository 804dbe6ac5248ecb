import type { Explanation } from '../../client/explanation.js';
import { isUnanswered } from '../../client/read-progress.js';
import type { FailureType } from '../../contract/failures.js';
import type { Phase } from '../../contract/phases.js';
import { isLate } from '../../domain/lease/expectation.js';

/** The pages under docs/runbooks by what an operation ended with or is parked for. */
const byFailure: Partial<Record<FailureType, string>> = {
  SoldOut: 'sold-out',
  NotAuthorized: 'wrong-credentials',
  PoolUnhealthy: 'partial-pool',
  NotebookFailed: 'notebook-failed',
  Protected: 'teardown-refuses',
  DeadlineExceeded: 'stuck-creating',
};

/** By our own words, as what a wait says carries no type. */
const refused = /\bHTTP 40[13]\b/;

/** Where deletes are under way: a failure there keeps something alive that costs money. */
const deleting: readonly Phase[] = [
  'RollingBack',
  'AwaitingOperator',
  'StoppingNotebook',
  'DeletingNotebook',
  'DeletingPool',
  'Verifying',
];

/** What a page is chosen by. */
interface Stand extends Pick<Explanation, 'phase' | 'phaseSince' | 'why' | 'failure' | 'throttledUntil' | 'retrying'> {
  readonly inTheWay: Stand | null;
  readonly pending: readonly Pick<Explanation['pending'][number], 'saying' | 'lastFailure'>[];
}

/** The page that says what to do where an operation stands; null when none fits. */
export function runbookOf(stand: Stand, now: number): string | null {
  const { phase, why, failure, throttledUntil, retrying, inTheWay, pending } = stand;
  // Whoever is in the way has the trouble.
  const page = inTheWay === null ? null : runbookOf(inTheWay, now);
  if (page !== null) return page;
  if (isUnanswered({ why })) return 'docs/runbooks/worker-down.md';
  const still = pageOfPhase(stand, now);
  const isRefused = pending.some(({ saying, lastFailure }) => refused.test(`${saying} ${lastFailure}`));
  const isStuck = retrying !== null && deleting.includes(phase) && retrying.error.type !== 'Protected';
  const calm = isRefused || retrying?.error.type === 'NotAuthorized' ? 'wrong-credentials' : still;
  const waiting = throttledUntil === null ? (isStuck && calm === still ? 'stuck-delete' : calm) : 'throttled';
  // A rollback shows why it rolls back, and what keeps it from ending is another matter.
  const own = failure === null || isStuck ? waiting : byFailure[failure.type];
  return own === undefined ? null : `docs/runbooks/${own}.md`;
}

/** The page for where it stands when nothing has failed. */
function pageOfPhase({ phase, phaseSince }: Stand, now: number): string | undefined {
  // What has failed without a failure of its own was ended in Temporal, and could remove nothing.
  if (phase === 'Failed') return 'orphan-found';
  if (phase === 'AwaitingCapacity') return 'sold-out';
  return isLate(phase, Date.parse(phaseSince), now) ? 'stuck-creating' : undefined;
}
