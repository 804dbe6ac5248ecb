import { operationId, operationKinds } from '../contract/ids.js';
import { eachOf } from '../inventory/lanes.js';
import { OperationNotFoundError } from './errors.js';
import type { HistoryEvent } from './history-event.js';
import { nameOf } from './name.js';
import type { Run, Runs } from './runs.js';
import { type TimelineEntry, tellTimeline } from './timeline.js';

/** An entry of an environment's whole story says whose it is. */
export interface StoryEntry extends TimelineEntry {
  readonly workflowId: string;
  readonly runId: string;
}

/** How many runs back a chain of continue-as-new is followed: the histories of years, of which nobody reads the first. */
const chainLimit = 50;
const width = 4;

/** The events of a run and of those that it continues, oldest first, as far back as Temporal keeps them. */
export async function chainOf(runs: Runs, workflowId: string, runId: string): Promise<readonly HistoryEvent[]> {
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

/** Everything that Temporal still knows of a name: its operations, leases and teardowns, in the order of time. */
export async function storyOf(runs: Runs, nameOrId: string): Promise<StoryEntry[]> {
  const name = nameOf(nameOrId);
  const ids = operationKinds.map((kind) => `"${operationId(kind, name)}"`).join(', ');
  const found: Run[] = [];
  for await (const run of runs.list(`WorkflowId IN (${ids})`)) found.push(run);
  if (found.length === 0) {
    throw new OperationNotFoundError(`Temporal knows nothing of ${name}`, {
      hint: '`maops env list` shows the names that it knows.',
    });
  }
  const stories = await eachOf(found, width, async ({ workflowId, runId }) =>
    tellTimeline(await runs.history(workflowId, runId)).map((entry) => ({ ...entry, workflowId, runId })),
  );
  return stories.flat().sort((a, b) => a.at.localeCompare(b.at));
}
