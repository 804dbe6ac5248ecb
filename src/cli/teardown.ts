import { OperationRefusedError } from '../client/errors.js';
import type { RemovalPlan } from '../client/removal-plan.js';
import { gone } from '../client/teardown.js';
import { operationId } from '../contract/ids.js';
import { describeUse, stateOfUse } from '../domain/resource/pool-use.js';
import type { Context } from './context.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { followToEnd, showNow } from './follow.js';

/** Reads what a teardown of a name would delete. */
export async function readPlan(context: Context, name: string): Promise<RemovalPlan> {
  const { connection, place, operations } = await context.session();
  const { installation } = await context.config();
  const { readRemovalPlan } = await import('../client/removal-plan.js');
  const { now } = context.terminal;
  const modelarts = await context.modelarts();
  const { namespace } = place;
  const signal = context.interrupted;
  return await readRemovalPlan({ operations, connection, namespace, installation, modelarts, now, signal }, name);
}

/** Workflow ids of the open operations on a name. A teardown cancels them first. */
export async function openOperations(context: Context, name: string): Promise<string[]> {
  const operations = await context.operations();
  const ids = (['env', 'pool', 'notebook', 'lease', 'teardown'] as const).map((kind) => operationId(kind, name));
  const open = await Promise.all(ids.map((id) => operations.isOpen(id)));
  return ids.filter((_id, index) => open[index]);
}

export interface TearDownOptions {
  readonly reason: string;
  readonly wait: boolean;
  /** Hash of a plan: the teardown deletes exactly this plan, or nothing. */
  readonly hash?: string;
  readonly drain?: string;
  readonly withJobs?: boolean;
}

/** Starts or joins the teardown of a name and, with `wait`, follows it to its end. */
export async function tearDown(
  context: Context,
  name: string,
  { reason, wait, hash, drain, withJobs = false }: TearDownOptions,
): Promise<ExitCode> {
  const operations = await context.operations();
  const jobs = { ...(drain === undefined ? {} : { drain }), ...(withJobs ? { withJobs } : {}) };
  const { workflowId } = await operations.startTeardown(name, { reason, ...jobs }, hash);
  context.notice(`${workflowId} is running`);
  if (wait)
    return await followToEnd(context, workflowId, { attention: context.json ? 'ending' : 'changes', timeoutMs: null });
  return await showNow(context, workflowId);
}

/** Refuses what the workflow would refuse for the jobs on the pool, because without `--wait` nobody sees its result. */
export function refuseInUse(name: string, { jobs, jobsUnread }: RemovalPlan, now: number): void {
  const use = { jobs, more: 0, unknown: jobsUnread };
  const state = stateOfUse(use);
  if (state === 'idle') return;
  throw new OperationRefusedError(`pool ${name} is kept: ${describeUse(use, now)}`, {
    hint:
      state === 'unknown'
        ? '`maops doctor` shows what this account cannot read. To delete the pool anyway: --with-jobs --reason TEXT.'
        : 'To wait for the jobs: --drain 2h --reason TEXT. To delete the pool under them: --with-jobs --reason TEXT.',
  });
}

/** Prints that nothing is left of a name, in the shape of a finished teardown. */
export function reportGone(context: Context, name: string): ExitCode {
  // No teardown ran, so there is no run id.
  context.result({ ...gone(name, context.terminal.now()), runId: null }, ({ why }) => why);
  return exitCodes.done;
}
