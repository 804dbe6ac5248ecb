import { type TriedNow, tryNowUpdate } from '../contract/messages.js';
import type { CommandOptions } from './api-types.js';
import { type CommandContext, requireOpen, sendUpdate, signedCommand, type Target } from './command.js';
import { OperationRefusedError } from './errors.js';
import { rootBlockersOf } from './retrying.js';

/**
 * Ends the pause before the next retry: in the target or, where it waits for other operations, in those. Throws
 * OperationRefusedError when none of them waits for a retry.
 */
export async function tryNow(context: CommandContext, target: Target, options: CommandOptions): Promise<TriedNow[]> {
  const { runs } = context;
  const roots = await rootBlockersOf(runs, await requireOpen(context, target, 'try-now'));
  const command = signedCommand(context, options);
  const tried: TriedNow[] = [];
  const refusals: OperationRefusedError[] = [];
  for (const { workflowId } of roots) {
    try {
      tried.push(await sendUpdate(context, { workflowId }, tryNowUpdate, command));
    } catch (error) {
      if (!(error instanceof OperationRefusedError)) throw error;
      refusals.push(error);
    }
  }
  const [refusal] = refusals;
  if (tried.length > 0 || refusal === undefined) return tried;
  const { workflowId = target.name } = roots[0] ?? {};
  throw new OperationRefusedError(`try-now ${target.name}: ${refusal.message}`, {
    hint: `See what it waits for with \`maops env why ${workflowId}\`.`,
    cause: refusal,
  });
}
