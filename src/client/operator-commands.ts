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
import { changesHash } from '../spec/hash.js';
import type { CommandOptions, ResolveOptions } from './api-types.js';
import { type CommandContext, requireOpen, send, signatureOf, signedCommand, type Target, update } from './command.js';
import { InvalidCommandError, InvalidSpecError, OperationRefusedError, WorkerUnreachableError } from './errors.js';
import { requireRun } from './find-run.js';
import { progressOf } from './read-progress.js';
import type { Run } from './temporal/run.js';

export async function pause(context: CommandContext, target: Target, options: CommandOptions): Promise<Progress> {
  const command = signedCommand(context, options);
  return await send(context, await requireOpen(context, target, 'pause'), pauseSignal.name, command);
}

export async function resume(context: CommandContext, target: Target, options: CommandOptions): Promise<Progress> {
  const command = signedCommand(context, options);
  const run = await requireOpen(context, target, 'resume');
  // A repeated command may find that it has already ended the pause.
  if (command.key === undefined) await refuseUnpaused(context, run, target.name);
  return await send(context, run, resumeSignal.name, command);
}

/** Without a worker the phase is unknown, and the signal is sent: it takes effect when a worker is available. */
async function refuseUnpaused({ runs }: CommandContext, { workflowId, runId }: Run, name: string): Promise<void> {
  const progress = await runs.query<Progress>(workflowId, runId, progressQuery.name).catch((error: unknown) => {
    if (error instanceof WorkerUnreachableError) return null;
    throw error;
  });
  if (progress === null || progress.phase === 'Paused') return;
  throw new OperationRefusedError(`resume ${name}: ${workflowId} is not paused (it is ${progress.phase})`);
}

/**
 * Refused for a lease and a teardown. Cancelling a lease would delete its resources; cancelling a teardown would leave
 * it half done.
 */
export async function cancel(context: CommandContext, target: Target, options: CommandOptions): Promise<Progress> {
  const { runs } = context;
  const { name } = target;
  const signature = signatureOf(context, options);
  const run = await requireOpen(context, target, 'cancel');
  const kind = parseOperationId(run.workflowId)?.kind;
  if (kind === 'teardown' || kind === 'lease') {
    const why = kind === 'teardown' ? 'a teardown cannot be cancelled' : 'the creation has finished';
    throw new OperationRefusedError(`cancel ${name}: ${why} (${run.workflowId})`, {
      hint: kind === 'lease' ? `To delete it, run \`maops env teardown ${run.environment ?? name}\`.` : null,
    });
  }
  await runs.signal(run.workflowId, announceCancelSignal.name, { cause: 'operator', ...signature });
  await runs.cancel(run.workflowId);
  return await progressOf(runs, (await runs.describe(run.workflowId)) ?? run);
}

export async function approve(context: CommandContext, target: Target, options: CommandOptions): Promise<Progress> {
  const argument = signedCommand(context, options);
  return await update(context, target, { name: approveUpdate.name, argument, id: 'approve' });
}

export async function reject(context: CommandContext, target: Target, options: CommandOptions): Promise<Progress> {
  const argument = signedCommand(context, options);
  return await update(context, target, { name: rejectUpdate.name, argument, id: 'reject' });
}

/** Names the failed step and its attempt, so that the workflow refuses the command when they have changed since. */
export async function resolve(
  context: CommandContext,
  target: Target,
  verb: ResolveVerb,
  options: ResolveOptions,
): Promise<Progress> {
  const { changes } = options;
  const command = signedCommand(context, options);
  const large = changes === undefined ? null : tooLarge(changes, changesLimit);
  if (large !== null) throw new InvalidCommandError(`the changes are too large: ${large}; nothing was sent`);
  const run = await requireRun(context.runs, target.kind, target.name);
  const progress = await progressOf(context.runs, run);
  const failed = progress.steps.find(({ state }) => state === 'failed');
  if (verb === 'retry' && changes !== undefined && progress.awaiting?.kind === 'operator')
    await checkChanges(context, run, failed, changes);
  const argument = {
    verb,
    ...command,
    ...(failed === undefined ? {} : { step: failed.name }),
    ...(failed?.attempt === undefined ? {} : { attempt: failed.attempt }),
    ...(changes === undefined ? {} : { changes }),
  };
  const id = `${verb} ${failed?.name} ${failed?.attempt} ${changes === undefined ? 'as is' : changesHash(changes)}`;
  return await update(context, target, { name: resolveUpdate.name, argument, id });
}

/** The workflow would accept invalid changes as the decision and replace the failure that the operator saw. */
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
  const { applyChanges, mayChange } = await import('../spec/change.js');
  const checked = applyChanges(kind, spec, changes, mayChange(failed.name));
  if (!checked.ok)
    throw new InvalidSpecError(checked.problems, {
      outcome: `The change is not valid. ${workflowId} still awaits a decision`,
    });
}
