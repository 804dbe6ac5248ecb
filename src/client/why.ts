import type { PriceTable } from '../domain/price.js';
import { type Explanation, explain } from './explanation.js';
import { runsOf } from './history.js';
import { progressOf } from './read-progress.js';
import { inTheWayOf } from './retrying.js';
import type { Run, Runs } from './temporal/run.js';

interface Question {
  readonly prices: PriceTable | null;
  readonly now: number;
}

/** Explains a run and, where it awaits the end of another, the one that is in its way. */
export async function whyOf(
  runs: Runs,
  run: Run,
  question: Question,
  visited: readonly string[] = [],
): Promise<Explanation> {
  const path = [...visited, run.workflowId];
  const [progress, events] = await Promise.all([progressOf(runs, run), runsOf(runs, run.workflowId, run.runId)]);
  const next = (await inTheWayOf(runs, progress)).filter(({ workflowId }) => !path.includes(workflowId));
  const explained = await Promise.all(next.map((one) => whyOf(runs, one, question, path)));
  // Of several, one that has trouble tells more than one that makes progress.
  const inTheWay = explained.find(hasTrouble) ?? explained[0] ?? null;
  return explain({ progress, run, events, prices: question.prices, inTheWay }, question.now);
}

function hasTrouble({ retrying, inTheWay }: Explanation): boolean {
  return retrying !== null || (inTheWay !== null && hasTrouble(inTheWay));
}
