import type { FailureType } from '../../../contract/failures.js';
import type { Progress } from '../../../contract/progress.js';

/** Their hints say to look at a resource, which a rollback has removed. */
const lookAtResource: readonly FailureType[] = ['PoolUnhealthy', 'PoolCreationFailed', 'NotebookFailed'];

/** What to do next: the hint of the failure, unless where the operation stands by now asks for something else. */
export function nextOf({
  name,
  workflowId,
  phase,
  failure,
  awaiting,
}: Pick<Progress, 'name' | 'workflowId' | 'phase' | 'failure' | 'awaiting'>): string | null {
  if (failure === null) return null;
  if (phase === 'RolledBack' && lookAtResource.includes(failure.type))
    return 'What it made is removed. Start it again as it was, or with another choice in the spec.';
  if (failure.type !== 'SoldOut' || awaiting?.kind !== 'operator') return failure.hint;
  const target = workflowId === `env/${name}` ? name : workflowId;
  const part = failure.step === 'notebook' ? 'notebook' : 'pool';
  return `\`maops env resolve ${target} retry --set ${part}.flavor=… --reason …\`; \`maops flavor list\` says what is on sale.`;
}
