import { parseOperationId } from '../contract/ids.js';
import {
  announceCancelSignal,
  approveUpdate,
  pauseSignal,
  progressQuery,
  type ResolveVerb,
  rejectUpdate,
  resolveUpdate,
  resumeSignal,
  specQuery,
} from '../contract/messages.js';
import type { Progress, Step } from '../contract/progress.js';
import { type Spec, specKinds } from '../contract/spec.js';
import { changesLimit, tooLarge } from '../domain/text.js';
import { applyChanges, mayChange } from '../spec/change.js';
import { changesHash } from '../spec/hash.js';
import type { CommandOptions, ResolveOptions } from './call-types.js';
import { type CommandContext, commandOf, requireOpen, send, signatureOf, type Target, update } from './command.js';
import { InvalidCommandError, InvalidSpecError, OperationRefusedError, WorkerUnreachableError } from './errors.js';
import { requireRun } from './name.js';
import { progressOf } from './read-progress.js';
import type { Run } from './temporal/run.js';

export async function pause(speaker: CommandContext, target: Target, said: CommandOptions): Promise<Progress> {
  const command = commandOf(speaker, said);
  return await send(speaker, await requireOpen(speaker, target, 'pause'), pauseSignal.name, command);
}

export async function resume(speaker: CommandContext, target: Target, said: CommandOptions): Promise<Progress> {
  const command = commandOf(speaker, said);
  const run = await requireOpen(speaker, target, 'resume');
  // One that is repeated may find that the pause has ended by it.
  if (command.key === undefined) await refuseUnpaused(speaker, run, target.name);
  return await send(speaker, run, resumeSignal.name, command);
}

/** What no worker can tell of is sent all the same: the word waits for the worker. */
async function refuseUnpaused({ runs }: CommandContext, { workflowId, runId }: Run, name: string): Promise<void> {
  const standing = await runs.query<Progress>(workflowId, runId, progressQuery.name).catch((error: unknown) => {
    if (error instanceof WorkerUnreachableError) return null;
    throw error;
  });
  if (standing === null || standing.phase === 'Paused') return;
  throw new OperationRefusedError(`resume ${name}: it is not paused: ${workflowId} is ${standing.phase}`);
}

/** Refused for what is made already or on its way out: a cancel would delete the one and leave half of the other. */
export async function cancel(speaker: CommandContext, target: Target, said: CommandOptions): Promise<Progress> {
  const { runs } = speaker;
  const { name } = target;
  const signature = signatureOf(speaker, said);
  const run = await requireOpen(speaker, target, 'cancel');
  const kind = parseOperationId(run.workflowId)?.kind;
  if (kind === 'teardown' || kind === 'lease') {
    const state =
      kind === 'teardown' ? 'is being torn down, which is not called off half-way' : 'is not being made any more';
    throw new OperationRefusedError(`cancel ${name}: it ${state}`, {
      hint: kind === 'lease' ? `To remove it: \`maops env teardown ${run.environment ?? name}\`.` : null,
    });
  }
  await runs.signal(run.workflowId, announceCancelSignal.name, { cause: 'operator', ...signature });
  await runs.cancel(run.workflowId);
  return await progressOf(runs, (await runs.describe(run.workflowId)) ?? run);
}

export async function approve(speaker: CommandContext, target: Target, said: CommandOptions): Promise<Progress> {
  const argument = commandOf(speaker, said);
  return await update(speaker, target, { name: approveUpdate.name, argument, id: 'approve' });
}

export async function reject(speaker: CommandContext, target: Target, said: CommandOptions): Promise<Progress> {
  const argument = commandOf(speaker, said);
  return await update(speaker, target, { name: rejectUpdate.name, argument, id: 'reject' });
}

/** Names the failed step and its attempt as they stand, so that a view that is stale by then is refused. */
export async function resolve(
  speaker: CommandContext,
  target: Target,
  verb: ResolveVerb,
  options: ResolveOptions,
): Promise<Progress> {
  const command = commandOf(speaker, options);
  const large = options.changes === undefined ? null : tooLarge(options.changes, changesLimit);
  if (large !== null) throw new InvalidCommandError(`the changes are too large: ${large}; nothing was sent`);
  const run = await requireRun(speaker.runs, target.noun, target.name);
  const progress = await progressOf(speaker.runs, run);
  const failed = progress.steps.find(({ state }) => state === 'failed');
  if (verb === 'retry' && options.changes !== undefined && progress.awaiting?.kind === 'operator')
    await checkChanges(speaker, run, failed, options.changes);
  const argument = {
    verb,
    ...command,
    ...(failed === undefined ? {} : { step: failed.name }),
    ...(failed?.attempt === undefined ? {} : { attempt: failed.attempt }),
    ...(options.changes === undefined ? {} : { changes: options.changes }),
  };
  const changed = options.changes === undefined ? 'as is' : changesHash(options.changes);
  const id = `${verb} ${failed?.name} ${failed?.attempt} ${changed}`;
  return await update(speaker, target, { name: resolveUpdate.name, argument, id });
}

/** A change that makes no valid spec would count as an answer, and take the place of the failure that was asked about. */
async function checkChanges(
  { runs }: CommandContext,
  { workflowId, runId, type }: Run,
  failed: Step | undefined,
  changes: NonNullable<ResolveOptions['changes']>,
): Promise<void> {
  const kind = specKinds.find((known) => known === type);
  if (kind === undefined || (failed?.name !== 'pool' && failed?.name !== 'notebook')) return;
  const spec = (await runs.query<Spec | null>(workflowId, runId, specQuery.name)) ?? null;
  if (spec === null) return;
  const checked = applyChanges(kind, spec, changes, mayChange(failed.name));
  if (!checked.ok)
    throw new InvalidSpecError(checked.problems, { outcome: `the change is not valid, ${workflowId} waits as before` });
}
