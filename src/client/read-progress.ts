import pMap from 'p-map';
import { nameOf } from '../contract/ids.js';
import { type CommandAnswer, progressQuery } from '../contract/messages.js';
import { isEnding, type Phase, phases } from '../contract/phases.js';
import { blankProgress, isProgress, type Progress } from '../contract/progress.js';
import { specKinds } from '../contract/spec.js';
import { isOpen } from '../temporal/run-facts.js';
import { OperationsError, UnreadableError, WorkerUnreachableError } from './errors.js';
import type { Run, RunOutcome, Runs } from './temporal/run.js';
import { markUnanswered } from './unanswered.js';

/**
 * The progress of a run. A worker reports it while the run is open. A closed run keeps it in its result or failure.
 * Where neither is available, the progress has only what Temporal itself stores (see `isUnanswered` in unanswered.ts).
 */
export async function progressOf(runs: Runs, run: Run): Promise<Progress> {
  return (await answeredProgress(runs, run)) ?? unansweredProgress(run);
}

/** The progress after a command that took effect; without a response, only what the command returned. */
export async function progressAfter(runs: Runs, run: Run, answer: CommandAnswer): Promise<Progress> {
  const { phase, awaiting, lease } = answer;
  const progress = await answeredProgress(runs, run).catch((error: unknown) => {
    if (!(error instanceof OperationsError)) throw error;
    return null;
  });
  return progress ?? unansweredProgress(run, { phase, awaiting, lease });
}

/**
 * The progress of many runs. After as many queries in a row without a response as run at once, there is no worker, and
 * the other runs are not queried: each query would wait.
 */
export async function progressOfEach(
  runs: Runs,
  all: readonly Run[],
  concurrency: number,
  onEach: () => void = () => undefined,
): Promise<Progress[]> {
  let unanswered = 0;
  return await pMap(
    all,
    async (run) => {
      const progress = await (unanswered < concurrency ? answeredProgress(runs, run) : lastProgress(runs, run));
      if (progress === null) unanswered += 1;
      else if (isOpen(run)) unanswered = 0;
      onEach();
      return progress ?? unansweredProgress(run);
    },
    { concurrency },
  );
}

/** Null without a response. */
async function answeredProgress(runs: Runs, run: Run): Promise<Progress | null> {
  const last = await lastProgress(runs, run);
  if (last !== null) return last;
  try {
    const answer = await runs.query(run.workflowId, run.runId, progressQuery);
    if (isProgress(answer)) return isOpen(run) ? answer : closedProgress(run, answer);
  } catch (error) {
    if (!(error instanceof OperationsError) || error instanceof UnreadableError) throw error;
    if (isOpen(run) && !(error instanceof WorkerUnreachableError)) throw error;
  }
  return null;
}

/** The progress in the result or failure of a closed run, which needs no worker; null when there is none. */
export async function lastProgress(runs: Runs, run: Run): Promise<Progress | null> {
  if (isOpen(run)) return null;
  const outcome = await runs.outcome(run.workflowId, run.runId);
  return outcome === null ? null : progressIn(outcome);
}

/** A completed run returns its progress; a failed one carries it as the first detail. */
function progressIn({ value, failure }: RunOutcome): Progress | null {
  const candidate = failure === null ? value : failure.detail;
  return isProgress(candidate) ? candidate : null;
}

/** Ends the progress of a run that Temporal ended (terminated, timed out) before it could do so itself. */
function closedProgress(run: Run, last: Progress): Progress {
  if (isEnding(last.phase) && last.endedAt !== null) return last;
  const endedAt = (run.closedAt ?? run.startedAt).toISOString();
  if (run.status === 'CANCELLED') return { ...last, phase: 'Cancelled', phaseSince: endedAt, endedAt };
  const how = run.status === 'TERMINATED' ? 'terminated in Temporal' : `closed by Temporal (${run.status})`;
  // A lease reports that it can be released, which is no longer true.
  const why = last.phase === 'Leased' ? '' : `: ${last.why}`;
  return {
    ...last,
    phase: 'Failed',
    phaseSince: endedAt,
    endedAt,
    why: `${how} while it was ${last.phase}${why}. Its resources may still exist (run \`maops audit\`)`,
  };
}

/**
 * Throws WorkerUnreachableError when no worker responds for a run that was started for its result alone, and cancels
 * the run: nobody waits for it, so it must not start when a worker is available again.
 */
export async function expectWorker(
  runs: Runs,
  { workflowId, runId }: Pick<Run, 'workflowId' | 'runId'>,
): Promise<void> {
  try {
    await runs.query(workflowId, runId, progressQuery);
  } catch (error) {
    if (!(error instanceof WorkerUnreachableError)) throw error;
    await runs.cancel(workflowId).catch(() => undefined);
    throw error;
  }
}

/** The progress without a response of a worker. */
function unansweredProgress(run: Run, answered: Partial<CommandAnswer> = {}): Progress {
  const known = { ...knownToTemporal(run), ...answered };
  if (!isOpen(run)) return closedProgress(run, known);
  markUnanswered(known);
  return known;
}

function knownToTemporal(run: Run): Progress {
  const phase = phaseInTemporal(run);
  const startedAt = run.startedAt.toISOString();
  const { workflowId, runId, type: operation } = run;
  const name = run.environment ?? nameOf(workflowId);
  return {
    ...blankProgress({ name, operation, workflowId, runId, phase, phaseSince: startedAt, startedAt }),
    why: 'No worker is responding (start one with `maops worker`). Showing the last state stored in Temporal.',
  };
}

/** The last phase that the run has shown in Temporal; its first one before that. */
export function phaseInTemporal(run: Run): Phase {
  return phases.find((known) => known === run.phase) ?? firstPhase(run.type);
}

function firstPhase(type: string): Phase {
  if (type === 'leaseEnvironment') return 'Leased';
  return specKinds.some((kind) => kind === type) ? 'Validating' : 'Planning';
}
