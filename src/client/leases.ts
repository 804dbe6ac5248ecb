import { extendLeaseUpdate, releaseLeaseUpdate } from '../contract/messages.js';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import type { Said } from './calls.js';
import { requireLease } from './name.js';
import { commandOf, type Speaker } from './speaking.js';

/** Moves the end of the lease; answers the new one. Said again before the end has moved, it is the same extension. */
export async function extend(speaker: Speaker, name: string, duration: string, said: Said): Promise<LeaseProgress> {
  const { workflowId, leaseEndsAt } = await requireLease(speaker.runs, name, 'extend');
  const argument = { ...commandOf(speaker, said), duration };
  const id = `${leaseEndsAt} and ${duration}`;
  return await speaker.runs.update<LeaseProgress>(workflowId, extendLeaseUpdate.name, argument, id);
}

/** Ends the lease: what it owns is torn down. */
export async function release(speaker: Speaker, name: string, said: Said): Promise<Progress> {
  const { workflowId } = await requireLease(speaker.runs, name, 'release');
  return await speaker.runs.update<Progress>(workflowId, releaseLeaseUpdate.name, commandOf(speaker, said));
}
