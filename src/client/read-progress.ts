import pMap from 'p-map';
import { type CommandAnswer, progressQuery } from '../contract/messages.js';
import { isEnding, type Phase, phases } from '../contract/phases.js';
import { blankProgress, isProgress, type Progress } from '../contract/progress.js';
import { isOpen } from '../temporal/describe-run.js';
import { OperationsError, UnreadableError, WorkerUnreachableError } from './errors.js';
import { nameOf } from './name.js';
import type { Run, RunOutcome, Runs } from './temporal/run.js';

/**
 * The progress of a run. While it is open a worker answers; a closed one carries its last progress in its result or
 * failure, so no worker is needed. Where nobody can answer, what Temporal itself knows is told in the same shape.
 */
export async function progressOf(runs: Runs, run: Run): Promise<Progress> {
  return (await answeredProgress(runs, run)) ?? unansweredProgress(run);
}

/** The progress of a run that has answered a command. The command has counted: what cannot be read of the rest is left out. */
export async function progressAfter(runs: Runs, run: Run, answer: CommandAnswer): Promise<Progress> {
  const { phase, awaiting, lease } = answer;
  const told = await answeredProgress(runs, run).catch((error: unknown) => {
    if (!(error instanceof OperationsError)) throw error;
    return null;
  });
  return told ?? unansweredProgress(run, { phase, awaiting, lease });
}

/**
 * The progress of many runs, `width` at a time. When so many in a row have had no answer there is no worker: the others
 * are not asked, since each question waits.
 */
export async function progressOfEach(runs: Runs, all: readonly Run[], width: number): Promise<Progress[]> {
  let silences = 0;
  return await pMap(
    all,
    async (run) => {
      const left = silences < width ? await answeredProgress(runs, run) : await leftProgress(runs, run);
      if (left === null) silences += 1;
      else if (isOpen(run)) silences = 0;
      return left ?? unansweredProgress(run);
    },
    { concurrency: width },
  );
}

/** Null where nobody can answer. */
async function answeredProgress(runs: Runs, run: Run): Promise<Progress | null> {
  const left = await leftProgress(runs, run);
  if (left !== null) return left;
  try {
    const answer = await runs.query<unknown>(run.workflowId, run.runId, progressQuery.name);
    if (isProgress(answer)) return isOpen(run) ? answer : closedProgress(run, answer);
  } catch (error) {
    if (!(error instanceof OperationsError) || error instanceof UnreadableError) throw error;
    if (isOpen(run) && !(error instanceof WorkerUnreachableError)) throw error;
  }
  return null;
}

/** The progress that a closed run has left in its result or failure, which no worker is needed for; null when there is none. */
export async function leftProgress(runs: Runs, run: Run): Promise<Progress | null> {
  if (isOpen(run)) return null;
  const outcome = await runs.outcome(run.workflowId, run.runId);
  return outcome === null ? null : progressIn(outcome);
}

/** What an outcome carries: a completed run its progress as value, a failed one as first detail. */
function progressIn({ value, failure }: RunOutcome): Progress | null {
  const candidate = failure === null ? value : failure.detail;
  return isProgress(candidate) ? candidate : null;
}

/** A run that was cut off (terminated, timed out) left a progress that still looks alive. */
function closedProgress(run: Run, last: Progress): Progress {
  if (isEnding(last.phase) && last.endedAt !== null) return last;
  const endedAt = (run.closedAt ?? run.startedAt).toISOString();
  if (run.status === 'CANCELLED') return { ...last, phase: 'Cancelled', phaseSince: endedAt, endedAt };
  const how = run.status === 'TERMINATED' ? 'terminated in Temporal' : `closed by Temporal (${run.status})`;
  // What a lease says of itself, that it is in use and can be released, holds no more.
  const what = last.phase === 'Leased' ? '' : `: ${last.why}`;
  return {
    ...last,
    phase: 'Failed',
    phaseSince: endedAt,
    endedAt,
    why: `${how} while it was ${last.phase}${what}; what it made may still be there (\`maops audit\`)`,
  };
}

/**
 * Throws where no worker answers for a run that was started for its answer alone. It is called off then, because nobody
 * waits for it any more: it must not begin when a worker comes back.
 */
export async function expectWorker(
  runs: Runs,
  { workflowId, runId }: Pick<Run, 'workflowId' | 'runId'>,
): Promise<void> {
  try {
    await runs.query(workflowId, runId, progressQuery.name);
  } catch (error) {
    if (!(error instanceof WorkerUnreachableError)) throw error;
    await runs.cancel(workflowId).catch(() => undefined);
    throw error;
  }
}

/** The shape of progress with what is known when no worker has answered. */
function unansweredProgress(run: Run, answered: Partial<CommandAnswer> = {}): Progress {
  const known = { ...knownToTemporal(run), ...answered };
  if (!isOpen(run)) return closedProgress(run, known);
  fromTemporal.add(known);
  return known;
}

/** Progress that was read from Temporal because no worker responded. */
const fromTemporal = new WeakSet<Progress>();

/** True for the progress of an open run that no worker responded for. */
export function isUnanswered(progress: Progress): boolean {
  return fromTemporal.has(progress);
}

function knownToTemporal(run: Run): Progress {
  const phase: Phase = phases.find((known) => known === run.phase) ?? firstPhase(run.type);
  const startedAt = run.startedAt.toISOString();
  const { workflowId, runId, type: operation } = run;
  const name = run.environment ?? nameOf(workflowId);
  return {
    ...blankProgress({ name, operation, workflowId, runId, phase, phaseSince: startedAt, startedAt }),
    why: 'No worker is responding (start one with `maops worker`). Showing the last state stored in Temporal.',
  };
}

const makers = ['provisionPoolThenLaunchNotebook', 'provisionPool', 'launchNotebook'];

function firstPhase(type: string): Phase {
  if (type === 'leaseEnvironment') return 'Leased';
  return makers.includes(type) ? 'Validating' : 'Planning';
}
