import type { Explanation } from '../../client/explanation.js';
import type { FailureType } from '../../contract/failures.js';
import { nameOfCreating, parseOperationId } from '../../contract/ids.js';
import type { Phase } from '../../contract/phases.js';
import type { Progress } from '../../contract/progress.js';
import { isLate } from '../../domain/lease/expectation.js';

/** Failures whose hints refer to a resource, which a rollback has deleted. */
const lookAtResource: readonly FailureType[] = ['PoolUnhealthy', 'PoolCreationFailed', 'NotebookFailed'];

/** The facts that decide what people can do about an operation. */
type Situation = Pick<Progress, 'name' | 'workflowId' | 'phase' | 'failure' | 'awaiting' | 'retrying'>;

/** What to do next: the hint of the failure, unless the phase asks for something else. */
export function nextOf({ name, workflowId, phase, failure, awaiting, retrying }: Situation): string | null {
  const target = targetOf({ name, workflowId });
  // Everything else waits for the end of the pause.
  if (phase === 'Paused') return `\`maops env resume ${target} --reason …\``;
  if (awaiting?.kind === 'approval') return `\`maops env approve ${target} --reason …\`, or reject`;
  if (retrying !== null && retrying.error.type !== 'Protected' && retrying.error.type !== 'SoldOut')
    return `When the cause is fixed: \`maops env try-now ${target} --reason …\`.`;
  if (failure === null) return null;
  if (phase === 'RolledBack' && lookAtResource.includes(failure.type))
    return 'Everything it created has been deleted. Start it again with the same spec, or change the spec.';
  if (failure.type !== 'SoldOut' || awaiting?.kind !== 'operator') return failure.hint;
  const part = failure.step === 'notebook' ? 'notebook' : 'pool';
  return `\`maops env resolve ${target} retry --set ${part}.flavor=… --reason …\`; \`maops flavor list\` shows what is on sale.`;
}

/** The commands that people can use now; null when the operation awaits none. */
export function possibleOf({
  name,
  workflowId,
  phase,
  awaiting,
}: Omit<Situation, 'failure' | 'retrying'>): string | null {
  if (awaiting?.kind === 'operator')
    return `${awaiting.verbs.join(', ')}: \`maops env resolve ${targetOf({ name, workflowId })} VERB --reason …\``;
  if (phase !== 'Paused') return awaiting?.verbs.join(', ') ?? null;
  // A lease or a teardown is not cancelled.
  const own = nameOfCreating(workflowId) !== null ? ['resume', 'cancel'] : ['resume'];
  const answers = (awaiting?.verbs ?? []).filter((verb) => verb === 'approve' || verb === 'reject');
  return [...own, ...answers].join(', ');
}

/** How a command refers to an operation: by its name, where that is enough. */
function targetOf({ name, workflowId }: Pick<Situation, 'name' | 'workflowId'>): string {
  const kind = parseOperationId(workflowId)?.kind;
  return kind === 'env' || kind === 'lease' || kind === 'teardown' ? name : workflowId;
}

/** The pages under docs/runbooks by the failure that an operation ended with or asks about. */
const byFailure: Partial<Record<FailureType, string>> = {
  SoldOut: 'sold-out',
  NotAuthorized: 'wrong-credentials',
  PoolUnhealthy: 'partial-pool',
  NotebookFailed: 'notebook-failed',
  Protected: 'teardown-refuses',
  Busy: 'teardown-refuses',
  DeadlineExceeded: 'stuck-creating',
};

/** Phases that delete. A failure there keeps resources alive that cost money. */
const deleting: readonly Phase[] = ['RollingBack', 'StoppingNotebook', 'DeletingNotebook', 'DeletingPool', 'Verifying'];

/** The facts that decide which page fits. */
interface Trouble extends Pick<Explanation, 'phase' | 'phaseSince' | 'failure' | 'heldUpBy' | 'retrying'> {
  readonly inTheWay: Trouble | null;
}

/** The page for the state of an operation; null when none fits. */
export function runbookOf(trouble: Trouble, now: number): string | null {
  const { phase, failure, heldUpBy, retrying, inTheWay } = trouble;
  // The operation that blocks this one has the problem.
  const page = inTheWay === null ? null : runbookOf(inTheWay, now);
  if (page !== null) return page;
  if (heldUpBy === 'no worker') return 'docs/runbooks/worker-down.md';
  const still = pageOfPhase(trouble, now);
  const isStuck = retrying !== null && deleting.includes(phase) && retrying.error.type !== 'Protected';
  const calm = heldUpBy === 'not authorised' ? 'wrong-credentials' : still;
  const waiting = heldUpBy === 'throttled' ? 'throttled' : isStuck && calm === still ? 'stuck-delete' : calm;
  // The failure of a rollback is its cause, not what keeps the rollback from ending.
  const own = failure === null || isStuck ? waiting : byFailure[failure.type];
  return own === undefined ? null : `docs/runbooks/${own}.md`;
}

/** The page for a phase without a failure. */
function pageOfPhase({ phase, phaseSince }: Trouble, now: number): string | undefined {
  // Failed without a failure: it was terminated in Temporal, and could delete nothing.
  if (phase === 'Failed') return 'orphan-found';
  if (phase === 'AwaitingCapacity') return 'sold-out';
  return isLate(phase, Date.parse(phaseSince), now) ? 'stuck-creating' : undefined;
}
