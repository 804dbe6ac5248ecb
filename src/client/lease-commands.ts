import { nameOf } from '../contract/ids.js';
import { extendLeaseUpdate, releaseLeaseUpdate } from '../contract/messages.js';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import type { CommandOptions, ExtendOptions } from './api-types.js';
import { type CommandContext, sendUpdate, signedCommand } from './command.js';
import { OperationsError } from './errors.js';
import { requireLease } from './find-run.js';
import { type ProtectionContext, refuseProtected } from './protection.js';
import { progressAfter } from './read-progress.js';

/** An extended lease. */
export interface Extended {
  readonly lease: LeaseProgress;
  /** Reads the progress of the lease. */
  readonly progress: () => Promise<Progress>;
}

/** Moves the end of the lease. Repeated before the end has moved, it is the same extension. */
export async function extend(
  context: CommandContext,
  name: string,
  extension: ExtendOptions,
  options: CommandOptions,
): Promise<Extended> {
  const command = signedCommand(context, options);
  const run = await requireLease(context.runs, name, 'extend');
  const sent = 'duration' in extension ? extension : { until: untilOf(extension.until) };
  const id = `${run.leaseEndsAt} and ${'duration' in sent ? sent.duration : sent.until}`;
  const answer = await sendUpdate(context, run, extendLeaseUpdate.name, { ...command, ...sent }, id);
  const { lease } = answer;
  if (lease === null) throw new OperationsError(`extend ${name}: ${run.workflowId} returned no lease`);
  return { lease, progress: () => progressAfter(context.runs, run, answer) };
}

function untilOf(until: string | Date): string {
  return typeof until === 'string' ? until : until.toISOString();
}

/** Ends the lease and deletes what it owns. */
export async function release(context: ProtectionContext, name: string, options: CommandOptions): Promise<Progress> {
  const command = signedCommand(context, options);
  const run = await requireLease(context.runs, name, 'release');
  await refuseProtected(context, run, 'release', nameOf(name));
  return await progressAfter(context.runs, run, await sendUpdate(context, run, releaseLeaseUpdate.name, command));
}
