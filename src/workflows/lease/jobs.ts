import type { FailureProgress } from '../../contract/progress.js';
import { DAY, HOUR, parseDuration } from '../../domain/duration.js';
import {
  decideLeaseEnd,
  describeUse,
  type LeaseDrain,
  type LeaseEndDecision,
  noUse,
  type PoolUse,
  stateOfUse,
} from '../../domain/resource/pool-use.js';
import { reads } from '../operation/activity-proxies.js';
import { isFailure } from '../operation/failure.js';
import type { Operation } from '../operation/operation.js';
import { retryForever } from '../operation/retry-forever.js';
import type { Removal } from '../resource/kind.js';
import { kindsOnPool } from '../resource/kinds/index.js';
import type { LeaseBackgroundTasks } from './background-tasks.js';
import { type LeaseState, leasedPool } from './state.js';

const defaultDrainMs = HOUR;

/** The time that jobs get at the end of a lease; null: until the pool is idle. Raw JSON can start a lease. */
function drainOf({ spec }: LeaseState): LeaseDrain {
  const { drain } = spec?.lease ?? {};
  return drain === 'forever' ? null : (parseDuration(drain) ?? defaultDrainMs);
}

/** Reads the jobs on the pool at the end of the lease and decides. A pool that is kept is recorded as draining. */
export async function decideOnJobs(
  op: Operation<LeaseState>,
): Promise<{ readonly use: PoolUse; readonly end: LeaseEndDecision }> {
  const pool = leasedPool(op);
  if (pool === null) return { use: noUse, end: { decision: 'delete' } };
  const doing = `reading the jobs on pool ${pool.name}`;
  const use = await retryForever(op, doing, () => reads(op.identity.settings, `pool ${pool.name}`).readPoolUse(pool));
  const now = Date.now();
  // Jobs that come after an idle moment get a drain and a warning of their own: something else has kept the pool.
  if (stateOfUse(use) === 'idle') op.state.draining = null;
  const { draining = null } = op.state;
  const isBusy = stateOfUse(use) === 'busy';
  const since = draining?.since ?? now;
  // The drain begins when jobs were seen: nobody could be warned while no worker ran, or while they could not be read.
  const seenAt = draining?.seenAt ?? (isBusy ? now : undefined);
  const end = decideLeaseEnd(use, { since: isBusy ? (seenAt ?? now) : since, drainMs: drainOf(op.state) }, now);
  if (end.decision === 'keep') {
    const before = { warnedAt: null, areStopped: false, ...draining };
    // The earlier warnings named no job.
    const warnedAt = draining?.seenAt === undefined && isBusy ? null : before.warnedAt;
    op.state.draining = { ...before, since, use, warnedAt, ...(seenAt === undefined ? {} : { seenAt }) };
  }
  if (end.decision === 'deleteUnderJobs')
    op.audit('withJobs', op.state.progress.workflowId, `the drain is over: ${describeUse(use, now)}`);
  return { use, end };
}

/**
 * Stops our own notebooks, once in a drain. A stop that fails is reported: the notebook is deleted with the pool later.
 */
export async function stopOwnNotebooks(op: Operation<LeaseState>, removal: Removal): Promise<void> {
  const { draining = null } = op.state;
  if (draining === null || draining.areStopped) return;
  const { name, workflowId } = op.state.progress;
  for (const kind of kindsOnPool) {
    for (const ref of kind.known(op.state.resources)) {
      try {
        await kind.command(op, 'stop', { ...ref, name }, removal);
      } catch (error) {
        if (!isFailure(error)) throw error;
        op.audit('stop', workflowId, `${kind.step} ${ref.id} was not stopped`);
      }
    }
  }
  op.state.draining = { ...draining, areStopped: true };
}

/**
 * Warns of the jobs that keep a pool: when its drain begins, and every day after that, give or take the time of the
 * decision.
 */
export function warnOfJobs(
  op: Operation<LeaseState>,
  backgroundTasks: LeaseBackgroundTasks,
  { message }: FailureProgress,
  until: number,
): void {
  const { draining = null, progress } = op.state;
  const now = Date.now();
  if (draining === null || (draining.warnedAt !== null && now - draining.warnedAt < DAY - HOUR)) return;
  op.state.draining = { ...draining, warnedAt: now };
  const why = `${message}. It is looked at again at ${new Date(until).toISOString()}`;
  op.audit('warn', progress.workflowId, why);
  backgroundTasks.announce('lease.warning', why);
}
