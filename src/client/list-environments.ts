import { parseOperationId } from '../contract/ids.js';
import type { Progress } from '../contract/progress.js';
import { overdueAttribute } from '../contract/search-attributes.js';
import { type EnvironmentSummary, summaryOf } from './environment-summary.js';
import { chooseRun } from './find-run.js';
import { progressOfEach } from './read-progress.js';
import type { Run, Runs } from './temporal/run.js';

/** The operations of an environment, in order of precedence while they are open. */
const kinds = ['teardown', 'env', 'lease'] as const;
const types = 'WorkflowType IN ("teardownEnvironment", "provisionPoolThenLaunchNotebook", "leaseEnvironment")';
/** A run that was continued has a newer one. */
const query = `${types} AND ExecutionStatus != "ContinuedAsNew"`;
const isOverdue = `ExecutionStatus = "Running" AND ${overdueAttribute.name} = true`;
/** Enough to be quick, and few enough for one worker. */
const concurrency = 16;

export interface ListOptions {
  /** Only environments with a removal that is overdue. @defaultValue false */
  readonly overdue?: boolean;
}

export interface DetailsOptions extends ListOptions {
  /** Called after each environment with the numbers of those that were asked, and of all. */
  readonly onAsked?: (asked: number, all: number) => void;
}

/**
 * One summary for each environment, by name: of its open run, else of its newest closed one. One list of Temporal,
 * however many environments there are; no worker is asked.
 */
export async function listEnvironments(runs: Runs, options: ListOptions = {}): Promise<EnvironmentSummary[]> {
  const listed = (await listRuns(runs, options)).map(summaryOf);
  return listed.filter(isNamed);
}

/**
 * As `listEnvironments`, with the progress that each run reports. Takes a query, and a worker's cache, for each
 * environment.
 */
export async function detailEnvironments(runs: Runs, options: DetailsOptions = {}): Promise<Progress[]> {
  const { onAsked = () => undefined } = options;
  const listed = await listRuns(runs, options);
  let asked = 0;
  const progresses = await progressOfEach(runs, listed, concurrency, () => {
    asked += 1;
    onAsked(asked, listed.length);
  });
  return progresses.filter(isNamed);
}

/** A run whose document had no name has created nothing. */
function isNamed({ name }: Pick<Progress, 'name'>): boolean {
  return name !== '';
}

/** The run that each name means, by name. */
async function listRuns(runs: Runs, { overdue = false }: ListOptions): Promise<Run[]> {
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
  return chosen.filter((run) => run !== null);
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
