import { parseOperationId } from '../contract/ids.js';
import type { Progress } from '../contract/progress.js';
import { overdueAttribute } from '../contract/search-attributes.js';
import { chooseRun } from './find-run.js';
import { progressOfEach } from './read-progress.js';
import type { Run, Runs } from './temporal/run.js';

/** The operations of an environment, in order of precedence while they are open. */
const kinds = ['teardown', 'env', 'lease'] as const;
const query = 'WorkflowType IN ("teardownEnvironment", "provisionPoolThenLaunchNotebook", "leaseEnvironment")';
const isOverdue = `ExecutionStatus = "Running" AND ${overdueAttribute.name} = true`;
/** Enough to be quick, and few enough for one worker. */
const concurrency = 16;

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
    concurrency,
  );
  // A run whose document had no name has created nothing.
  return listed.filter(({ name }) => name !== '');
}

/** The names of environments; quick, because no worker is queried. */
export async function listNames(runs: Runs): Promise<string[]> {
  const names = new Set<string>();
  for await (const run of runs.list(query)) {
    const id = parseOperationId(run.workflowId);
    if (id !== null) names.add(id.name);
  }
  return [...names].sort();
}
