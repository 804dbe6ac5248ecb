import { changeId } from '../contract/ids.js';
import type { ChangeInput } from '../contract/workflows.js';
import { type Fields, isFields } from '../spec/finding.js';
import type { ChangeOptions, OperationHandle } from './api-types.js';
import { type CommandContext, signatureOf } from './command.js';
import { OperationRefusedError } from './errors.js';

/**
 * Starts a change of one resource. Joins the same change when it is open; throws OperationRefusedError for another one.
 */
export async function change(
  context: CommandContext,
  { kind, name, change: wanted }: Pick<ChangeInput, 'kind' | 'name' | 'change'>,
  options: ChangeOptions,
): Promise<OperationHandle> {
  const { runs } = context;
  const workflowId = changeId(kind, name);
  const { duration } = options;
  const argument: ChangeInput = {
    kind,
    name,
    change: wanted,
    ...(duration === undefined ? {} : { duration }),
    ...signatureOf(context, options),
  };
  const summary = `${wanted} ${kind} ${name}`;
  const { runId } = await runs.start({ type: 'changeResource', workflowId, argument, memo: {}, summary });
  const started = await runs.argument(workflowId, runId);
  const open = isFields(started) ? started : {};
  if (open.change === wanted && open.duration === duration) return { workflowId, runId };
  throw new OperationRefusedError(`${summary}: another change is running (${describeOpen(open)})`, {
    hint: `Wait for its end: \`maops env watch ${workflowId}\`.`,
  });
}

function describeOpen({ change: verb = 'change', duration }: Fields): string {
  return typeof duration === 'string' ? `${String(verb)} for ${duration}` : String(verb);
}
