import { parseOperationId } from '../contract/ids.js';
import type { Command, CommandAnswer } from '../contract/messages.js';
import type { Progress } from '../contract/progress.js';
import { problemOfLengths } from '../domain/command.js';
import { isOpen } from '../temporal/describe-run.js';
import type { CommandOptions } from './call-types.js';
import { InvalidCommandError, OperationRefusedError } from './errors.js';
import { type ResourceKindName, requireRun } from './name.js';
import { progressAfter, progressOf } from './read-progress.js';
import type { Run, Runs } from './temporal/run.js';

/** What every command needs: the runs, and who speaks when a call does not say. */
export interface CommandContext {
  readonly runs: Runs;
  readonly actor: string;
}

/** A name as a person gives it, or a workflow id. */
export interface Target {
  readonly name: string;
  readonly noun: ResourceKindName;
}

/** Who gives a command and why, so that the audit can name them; what a workflow would refuse or cut is not sent. */
export function signatureOf(
  { actor }: CommandContext,
  { reason, by }: CommandOptions,
): { readonly by: string; readonly reason: string } {
  return checked({ by: by ?? actor, reason });
}

/** A signature with the key under which the command counts once. */
export function commandOf(speaker: CommandContext, said: CommandOptions): Command {
  const { key } = said;
  return checked({ ...signatureOf(speaker, said), ...(key === undefined ? {} : { key }) });
}

function checked<Given extends Command>(command: Given): Given {
  const problem = problemOfLengths(command);
  if (problem !== null) throw new InvalidCommandError(`${problem}; nothing was sent`);
  return command;
}

/** The open run that a name means; a closed one is refused. */
export async function requireOpen({ runs }: CommandContext, { name, noun }: Target, verb: string): Promise<Run> {
  const run = await requireRun(runs, noun, name);
  if (isOpen(run)) return run;
  throw new OperationRefusedError(`${verb} ${name}: ${run.workflowId} has ended (${run.phase ?? run.status})`);
}

/** Sends a signal, which answers nothing, and tells where the run stands. */
export async function send({ runs }: CommandContext, run: Run, signal: string, argument: unknown): Promise<Progress> {
  await runs.signal(run.workflowId, signal, argument);
  return await progressOf(runs, run);
}

/** Sends an update that only the operations with steps take; those of one id are one. */
export async function update(
  speaker: CommandContext,
  target: Target,
  { name, argument, id }: { readonly name: string; readonly argument: Command; readonly id: string },
): Promise<Progress> {
  const run = await requireOpen(speaker, target, name);
  const kind = parseOperationId(run.workflowId)?.kind;
  if (kind === 'lease' || kind === 'teardown') {
    throw new OperationRefusedError(`${name} ${target.name}: ${run.workflowId} takes no ${name}`, {
      hint: `\`maops env show ${target.name}\` says where it stands.`,
    });
  }
  return await progressAfter(speaker.runs, run, await sendUpdate(speaker, run, name, argument, id));
}

/** Sends an update that answers where the operation stands. Those of one key, else of one id, are one. */
export async function sendUpdate(
  { runs }: CommandContext,
  { workflowId }: Pick<Run, 'workflowId'>,
  name: string,
  argument: Command,
  id?: string,
): Promise<CommandAnswer> {
  const { key } = argument;
  return await runs.update<CommandAnswer>(workflowId, name, argument, key === undefined ? id : `${name} ${key}`);
}
