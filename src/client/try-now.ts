import { type TriedNow, tryNowUpdate } from '../contract/messages.js';
import type { CommandOptions } from './call-types.js';
import { type CommandContext, commandOf, requireOpen, type Target } from './command.js';
import { OperationRefusedError } from './errors.js';
import { holdersOf } from './retrying.js';

/**
 * Tries at once whatever waits for its next try: in the operation that the target means or, where that awaits the end of
 * others, in those. Refused when nothing waits for a next try in any of them.
 */
export async function tryNow(speaker: CommandContext, target: Target, said: CommandOptions): Promise<TriedNow[]> {
  const { runs } = speaker;
  const holders = await holdersOf(runs, await requireOpen(speaker, target, 'try-now'));
  const command = commandOf(speaker, said);
  const id = command.key === undefined ? undefined : `${tryNowUpdate.name} ${command.key}`;
  const tried: TriedNow[] = [];
  const refusals: OperationRefusedError[] = [];
  for (const { workflowId } of holders) {
    try {
      tried.push(await runs.update<TriedNow>(workflowId, tryNowUpdate.name, command, id));
    } catch (error) {
      if (!(error instanceof OperationRefusedError)) throw error;
      refusals.push(error);
    }
  }
  const [refusal] = refusals;
  if (tried.length > 0 || refusal === undefined) return tried;
  const { workflowId = target.name } = holders[0] ?? {};
  throw new OperationRefusedError(`try-now ${target.name}: ${refusal.message}`, {
    hint: `\`maops env why ${workflowId}\` says what it waits for.`,
    cause: refusal,
  });
}
