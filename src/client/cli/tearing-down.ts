import { operationId } from '../../contract/ids.js';
import { blankProgress, type Progress } from '../../contract/progress.js';
import { visibleText } from '../../domain/visible-text.js';
import { realSleep } from '../../modelarts/timing.js';
import { readInstallation } from '../../worker/installation.js';
import { planRemoval, type RemovalPlan } from '../removal-plan.js';
import { confirm } from './confirmation.js';
import type { Context } from './context.js';
import { type ExitCode, exitCodes } from './exit.js';
import { followToEnd, showNow } from './following.js';

/** What a teardown of a name would delete; read with the settings of this process. */
export async function readPlan(context: Context, name: string): Promise<RemovalPlan> {
  const { connection, place, operations } = await context.session();
  const installation = await readInstallation(connection, place.namespace, context.config().installation);
  const spec = await operations.spec(name).catch(() => null);
  const workspaces = [spec?.pool?.workspaceId, spec?.notebook?.workspaceId].filter((id) => id !== undefined);
  const question = { name, installation, workspaceIds: [...new Set(workspaces)] };
  const deps = { modelarts: await context.modelarts(), now: context.terminal.now, sleep: realSleep };
  return await planRemoval(deps, question, context.interrupted);
}

/** Workflow ids of the open operations on a name; a teardown calls them off first. */
export async function openOperations(context: Context, name: string): Promise<string[]> {
  const operations = await context.operations();
  const ids = (['env', 'pool', 'notebook', 'lease', 'teardown'] as const).map((kind) => operationId(kind, name));
  const open = await Promise.all(ids.map((id) => operations.isOpen(id)));
  return ids.filter((_id, index) => open[index]);
}

export interface TearDownOptions {
  readonly reason: string;
  readonly wait: boolean;
  /** Of the plan that was looked at: exactly that is deleted. */
  readonly hash?: string;
}

/** Starts or joins the teardown of a name and, when asked, waits for its end. */
export async function tearDown(
  context: Context,
  name: string,
  { reason, wait, hash }: TearDownOptions,
): Promise<ExitCode> {
  const operations = await context.operations();
  const { workflowId } = await operations.teardown(name, { reason }, hash);
  context.notice(`${workflowId} is under way`);
  if (wait)
    return await followToEnd(context, workflowId, { attention: context.json ? 'ending' : 'changes', timeoutMs: null });
  return await showNow(context, workflowId);
}

/** Says that there is nothing of a name, in the shape of a finished teardown. */
export function sayGone(context: Context, name: string): ExitCode {
  const at = new Date(context.terminal.now()).toISOString();
  const run = { name, operation: 'teardownEnvironment', workflowId: operationId('teardown', name), runId: '' };
  const progress: Progress = {
    ...blankProgress({ ...run, phase: 'Gone', phaseSince: at, startedAt: at }),
    endedAt: at,
    percent: 100,
    why: `there is nothing of ${name}`,
  };
  // Nothing has run, so there is no run to look up.
  context.result({ ...progress, runId: null }, ({ why }) => why);
  return exitCodes.done;
}

/** Asks a person, who must have been told already what it is about; only a whole yes counts. */
export async function askToGoOn(
  context: Context,
  question: string,
  interruption = 'interrupted: nothing was deleted',
): Promise<boolean> {
  context.onInterrupt(interruption);
  return await confirm(visibleText(question), {
    input: process.stdin,
    output: process.stderr,
    signal: context.interrupted,
  });
}
