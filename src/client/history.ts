import pMap from 'p-map';
import { changeId, operationId, operationKinds } from '../contract/ids.js';
import { progressQuery } from '../contract/messages.js';
import { isProgress, type Progress } from '../contract/progress.js';
import { OperationNotFoundError, OperationsError, UnreadableError, WorkerUnreachableError } from './errors.js';
import { nameOf } from './name.js';
import { leftProgress } from './read-progress.js';
import { describeAudit, describeRun, type TimelineEntry } from './run-events.js';
import type { HistoryEvent } from './temporal/history-event.js';
import type { Run, Runs } from './temporal/run.js';

/** An entry of an environment's whole story says whose it is. */
export interface StoryEntry extends TimelineEntry {
  readonly workflowId: string;
  readonly runId: string;
}

/** How many runs back a chain of continue-as-new is followed: the histories of years, of which nobody reads the first. */
const chainLimit = 50;
const width = 4;

/** The events of a run and of those that it continues, oldest first, as far back as Temporal keeps them. */
export async function runsOf(runs: Runs, workflowId: string, runId: string): Promise<readonly HistoryEvent[]> {
  const events = [...(await runs.history(workflowId, runId))];
  for (let links = 1; links < chainLimit; links += 1) {
    const [first] = events;
    if (first?.event !== 'started' || first.continues === null) break;
    const { continues } = first;
    // What is past its retention cannot be told any more.
    if ((await runs.describe(workflowId, continues)) === null) break;
    events.unshift(...(await runs.history(workflowId, continues)));
  }
  return events;
}

/** The timeline of a run and of those that it continues, with what it did of its own accord. */
export async function eventsOf(runs: Runs, run: Run): Promise<TimelineEntry[]> {
  const [events, progress] = await Promise.all([
    runsOf(runs, run.workflowId, run.runId),
    lastProgress(runs, run, { isSilent: false }),
  ]);
  return inOrder([...describeRun(events), ...(progress === null ? [] : describeAudit(progress))]);
}

/** Everything that Temporal still knows of a name: its operations, leases, teardowns and changes, in the order of time. */
export async function historyOf(runs: Runs, nameOrId: string): Promise<StoryEntry[]> {
  const name = nameOf(nameOrId);
  const changes = (['environment', 'notebook'] as const).map((kind) => changeId(kind, name));
  const known = [...operationKinds.map((kind) => operationId(kind, name)), ...changes];
  const ids = known.map((id) => `"${id}"`).join(', ');
  const found: Run[] = [];
  for await (const run of runs.list(`WorkflowId IN (${ids})`)) found.push(run);
  if (found.length === 0) {
    throw new OperationNotFoundError(`Temporal knows nothing of ${name}`, {
      hint: '`maops env list` shows the names that it knows; `maops doctor`, which server was asked.',
    });
  }
  const workers = { isSilent: false };
  const stories = await pMap(
    found,
    async (run) => {
      const { workflowId, runId } = run;
      const [events, progress] = await Promise.all([runs.history(workflowId, runId), lastProgress(runs, run, workers)]);
      const entries = [...describeRun(events), ...(progress === null ? [] : describeAudit(progress))];
      return entries.map((entry) => ({ ...entry, workflowId, runId }));
    },
    { concurrency: width },
  );
  return inOrder(stories.flat());
}

/** The sort is stable: of what bears the same time, the events come in their own order. */
function inOrder<Entry extends TimelineEntry>(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.at.localeCompare(b.at));
}

/**
 * What a run has said of itself last; null where nobody can answer, because a history can be told without it. Workers that
 * did not answer once are not asked again, since each question waits. The audit of a continued run goes on in the next.
 */
async function lastProgress(runs: Runs, run: Run, workers: { isSilent: boolean }): Promise<Progress | null> {
  if (run.status === 'CONTINUED_AS_NEW') return null;
  const left = await leftProgress(runs, run);
  if (left !== null || workers.isSilent) return left;
  try {
    const answer = await runs.query<unknown>(run.workflowId, run.runId, progressQuery.name);
    return isProgress(answer) ? answer : null;
  } catch (error) {
    if (!(error instanceof OperationsError) || error instanceof UnreadableError) throw error;
    if (error instanceof WorkerUnreachableError) workers.isSilent = true;
    return null;
  }
}
