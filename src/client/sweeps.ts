import { sweepId } from '../contract/ids.js';
import type { SweepInput, SweepProgress } from '../contract/workflows.js';
import { type PlanPage, wholePlan } from '../domain/sweep/pages.js';
import { isFields } from '../spec/finding.js';
import type { CommandOptions, OperationHandle } from './api-types.js';
import { type CommandContext, type NewRun, signatureOf } from './command.js';
import { OperationFailedError, OperationsError } from './errors.js';
import { expectWorker, progressOf } from './read-progress.js';
import type { Runs } from './temporal/run.js';

/** The rules of a sweep; without `apply` it is a dry run. */
export type SweepRequest = Pick<SweepInput, 'apply' | 'rules' | 'planHash'>;

/** Starts a sweep named `manual`; the sweep of a schedule has the name of the schedule. */
export async function start(
  context: CommandContext,
  request: SweepRequest,
  { at, id }: NewRun,
  options: CommandOptions,
): Promise<OperationHandle> {
  const workflowId = `${sweepId('manual', new Date(at).toISOString())}-${id.slice(0, 8)}`;
  const argument: SweepInput = { ...request, ...signatureOf(context, options) };
  const summary = request.apply === true ? 'sweep' : 'plan of a sweep';
  const { runId } = await context.runs.start({ type: 'sweepExpired', workflowId, argument, memo: {}, summary });
  return { workflowId, runId };
}

/** The plan of a sweep, which deletes nothing; throws WorkerUnreachableError without a worker. */
export async function plan(
  context: CommandContext,
  { rules }: Pick<SweepRequest, 'rules'>,
  newRun: NewRun,
  options: CommandOptions,
  wait?: { readonly signal?: AbortSignal },
): Promise<SweepProgress> {
  const handle = await start(context, { rules }, newRun, options);
  await expectWorker(context.runs, handle);
  return await end(context.runs, handle, wait);
}

/** Waits for the end of a sweep; throws OperationFailedError when it failed. */
async function end(
  runs: Runs,
  { workflowId }: OperationHandle,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<SweepProgress> {
  await runs.awaitEnd(workflowId, signal);
  const run = await runs.describe(workflowId);
  if (run === null) throw new OperationsError(`Temporal no longer has ${workflowId}`);
  const progress = await progressOf(runs, run);
  if (isSwept(progress) && progress.phase === 'Done') return await withWholePlan(runs, workflowId, progress);
  throw new OperationFailedError(progress);
}

/** The progress with the whole plan, whose pages are in the histories of several runs where it is large. */
async function withWholePlan(runs: Runs, workflowId: string, progress: SweepProgress): Promise<SweepProgress> {
  const { plan } = progress;
  if (plan?.partial !== true) return progress;
  const pages: PlanPage[] = [];
  for (const { runId, count } of plan.pages ?? []) {
    const recorded = await runs.recorded(workflowId, runId, 'planPage');
    for (const value of recorded.slice(0, count)) if (isFields(value) && isPage(value.page)) pages.push(value.page);
  }
  return { ...progress, plan: wholePlan(plan, pages) ?? plan };
}

function isPage(value: unknown): value is PlanPage {
  return isFields(value) && Array.isArray(value.parts) && Array.isArray(value.kept);
}

export function isSwept(progress: object): progress is SweepProgress {
  return 'plan' in progress && 'results' in progress;
}
