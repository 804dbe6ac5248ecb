import { parseOperationId } from '../contract/ids.js';
import type { Progress } from '../contract/progress.js';
import { overdueAttribute } from '../contract/search-attributes.js';
import { chooseRun } from './name.js';
import { progressOfEach } from './read-progress.js';
import type { Run, Runs } from './temporal/run.js';

/** Everything that can stand for an environment; the order of its ids is the order in which open runs count. */
const kinds = ['teardown', 'env', 'lease'] as const;
const query = 'WorkflowType IN ("teardownEnvironment", "provisionPoolThenLaunchNotebook", "leaseEnvironment")';
const isOverdue = `ExecutionStatus = "Running" AND ${overdueAttribute.name} = true`;
/** Queries under way at once: enough to be quick, few enough for one worker to answer. */
const width = 16;

/**
 * One progress for each environment, by name: of its open run, else of its newest closed one. With `overdue`, only
 * environments with a removal that is overdue.
 */
export async function listEnvironments(runs: Runs, { overdue = false } = {}): Promise<Progress[]> {
  const newest = new Map<string, Map<string, Run>>();
  for await (const run of runs.list(overdue ? `${query} AND ${isOverdue}` : query)) {
    const id = parseOperationId(run.workflowId);
    if (id === null || !kinds.some((kind) => kind === id.kind)) continue;
    const known = newest.get(id.name) ?? new Map<string, Run>();
    const other = known.get(id.kind);
    if (other === undefined || other.startedAt <= run.startedAt) known.set(id.kind, run);
    newest.set(id.name, known);
  }
  const names = [...newest.keys()].sort();
  const chosen = names.map((name) => chooseRun(kinds.map((kind) => newest.get(name)?.get(kind) ?? null)));
  const listed = await progressOfEach(
    runs,
    chosen.filter((run) => run !== null),
    width,
  );
  // A run whose document had no name has failed on that: it made nothing, and stands for no environment.
  return listed.filter(({ name }) => name !== '');
}

/** The names of environments; quick, because Temporal alone is asked. */
export async function listNames(runs: Runs): Promise<string[]> {
  const names = new Set<string>();
  for await (const run of runs.list(query)) {
    const id = parseOperationId(run.workflowId);
    if (id !== null) names.add(id.name);
  }
  return [...names].sort();
}
