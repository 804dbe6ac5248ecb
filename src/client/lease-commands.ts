import { nameOf } from '../contract/ids.js';
import { extendLeaseUpdate, releaseLeaseUpdate } from '../contract/messages.js';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import type { CommandOptions, ExtendOptions } from './api-types.js';
import { sendUpdate, signedCommand } from './command.js';
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

/** Commands to leases. */
export function leaseCommands(context: ProtectionContext) {
  const { runs } = context;

  /** As `extend`, with a function that reads the progress after it. */
  async function extendLease(name: string, by: string | ExtendOptions, options: CommandOptions): Promise<Extended> {
    const command = signedCommand(context, options);
    const run = await requireLease(runs, name, 'extend');
    const extension = extensionOf(by);
    // Repeated before the end has moved, it is the same extension.
    const id = `${run.leaseEndsAt} and ${extension.duration ?? extension.until}`;
    const answer = await sendUpdate(context, run, extendLeaseUpdate, { ...command, ...extension }, id);
    const { lease } = answer;
    if (lease === null) throw new OperationsError(`extend ${name}: ${run.workflowId} returned no lease`);
    return { lease, progress: () => progressAfter(runs, run, answer) };
  }

  return {
    extendLease,

    /** Moves the end of the lease by a duration such as `4h` or to a time, up to its maximum, and returns the lease. */
    async extend(name: string, by: string | ExtendOptions, options: CommandOptions): Promise<LeaseProgress> {
      const { lease } = await extendLease(name, by, options);
      return lease;
    },

    /** Ends the lease and deletes what it owns. Throws ProtectedError when that is protected. */
    async release(name: string, options: CommandOptions): Promise<Progress> {
      const command = signedCommand(context, options);
      const run = await requireLease(runs, name, 'release');
      await refuseProtected(context, run, 'release', nameOf(name));
      return await progressAfter(runs, run, await sendUpdate(context, run, releaseLeaseUpdate, command));
    },
  };
}

function extensionOf(
  by: string | ExtendOptions,
): { duration: string; until?: never } | { until: string; duration?: never } {
  if (typeof by === 'string') return { duration: by };
  if ('duration' in by) return { duration: by.duration };
  return { until: typeof by.until === 'string' ? by.until : by.until.toISOString() };
}
