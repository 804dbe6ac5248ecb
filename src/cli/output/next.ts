import type { Explanation } from '../../client/explanation.js';
import type { FailureType } from '../../contract/failures.js';
import type { Phase } from '../../contract/phases.js';
import type { Progress } from '../../contract/progress.js';
import { isLate } from '../../domain/lease/expectation.js';

/** Their hints say to look at a resource, which a rollback has removed. */
const lookAtResource: readonly FailureType[] = ['PoolUnhealthy', 'PoolCreationFailed', 'NotebookFailed'];

/** What decides what people can do about an operation. */
type Situation = Pick<Progress, 'name' | 'workflowId' | 'phase' | 'failure' | 'awaiting' | 'retrying'>;

/** What to do next: the hint of the failure, unless where the operation stands by now asks for something else. */
export function nextOf({ name, workflowId, phase, failure, awaiting, retrying }: Situation): string | null {
  const target = targetOf({ name, workflowId });
  // Whatever else is said waits for the end of a pause.
  if (phase === 'Paused') return `\`maops env resume ${target} --reason …\``;
  if (awaiting?.kind === 'approval') return `\`maops env approve ${target} --reason …\`, or reject`;
  if (retrying !== null && retrying.error.type !== 'Protected' && retrying.error.type !== 'SoldOut')
    return `Once the cause is fixed: \`maops env try-now ${target} --reason …\`.`;
  if (failure === null) return null;
  if (phase === 'RolledBack' && lookAtResource.includes(failure.type))
    return 'What it made is removed. Start it again as it was, or with another choice in the spec.';
  if (failure.type !== 'SoldOut' || awaiting?.kind !== 'operator') return failure.hint;
  const part = failure.step === 'notebook' ? 'notebook' : 'pool';
  return `\`maops env resolve ${target} retry --set ${part}.flavor=… --reason …\`; \`maops flavor list\` says what is on sale.`;
}

/** What people can say now, with the command where the verbs are none of its own; null when nothing waits for them. */
export function possibleOf({
  name,
  workflowId,
  phase,
  awaiting,
}: Omit<Situation, 'failure' | 'retrying'>): string | null {
  if (awaiting?.kind === 'operator')
    return `${awaiting.verbs.join(', ')}: \`maops env resolve ${targetOf({ name, workflowId })} VERB --reason …\``;
  if (phase !== 'Paused') return awaiting?.verbs.join(', ') ?? null;
  // What is made already, or on its way out, is not called off.
  const own = /^(env|pool|notebook)\//.test(workflowId) ? ['resume', 'cancel'] : ['resume'];
  const answers = (awaiting?.verbs ?? []).filter((verb) => verb === 'approve' || verb === 'reject');
  return [...own, ...answers].join(', ');
}

/** What a command takes for an operation: the name, where that means it. */
function targetOf({ name, workflowId }: Pick<Situation, 'name' | 'workflowId'>): string {
  return /^(env|lease|teardown)\//.test(workflowId) ? name : workflowId;
}

/** The pages under docs/runbooks by what an operation ended with or is parked for. */
const byFailure: Partial<Record<FailureType, string>> = {
  SoldOut: 'sold-out',
  NotAuthorized: 'wrong-credentials',
  PoolUnhealthy: 'partial-pool',
  NotebookFailed: 'notebook-failed',
  Protected: 'teardown-refuses',
  DeadlineExceeded: 'stuck-creating',
};

/** Where deletes are under way: a failure there keeps something alive that costs money. */
const deleting: readonly Phase[] = ['RollingBack', 'StoppingNotebook', 'DeletingNotebook', 'DeletingPool', 'Verifying'];

/** What a page is chosen by. */
interface Trouble extends Pick<Explanation, 'phase' | 'phaseSince' | 'failure' | 'heldUpBy' | 'retrying'> {
  readonly inTheWay: Trouble | null;
}

/** The page that says what to do where an operation stands; null when none fits. */
export function runbookOf(trouble: Trouble, now: number): string | null {
  const { phase, failure, heldUpBy, retrying, inTheWay } = trouble;
  // Whoever is in the way has the trouble.
  const page = inTheWay === null ? null : runbookOf(inTheWay, now);
  if (page !== null) return page;
  if (heldUpBy === 'no worker') return 'docs/runbooks/worker-down.md';
  const still = pageOfPhase(trouble, now);
  const isStuck = retrying !== null && deleting.includes(phase) && retrying.error.type !== 'Protected';
  const calm = heldUpBy === 'not authorised' ? 'wrong-credentials' : still;
  const waiting = heldUpBy === 'throttled' ? 'throttled' : isStuck && calm === still ? 'stuck-delete' : calm;
  // A rollback shows why it rolls back, and what keeps it from ending is another matter.
  const own = failure === null || isStuck ? waiting : byFailure[failure.type];
  return own === undefined ? null : `docs/runbooks/${own}.md`;
}

/** The page for where it stands when nothing has failed. */
function pageOfPhase({ phase, phaseSince }: Trouble, now: number): string | undefined {
  // What has failed without a failure of its own was ended in Temporal, and could remove nothing.
  if (phase === 'Failed') return 'orphan-found';
  if (phase === 'AwaitingCapacity') return 'sold-out';
  return isLate(phase, Date.parse(phaseSince), now) ? 'stuck-creating' : undefined;
}
