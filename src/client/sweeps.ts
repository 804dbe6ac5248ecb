import { sweepId } from '../contract/ids.js';
import type { SweepInput, SweepProgress } from '../contract/workflows.js';
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
  if (isSwept(progress) && progress.phase === 'Done') return progress;
  throw new OperationFailedError(progress);
}

export function isSwept(progress: object): progress is SweepProgress {
  return 'plan' in progress && 'results' in progress;
}
