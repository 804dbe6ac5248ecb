import { sweepId } from '../contract/ids.js';
import type { SweepInput, SweepProgress } from '../contract/workflows.js';
import type { CommandOptions, OperationHandle } from './call-types.js';
import { type CommandContext, signatureOf } from './command.js';
import { OperationFailedError, OperationsError } from './errors.js';
import { expectWorker, progressOf } from './read-progress.js';
import type { Runs } from './temporal/run.js';

/** What a sweep may take and whether it is to: without `apply` it is a dry run. */
export type SweepRequest = Pick<SweepInput, 'apply' | 'rules' | 'planHash'>;

/** One more sweep: its time, and an id that tells two of the same moment apart. */
export interface SweepStart {
  readonly at: number;
  readonly id: string;
}

/** Starts a sweep; one that a person starts is called `manual`, those of schedules carry the schedule's name. */
export async function start(
  speaker: CommandContext,
  request: SweepRequest,
  { at, id }: SweepStart,
  said: CommandOptions,
): Promise<OperationHandle> {
  const workflowId = `${sweepId('manual', new Date(at).toISOString())}-${id.slice(0, 8)}`;
  const argument: SweepInput = { ...request, ...signatureOf(speaker, said) };
  const summary = request.apply === true ? 'sweep' : 'plan of a sweep';
  const { runId } = await speaker.runs.start({ type: 'sweepExpired', workflowId, argument, memo: {}, summary });
  return { workflowId, runId };
}

/** What a sweep would delete; throws where no worker makes the plan. */
export async function plan(
  speaker: CommandContext,
  { rules }: Pick<SweepRequest, 'rules'>,
  moment: SweepStart,
  said: CommandOptions,
  options?: { readonly signal?: AbortSignal },
): Promise<SweepProgress> {
  const handle = await start(speaker, { rules }, moment, said);
  await expectWorker(speaker.runs, handle);
  return await end(speaker.runs, handle, options);
}

/** Waits for the end of a sweep; throws OperationFailedError when it did not do what it was asked to. */
async function end(
  runs: Runs,
  { workflowId }: OperationHandle,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<SweepProgress> {
  await runs.awaitEnd(workflowId, signal);
  const run = await runs.describe(workflowId);
  if (run === null) throw new OperationsError(`${workflowId} is gone`);
  const progress = await progressOf(runs, run);
  if (isSwept(progress) && progress.phase === 'Done') return progress;
  throw new OperationFailedError(progress);
}

export function isSwept(progress: object): progress is SweepProgress {
  return 'plan' in progress && 'results' in progress;
}
