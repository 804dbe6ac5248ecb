import type { OperationState } from './state.js';

/** The details that the Temporal UI shows for a workflow, as Markdown. */
export function describeForUi({ progress, paused }: OperationState): string {
  const { name, phase, phaseSince, why, failure } = progress;
  const lines = [`**${phase}** since ${phaseSince}`, '', why];
  if (progress.overdueSince !== null) lines.push('', `The removal is overdue since ${progress.overdueSince}.`);
  if (paused !== null)
    lines.push('', `Paused by ${paused.by}: ${paused.reason}. Next: \`maops env resume ${name} --reason …\`.`);
  if (failure !== null) lines.push('', `${failure.type}: ${failure.message}`);
  if (failure?.hint) lines.push('', `Next: ${failure.hint}`);
  return lines.join('\n');
}
