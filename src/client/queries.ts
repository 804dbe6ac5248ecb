import { operationId } from '../contract/ids.js';
import { specQuery } from '../contract/messages.js';
import { isSuccess } from '../contract/phases.js';
import type { Progress } from '../contract/progress.js';
import type { Spec } from '../contract/spec.js';
import type { PriceTable } from '../domain/price.js';
import { isOpen } from '../temporal/run-facts.js';
import type { OperationHandle } from './api-types.js';
import { type BulkScope, findOpen } from './bulk.js';
import type { OperationsDeps } from './deps.js';
import type { EnvironmentSummary } from './environment-summary.js';
import { OperationFailedError } from './errors.js';
import { type Explanation, explainRun } from './explanation.js';
import { type ResourceKindName, requireRun } from './find-run.js';
import { type FollowOptions, follow } from './follow.js';
import { fullHistory, type RunHistoryEntry, runHistory } from './history.js';
import {
  type DetailsOptions,
  detailEnvironments,
  type ListOptions,
  listEnvironments,
  listNames,
} from './list-environments.js';
import { progressOf } from './read-progress.js';
import type { HistoryEntry } from './run-events.js';
import type { Runs } from './temporal/run.js';

/** What can be read of operations, none of which changes anything. */
export function queries({ runs, pacer }: Pick<OperationsDeps, 'runs' | 'pacer'>) {
  return {
    /** The progress now. Without a worker it has only what Temporal stores. Throws OperationNotFoundError. */
    async progress(name: string, kind: ResourceKindName = 'env'): Promise<Progress> {
      return await progressOf(runs, await requireRun(runs, kind, name));
    },

    /** True when the newest run of a workflow id is open. */
    async isOpen(workflowId: string): Promise<boolean> {
      const run = await runs.describe(workflowId);
      return run !== null && isOpen(run);
    },

    /** The run that a name means now. Throws OperationNotFoundError. */
    async locate(name: string, kind: ResourceKindName = 'env'): Promise<OperationHandle> {
      const { workflowId, runId } = await requireRun(runs, kind, name);
      return { workflowId, runId };
    },

    /**
     * The progress now and at every change, until the operation has ended. Survives an outage of Temporal of five
     * minutes.
     */
    async *watch(
      name: string,
      options: FollowOptions & { readonly kind?: ResourceKindName } = {},
    ): AsyncGenerator<Progress> {
      const run = await requireRun(runs, options.kind ?? 'env', name);
      yield* follow(runs, run.workflowId, pacer, options);
    },

    /**
     * Waits for the end and returns the last progress. Throws OperationFailedError when the goal was not reached. A
     * name means its creating operation, never its lease.
     */
    result(
      name: string,
      options: { readonly signal?: AbortSignal; readonly kind?: ResourceKindName } = {},
    ): Promise<Progress> {
      return awaitResult(runs, name, options);
    },

    /**
     * One summary per environment, by name, from one Temporal list. Works for thousands of environments, and without a
     * worker. With `overdue`, only those with an overdue removal.
     */
    list(options?: ListOptions): Promise<EnvironmentSummary[]> {
      return listEnvironments(runs, options);
    },

    /**
     * As `list`, with the progress that the run of each environment reports. Asks every run, which takes 30 s for
     * 1,000.
     */
    details(options?: DetailsOptions): Promise<Progress[]> {
      return detailEnvironments(runs, options);
    },

    /** The names of environments, without querying a worker. */
    names(): Promise<string[]> {
      return listNames(runs);
    },

    /** The normalised spec; null before it has been checked, and for operations without one. */
    async spec(name: string, kind: ResourceKindName = 'env'): Promise<Spec | null> {
      const run = await requireRun(runs, kind, name);
      return (await runs.query(run.workflowId, run.runId, specQuery)) ?? null;
    },

    /**
     * Why an operation does not make progress: the failed call that is retried, what is billed meanwhile, and the
     * operation that it waits for. Costs need a price table.
     */
    async why(
      name: string,
      kind: ResourceKindName = 'env',
      { prices = null }: { readonly prices?: PriceTable | null } = {},
    ): Promise<Explanation> {
      return await explainRun(runs, await requireRun(runs, kind, name), { prices, now: pacer.now() });
    },

    /** The history of the newest run of an operation, and of the runs that it continues. Times are RFC 3339 UTC. */
    async history(
      name: string,
      kind: ResourceKindName = 'env',
    ): Promise<OperationHandle & { readonly entries: readonly HistoryEntry[] }> {
      const run = await requireRun(runs, kind, name);
      return { workflowId: run.workflowId, runId: run.runId, entries: await runHistory(runs, run) };
    },

    /** The history of all operations, leases, teardowns and changes of a name that Temporal keeps. */
    fullHistory(name: string): Promise<RunHistoryEntry[]> {
      return fullHistory(runs, name);
    },

    /** The open operations that a List Filter of Temporal finds. Throws InvalidQueryError. */
    matching(query: string, scope: BulkScope = 'everyone'): Promise<Progress[]> {
      return findOpen(runs, query, scope);
    },
  };
}

export async function awaitResult(
  runs: Runs,
  name: string,
  { kind = 'env', signal }: { readonly signal?: AbortSignal | undefined; readonly kind?: ResourceKindName },
): Promise<Progress> {
  const creating = await runs.describe(operationId(kind, name));
  const run = creating ?? (await requireRun(runs, kind, name));
  await runs.awaitEnd(run.workflowId, signal);
  const progress = await progressOf(runs, (await runs.describe(run.workflowId)) ?? run);
  if (!isSuccess(progress.phase)) throw new OperationFailedError(progress);
  return progress;
}
