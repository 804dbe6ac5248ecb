import type { Progress } from '../../../contract/progress.js';

/** What to do next: the hint of the failure, or the command for another flavor where the run waits to be told one. */
export function nextOf({
  name,
  workflowId,
  failure,
  awaiting,
}: Pick<Progress, 'name' | 'workflowId' | 'failure' | 'awaiting'>): string | null {
  if (failure?.type !== 'SoldOut' || awaiting?.kind !== 'operator') return failure?.hint ?? null;
  const target = workflowId === `env/${name}` ? name : workflowId;
  const part = failure.step === 'notebook' ? 'notebook' : 'pool';
  return `\`maops env resolve ${target} retry --set ${part}.flavor=… --reason …\`; \`maops flavor list\` says what is on sale.`;
}
