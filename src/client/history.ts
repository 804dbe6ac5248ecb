import pMap from 'p-map';
import { changeId, nameOf, operationId, operationKinds } from '../contract/ids.js';
import { progressQuery } from '../contract/messages.js';
import { isProgress, type Progress } from '../contract/progress.js';
import { OperationNotFoundError, OperationsError, UnreadableError, WorkerUnreachableError } from './errors.js';
import { lastProgress } from './read-progress.js';
import { describeAudit, describeRun, type HistoryEntry } from './run-events.js';
import type { HistoryEvent } from './temporal/history-event.js';
import type { Run, Runs } from './temporal/run.js';

/** A history entry with the run that it belongs to. */
export interface RunHistoryEntry extends HistoryEntry {
  readonly workflowId: string;
  readonly runId: string;
}

/** How many runs that continue each other are read. */
const maxRuns = 50;
const concurrency = 4;

/** The events of a run and of the runs that it continues, oldest first, as far back as Temporal keeps them. */
export async function readEvents(runs: Runs, workflowId: string, runId: string): Promise<readonly HistoryEvent[]> {
  const events = [...(await runs.history(workflowId, runId))];
  for (let read = 1; read < maxRuns; read += 1) {
    const [first] = events;
    if (first?.event !== 'started' || first.continues === null) break;
    const { continues } = first;
    // Its retention may have passed.
    if ((await runs.describe(workflowId, continues)) === null) break;
    events.unshift(...(await runs.history(workflowId, continues)));
  }
  return events;
}

/** The history of a run and of the runs that it continues. */
export async function runHistory(runs: Runs, run: Run): Promise<HistoryEntry[]> {
  const [events, progress] = await Promise.all([
    readEvents(runs, run.workflowId, run.runId),
    progressForAudit(runs, run, { isSilent: false }),
  ]);
  return entriesOf(events, progress);
}

/** The history of all operations, leases, teardowns and changes of a name that Temporal keeps. */
export async function fullHistory(runs: Runs, nameOrId: string): Promise<RunHistoryEntry[]> {
  const name = nameOf(nameOrId);
  const changes = (['environment', 'notebook'] as const).map((kind) => changeId(kind, name));
  const known = [...operationKinds.map((kind) => operationId(kind, name)), ...changes];
  const ids = known.map((id) => `"${id}"`).join(', ');
  const found: Run[] = [];
  for await (const run of runs.list(`WorkflowId IN (${ids})`)) found.push(run);
  if (found.length === 0) {
    throw new OperationNotFoundError(`no operation named ${name}`, {
      hint: 'List the environments with `maops env list`, and check the Temporal server with `maops doctor`.',
    });
  }
  const workers = { isSilent: false };
  const read = async (run: Run): Promise<RunHistoryEntry[]> => {
    const { workflowId, runId } = run;
    const [events, progress] = await Promise.all([
      runs.history(workflowId, runId),
      progressForAudit(runs, run, workers),
    ]);
    return entriesOf(events, progress).map((entry) => ({ ...entry, workflowId, runId }));
  };
  return inOrder((await pMap(found, read, { concurrency })).flat());
}

function entriesOf(events: readonly HistoryEvent[], progress: Progress | null): HistoryEntry[] {
  return inOrder([...describeRun(events), ...(progress === null ? [] : describeAudit(progress))]);
}

/** The sort is stable: entries of the same time keep the order of their events. */
function inOrder<Entry extends HistoryEntry>(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.at.localeCompare(b.at));
}

/**
 * The progress whose audit completes a history; null where it cannot be read, because the history is useful without it.
 * After one query without a response no other run is queried: each would wait. The next run carries the audit of a
 * continued run.
 */
async function progressForAudit(runs: Runs, run: Run, workers: { isSilent: boolean }): Promise<Progress | null> {
  if (run.status === 'CONTINUED_AS_NEW') return null;
  const last = await lastProgress(runs, run);
  if (last !== null || workers.isSilent) return last;
  try {
    const answer = await runs.query(run.workflowId, run.runId, progressQuery);
    return isProgress(answer) ? answer : null;
  } catch (error) {
    if (!(error instanceof OperationsError) || error instanceof UnreadableError) throw error;
    if (error instanceof WorkerUnreachableError) workers.isSilent = true;
    return null;
  }
}
