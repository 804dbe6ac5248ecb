import { operationId } from '../contract/ids.js';
import { announceCancelSignal } from '../contract/messages.js';
import { blankProgress, type Progress } from '../contract/progress.js';
import { durationWords, parseDuration } from '../domain/duration.js';
import { isoTime } from '../domain/rfc3339.js';
import { keepRule } from '../domain/sweep/rules.js';
import { isFields } from '../spec/finding.js';
import { isOpen } from '../temporal/run-facts.js';
import type { OperationHandle, TeardownOptions } from './api-types.js';
import { type CommandContext, signatureOf } from './command.js';
import type { OperationsDeps } from './deps.js';
import { InvalidCommandError, OperationRefusedError } from './errors.js';
import { protectedError, refuseProtected } from './protection.js';
import type { RemovalPlan } from './removal-plan.js';

/** The kinds of operation on a name. */
const kinds = ['env', 'pool', 'notebook', 'lease', 'teardown'] as const;

/** The result of a teardown command. */
export type Teardown =
  | (OperationHandle & { readonly gone: null })
  /** No run was started: Temporal has no operation of the name, and the service has no resource of it. */
  | { readonly workflowId: string; readonly runId: null; readonly gone: Progress };

/** Methods that tear down what a name owns. */
export function teardowns(context: OperationsDeps) {
  return {
    /**
     * Deletes everything of a name; joins an open teardown. Throws ProtectedError when something is protected. Starts
     * no run for a name without operations and resources. Ends `Busy` while jobs use the pool, unless an option says
     * otherwise. What this process cannot read is checked by the workers.
     */
    teardown(name: string, options: TeardownOptions, planHash?: string): Promise<Teardown> {
      return teardown(context, name, options, planHash);
    },

    /** As `teardown`, without its checks. */
    startTeardown(name: string, options: TeardownOptions, planHash?: string): Promise<OperationHandle> {
      return startTeardown(context, name, options, planHash);
    },

    /** Throws ProtectedError when the open lease of a name owns something protected. */
    async refuseProtected(verb: string, name: string): Promise<void> {
      const lease = await context.runs.describe(operationId('lease', name));
      if (lease !== null && isOpen(lease)) await refuseProtected(context, lease, verb, name);
    },
  };
}

async function teardown(
  context: OperationsDeps,
  name: string,
  options: TeardownOptions,
  planHash?: string,
): Promise<Teardown> {
  signatureOf(context, options);
  checkJobOptions(options);
  const [plan, ...runs] = await Promise.all([
    context.planRemoval(name),
    ...kinds.map((kind) => context.runs.describe(operationId(kind, name))),
  ]);
  const isRunning = runs.some((run) => run?.workflowId === operationId('teardown', name) && isOpen(run));
  if (!isRunning) {
    const kept = plan === null ? null : protectedItem(plan);
    if (kept !== null) throw protectedError('teardown', name, `${kept.kind} ${kept.name}`);
    if (plan !== null && runs.every((run) => run === null) && isNothing(plan))
      return { workflowId: operationId('teardown', name), runId: null, gone: gone(name, context.pacer.now()) };
    const lease = runs.find((run) => run?.workflowId === operationId('lease', name));
    if (plan === null && lease && isOpen(lease)) await refuseProtected(context, lease, 'teardown', name);
  }
  return { ...(await startTeardown(context, name, options, planHash)), gone: null };
}

/** Starts the teardown of a name or joins the open one. */
async function startTeardown(
  context: CommandContext,
  name: string,
  options: TeardownOptions,
  planHash?: string,
): Promise<OperationHandle> {
  const workflowId = operationId('teardown', name);
  const jobs = checkJobOptions(options);
  if (jobs !== null || planHash !== undefined) await refuseJoin(context, name, jobs === null ? planHash : undefined);
  const signed = jobs === null ? {} : { ...jobs, ...signatureOf(context, options) };
  const argument = { name, ...(planHash === undefined ? {} : { planHash }), ...signed };
  const start = { type: 'teardownEnvironment' as const, workflowId, argument, memo: {}, summary: `teardown ${name}` };
  const announcement = { cause: 'teardown' as const, ...signatureOf(context, options) };
  return { workflowId, ...(await context.runs.signalWithStart(start, announceCancelSignal, announcement)) };
}

/** The first protected resource of this installation in a plan; null when there is none. */
export function protectedItem({ items }: RemovalPlan): RemovalPlan['items'][number] | null {
  return items.find(({ owner, rule }) => owner !== null && rule === keepRule) ?? null;
}

/** True when every list was read and none has a resource of this installation. */
export function isNothing({ items, unread }: RemovalPlan): boolean {
  return unread.length === 0 && items.every(({ owner }) => owner === null);
}

/** The progress of a teardown that had nothing to delete. */
export function gone(name: string, now: number): Progress {
  const at = isoTime(now);
  const run = { name, operation: 'teardownEnvironment', workflowId: operationId('teardown', name), runId: '' };
  return {
    ...blankProgress({ ...run, phase: 'Gone', phaseSince: at, startedAt: at }),
    endedAt: at,
    percent: 100,
    why: `nothing named ${name} exists`,
  };
}

/** The options about jobs as the workflow takes them; null when none is given. */
function checkJobOptions({
  drain,
  withJobs,
  reason,
}: TeardownOptions): Pick<TeardownOptions, 'drain' | 'withJobs'> | null {
  if (drain === undefined && withJobs !== true) return null;
  if (drain !== undefined && parseDuration(drain) === null)
    throw new InvalidCommandError(`drain ${drain}: must be a duration: ${durationWords}; nothing was sent`);
  if (reason.trim() === '')
    throw new InvalidCommandError('a teardown with `drain` or `withJobs` needs a reason; nothing was sent');
  return { ...(drain === undefined ? {} : { drain }), ...(withJobs === true ? { withJobs } : {}) };
}

/**
 * A running teardown has its own plan and options. Joining it would lose those of this command, unless its plan is the
 * same.
 */
async function refuseJoin({ runs }: CommandContext, name: string, planHash?: string): Promise<void> {
  const run = await runs.describe(operationId('teardown', name));
  if (run === null || !isOpen(run)) return;
  if (planHash !== undefined) {
    const argument = await runs.argument(run.workflowId, run.runId);
    if (isFields(argument) && argument.planHash === planHash) return;
  }
  throw new OperationRefusedError(`${run.workflowId} is already running, with its own plan and options`, {
    hint: `Watch it: \`maops env watch ${name}\`. Give the command again when it has ended.`,
  });
}
