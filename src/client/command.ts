import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { parseOperationId } from '../contract/ids.js';
import type { Command, CommandAnswer } from '../contract/messages.js';
import type { Progress } from '../contract/progress.js';
import { problemOfLengths } from '../domain/command.js';
import { isOpen } from '../temporal/run-facts.js';
import type { CommandOptions } from './api-types.js';
import type { OperationsDeps } from './deps.js';
import { InvalidCommandError, OperationRefusedError } from './errors.js';
import { type ResourceKindName, requireRun } from './find-run.js';
import { progressAfter, progressOf } from './read-progress.js';
import type { Run } from './temporal/run.js';

/** What every command needs. */
export type CommandContext = Pick<OperationsDeps, 'runs' | 'actor'>;

/** What a command is sent to: a name of a kind, or a workflow id. */
export interface Target {
  readonly name: string;
  readonly kind: ResourceKindName;
}

/** Actor and reason of a command; throws InvalidCommandError for a text that a workflow would refuse or cut. */
export function signatureOf(
  { actor }: Pick<CommandContext, 'actor'>,
  { reason, by }: CommandOptions,
): { readonly by: string; readonly reason: string } {
  return checked({ by: by ?? actor, reason });
}

/** A signature with the key under which the command takes effect once. */
export function signedCommand(context: CommandContext, options: CommandOptions): Command {
  const { key } = options;
  return checked({ ...signatureOf(context, options), ...(key === undefined ? {} : { key }) });
}

function checked<Given extends Command>(command: Given): Given {
  const problem = problemOfLengths(command);
  if (problem !== null) throw new InvalidCommandError(`${problem}; nothing was sent`);
  return command;
}

/** The open run of a target; throws OperationRefusedError for a closed one. */
export async function requireOpen({ runs }: CommandContext, { name, kind }: Target, verb: string): Promise<Run> {
  const run = await requireRun(runs, kind, name);
  if (isOpen(run)) return run;
  throw new OperationRefusedError(`${verb} ${name}: ${run.workflowId} has ended (${run.phase ?? run.status})`);
}

/** Sends a signal, which returns nothing, and reads the progress. */
export async function send<Argument>(
  { runs }: CommandContext,
  run: Run,
  signal: SignalDefinition<[Argument]>,
  argument: Argument,
): Promise<Progress> {
  await runs.signal(run.workflowId, signal, argument);
  return await progressOf(runs, run);
}

/** Sends an update that only creating operations accept. Repeated with the same id, it takes effect once. */
export async function update<Argument extends Command>(
  context: CommandContext,
  target: Target,
  definition: UpdateDefinition<CommandAnswer, [Argument]>,
  argument: Argument,
  id: string = definition.name,
): Promise<Progress> {
  const { name } = definition;
  const run = await requireOpen(context, target, name);
  const kind = parseOperationId(run.workflowId)?.kind;
  if (kind === 'lease' || kind === 'teardown') {
    const verb = { approve: 'approved', reject: 'rejected', resolve: 'resolved' }[name] ?? name;
    const phase = run.phase === null ? '' : ` (it is ${run.phase})`;
    throw new OperationRefusedError(`${name} ${target.name}: ${run.workflowId} cannot be ${verb}${phase}`, {
      hint: `See its state with \`maops env show ${target.name}\`.`,
    });
  }
  return await progressAfter(context.runs, run, await sendUpdate(context, run, definition, argument, id));
}

/** Sends an update that returns the state of the operation. Updates with the same key, else the same id, count once. */
export async function sendUpdate<Result, Argument extends Command>(
  { runs }: CommandContext,
  { workflowId }: Pick<Run, 'workflowId'>,
  definition: UpdateDefinition<Result, [Argument]>,
  argument: Argument,
  id?: string,
): Promise<Result> {
  const { key } = argument;
  return await runs.update(workflowId, definition, argument, key === undefined ? id : `${definition.name} ${key}`);
}
