import { extendLeaseUpdate, releaseLeaseUpdate } from '../contract/messages.js';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import type { CommandOptions, ExtendOptions } from './call-types.js';
import { type CommandContext, commandOf, sendUpdate } from './command.js';
import { OperationsError } from './errors.js';
import { nameOf, requireLease } from './name.js';
import { type Looking, refuseProtected } from './protection.js';
import { progressAfter } from './read-progress.js';

/** What an extension has come to. */
export interface Extended {
  readonly lease: LeaseProgress;
  /** Where the lease stands now. */
  readonly progress: () => Promise<Progress>;
}

/** Moves the end of the lease. Said again before the end has moved, it is the same extension. */
export async function extend(
  speaker: CommandContext,
  name: string,
  wish: ExtendOptions,
  said: CommandOptions,
): Promise<Extended> {
  const command = commandOf(speaker, said);
  const run = await requireLease(speaker.runs, name, 'extend');
  const asked = 'duration' in wish ? wish : { until: untilOf(wish.until) };
  const id = `${run.leaseEndsAt} and ${'duration' in asked ? asked.duration : asked.until}`;
  const answer = await sendUpdate(speaker, run, extendLeaseUpdate.name, { ...command, ...asked }, id);
  const { lease } = answer;
  if (lease === null) throw new OperationsError(`extend ${name}: ${run.workflowId} shows no lease`);
  return { lease, progress: () => progressAfter(speaker.runs, run, answer) };
}

function untilOf(until: string | Date): string {
  return typeof until === 'string' ? until : until.toISOString();
}

/** Ends the lease: what it owns is torn down. */
export async function release(speaker: Looking, name: string, said: CommandOptions): Promise<Progress> {
  const command = commandOf(speaker, said);
  const run = await requireLease(speaker.runs, name, 'release');
  await refuseProtected(speaker, run, 'release', nameOf(name));
  return await progressAfter(speaker.runs, run, await sendUpdate(speaker, run, releaseLeaseUpdate.name, command));
}
