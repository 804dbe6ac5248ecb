import type { FailureType } from '../../contract/failures.js';
import type { Progress } from '../../contract/progress.js';

/** Their hints say to look at a resource, which a rollback has removed. */
const lookAtResource: readonly FailureType[] = ['PoolUnhealthy', 'PoolCreationFailed', 'NotebookFailed'];

/** What decides what people can do about an operation. */
type Stand = Pick<Progress, 'name' | 'workflowId' | 'phase' | 'failure' | 'awaiting' | 'retrying'>;

/** What to do next: the hint of the failure, unless where the operation stands by now asks for something else. */
export function nextOf({ name, workflowId, phase, failure, awaiting, retrying }: Stand): string | null {
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
export function possibleOf({ name, workflowId, phase, awaiting }: Omit<Stand, 'failure' | 'retrying'>): string | null {
  if (awaiting?.kind === 'operator')
    return `${awaiting.verbs.join(', ')}: \`maops env resolve ${targetOf({ name, workflowId })} VERB --reason …\``;
  if (phase !== 'Paused') return awaiting?.verbs.join(', ') ?? null;
  // What is made already, or on its way out, is not called off.
  const own = /^(env|pool|notebook)\//.test(workflowId) ? ['resume', 'cancel'] : ['resume'];
  const answers = (awaiting?.verbs ?? []).filter((verb) => verb === 'approve' || verb === 'reject');
  return [...own, ...answers].join(', ');
}

/** What a command takes for an operation: the name, where that means it. */
function targetOf({ name, workflowId }: Pick<Stand, 'name' | 'workflowId'>): string {
  return /^(env|lease|teardown)\//.test(workflowId) ? name : workflowId;
}
