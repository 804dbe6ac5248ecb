import { sweepId } from '../contract/ids.js';
import type { SweepInput, SweepProgress } from '../contract/workflows.js';
import { isoTime } from '../domain/rfc3339.js';
import { type PlanPage, wholePlan } from '../domain/sweep/pages.js';
import { isFields } from '../spec/finding.js';
import type { CommandOptions, OperationHandle } from './api-types.js';
import { signatureOf } from './command.js';
import type { OperationsDeps } from './deps.js';
import { OperationFailedError, OperationsError } from './errors.js';
import { expectWorker, progressOf } from './read-progress.js';
import type { Runs } from './temporal/run.js';

/** The rules of a sweep; without `apply` it is a dry run. */
export type SweepRequest = Pick<SweepInput, 'apply' | 'rules' | 'planHash'>;

/** Methods that sweep the project. */
export function sweeps({ runs, actor, pacer, newId }: OperationsDeps) {
  async function start(request: SweepRequest, options: CommandOptions): Promise<OperationHandle> {
    // The sweep of a schedule has the name of the schedule.
    const workflowId = `${sweepId('manual', isoTime(pacer.now()))}-${newId().slice(0, 8)}`;
    const argument: SweepInput = { ...request, ...signatureOf({ actor }, options) };
    const summary = request.apply === true ? 'sweep' : 'plan of a sweep';
    const { runId } = await runs.start({ type: 'sweepExpired', workflowId, argument, memo: {}, summary });
    return { workflowId, runId };
  }

  return {
    /** Starts a sweep. With `apply` and the hash of a plan it deletes exactly what is in that plan. */
    startSweep: start,

    /** The plan of a sweep, which deletes nothing. Throws WorkerUnreachableError and OperationFailedError. */
    async planSweep(
      { rules }: Pick<SweepRequest, 'rules'>,
      options: CommandOptions,
      wait?: { readonly signal?: AbortSignal },
    ): Promise<SweepProgress> {
      const handle = await start({ rules }, options);
      await expectWorker(runs, handle);
      return await end(runs, handle, wait);
    },
  };
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
