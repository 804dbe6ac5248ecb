import type { UseQuestion } from '../../activities/resource/pool-use.js';
import type { EnvironmentResources, SweepProgress, TeardownInput } from '../../contract/workflows.js';
import { parseDuration } from '../../domain/duration.js';
import { decideTeardown, describeUse, type PoolUse, plannedJobs, stateOfUse } from '../../domain/resource/pool-use.js';
import { isoTime } from '../../domain/rfc3339.js';
import { remaining, type Stopwatch, startStopwatch } from '../../domain/stopwatch.js';
import { reads, waits } from '../operation/activity-proxies.js';
import type { Operation } from '../operation/operation.js';
import type { OperationState } from '../operation/state.js';
import { poolInUse, usedPool } from '../resource/pool-in-use.js';

/** The part of a teardown's state that its jobs need. Absent in states of an earlier version. */
export interface JobsState extends OperationState {
  progress: SweepProgress;
  /** The pool of the plan and its use; null without a pool, and when it could not be planned. */
  poolUse?: { readonly pool: UseQuestion; readonly use: PoolUse } | null;
  /** Time that counts against `drain`; null before the drain. */
  drainClock?: Stopwatch | null;
  /** True once the jobs allow the removal. */
  areJobsDone?: boolean;
}

/**
 * Waits for the jobs on the pool, before anything is cancelled or deleted, and throws `Busy` when they keep it. The
 * pool's DELETE reads them again.
 */
export async function awaitJobs(op: Operation<JobsState>, input: TeardownInput): Promise<void> {
  if (op.state.areJobsDone === true) return;
  const withJobs = input.withJobs === true;
  const drainMs = parseDuration(input.drain);
  if (drainMs !== null) op.state.drainClock ??= startStopwatch(drainMs);
  for (;;) {
    await op.continueWhenLong();
    const { poolUse = null, drainClock = null } = op.state;
    if (poolUse === null) break;
    const { pool, use } = poolUse;
    const now = Date.now();
    const drainUntil = drainClock === null ? null : now + remaining(drainClock);
    const found = decideTeardown(use, { withJobs, drainUntil }, now);
    if (found.decision === 'refuse') throw poolInUse(pool.name, use);
    if (found.decision === 'delete' || drainClock === null) {
      const reason = input.reason ?? '';
      if (stateOfUse(use) !== 'idle')
        op.audit('withJobs', input.by ?? 'unknown', `${reason}: ${describeUse(use, now)}`);
      break;
    }
    op.explain(`waiting until ${isoTime(found.until)} for pool ${pool.name}: ${describeUse(use, now)}`);
    const { settings } = op.identity;
    const label = `jobs on pool ${pool.name}`;
    const wait = await op.waitWithin(drainClock, () => waits(settings, label).awaitPoolUse({ ...pool, seen: use }));
    op.state.drainClock = wait.watch;
    if (wait.end === 'answer') showUse(op, pool, wait.answer);
    else if (wait.end === 'interrupted')
      showUse(op, pool, await op.retries.run(`reading the ${label}`, () => reads(settings, label).readPoolUse(pool)));
  }
  op.state.areJobsDone = true;
}

/** Whether every list was read for the plan. */
export function isPlanned({ plan }: SweepProgress): boolean {
  return plan !== null && plan.unread.length === 0;
}

/**
 * The same for a pool that the plan does not contain, because the lists could not be read. Its jobs are read by its id
 * once the open operations have ended, before anything is deleted.
 */
export async function awaitJobsOfUnplanned(
  op: Operation<JobsState>,
  input: TeardownInput,
  known: EnvironmentResources,
): Promise<void> {
  const { name } = op.state.progress;
  const pool = usedPool(name, op.identity.owners, known);
  if (isPlanned(op.state.progress) || op.state.poolUse != null || pool === null || input.withJobs === true) return;
  const label = `jobs on pool ${name}`;
  const use = await op.retries.run(`reading the ${label}`, () => reads(op.identity.settings, label).readPoolUse(pool));
  showUse(op, pool, use);
  op.state.areJobsDone = false;
  await awaitJobs(op, input);
}

/** Records the use of the pool, and shows its jobs in the plan. */
export function showUse(op: Operation<JobsState>, pool: UseQuestion, use: PoolUse): void {
  op.state.poolUse = { pool, use };
  const { plan } = op.state.progress;
  if (plan === null) return;
  op.state.progress = { ...op.state.progress, plan: { ...plan, jobs: use.jobs.slice(0, plannedJobs) } };
}
