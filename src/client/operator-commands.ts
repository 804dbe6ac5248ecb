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
  type TriedNow,
} from '../contract/messages.js';
import type { Progress, Step } from '../contract/progress.js';
import { specKinds } from '../contract/spec.js';
import { changesLimit, tooLarge } from '../domain/text.js';
import { changesHash } from '../spec/hash.js';
import type { CommandOptions, ResolveOptions } from './api-types.js';
import { type BulkResult, commandEach } from './bulk.js';
import { type CommandContext, requireOpen, send, signatureOf, signedCommand, type Target, update } from './command.js';
import { InvalidCommandError, InvalidSpecError, OperationRefusedError, WorkerUnreachableError } from './errors.js';
import { type ResourceKindName, requireRun } from './find-run.js';
import { progressOf } from './read-progress.js';
import type { Run } from './temporal/run.js';
import { tryNow } from './try-now.js';

/** Commands to running operations. Repeated with the same key, a command takes effect once. */
export function operatorCommands(context: CommandContext) {
  const { runs } = context;
  return {
    /** Stops creating and deleting within one poll window; waits may continue. */
    async pause(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
      const command = signedCommand(context, options);
      return await send(context, await requireOpen(context, { name, kind }, 'pause'), pauseSignal, command);
    },

    /** Resumes after a pause. */
    async resume(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
      const command = signedCommand(context, options);
      const run = await requireOpen(context, { name, kind }, 'resume');
      // A repeated command may find that it has already ended the pause.
      if (command.key === undefined) await refuseUnpaused(context, run, name);
      return await send(context, run, resumeSignal, command);
    },

    /**
     * Cancels an operation. It rolls back, or keeps what it created, according to `onCancel` of its spec. Refused for a
     * lease and a teardown: it would delete the resources of the lease, and leave the teardown half done.
     */
    async cancel(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
      const signature = signatureOf(context, options);
      const run = await requireOpen(context, { name, kind }, 'cancel');
      refuseCancel(run, name);
      await runs.signal(run.workflowId, announceCancelSignal, { cause: 'operator', ...signature });
      await runs.cancel(run.workflowId);
      return await progressOf(runs, (await runs.describe(run.workflowId)) ?? run);
    },

    async approve(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
      return await update(context, { name, kind }, approveUpdate, signedCommand(context, options));
    },

    async reject(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
      return await update(context, { name, kind }, rejectUpdate, signedCommand(context, options));
    },

    /**
     * Decides for an operation that awaits an operator. Throws InvalidSpecError for changes that make no valid spec.
     */
    async resolve(
      name: string,
      verb: ResolveVerb,
      options: ResolveOptions,
      kind: ResourceKindName = 'env',
    ): Promise<Progress> {
      return await resolve(context, { name, kind }, verb, options);
    },

    /**
     * Retries at once whatever waits for a retry, also in the operations that this one waits for. Returns one result
     * per operation that retries; throws OperationRefusedError when none does.
     */
    async tryNow(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<TriedNow[]> {
      return await tryNow(context, { name, kind }, options);
    },

    /**
     * Sends a command to each listed operation. Errors are in the results and not thrown; none is sent after the
     * signal.
     */
    steerEach(
      listed: readonly Progress[],
      command: (workflowId: string) => Promise<Progress>,
      signal?: AbortSignal,
    ): Promise<BulkResult[]> {
      return commandEach(runs, listed, command, signal);
    },
  };
}

/** Without a worker the phase is unknown, and the signal is sent: it takes effect when a worker is available. */
async function refuseUnpaused({ runs }: CommandContext, { workflowId, runId }: Run, name: string): Promise<void> {
  const progress = await runs.query(workflowId, runId, progressQuery).catch((error: unknown) => {
    if (error instanceof WorkerUnreachableError) return null;
    throw error;
  });
  if (progress === null || progress.phase === 'Paused') return;
  throw new OperationRefusedError(`resume ${name}: ${workflowId} is not paused (it is ${progress.phase})`);
}

function refuseCancel({ workflowId, environment }: Run, name: string): void {
  const kind = parseOperationId(workflowId)?.kind;
  if (kind !== 'teardown' && kind !== 'lease') return;
  const why = kind === 'teardown' ? 'a teardown cannot be cancelled' : 'the creation has finished';
  throw new OperationRefusedError(`cancel ${name}: ${why} (${workflowId})`, {
    hint: kind === 'lease' ? `To delete it, run \`maops env teardown ${environment ?? name}\`.` : null,
  });
}

/** Names the failed step and its attempt, so that the workflow refuses the command when they have changed since. */
async function resolve(
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
  return await update(context, target, resolveUpdate, argument, id);
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
  const spec = (await runs.query(workflowId, runId, specQuery)) ?? null;
  if (spec === null) return;
  const { applyChanges, mayChange } = await import('../spec/change.js');
  const checked = applyChanges(kind, spec, changes, mayChange(failed.name));
  if (!checked.ok)
    throw new InvalidSpecError(checked.problems, {
      outcome: `The change is not valid. ${workflowId} still awaits a decision`,
    });
}
