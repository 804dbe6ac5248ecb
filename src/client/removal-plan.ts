import type { Connection } from '@temporalio/client';
import type { Spec } from '../contract/spec.js';
import { parseMarker } from '../domain/resource/marker.js';
import { type Job, mergeUses, noUse, type PoolUse, plannedJobs } from '../domain/resource/pool-use.js';
import { makePlan } from '../domain/teardown/make-plan.js';
import type { PlanItem } from '../domain/teardown/plan.js';
import { readPoolUse, type UseReader } from '../inventory/pool-use.js';
import { type ReaderDeps, readProject } from '../inventory/reader.js';
import type { ModelArts } from '../modelarts/client.js';
import { ModelArtsError } from '../modelarts/errors.js';
import { realSleep } from '../modelarts/timing.js';
import { creatingOperations, planHash } from '../spec/hash.js';
import { readInstallation } from '../temporal/installation.js';

/** One resource that a teardown would delete or leave. */
export interface RemovalItem extends PlanItem {
  readonly action: 'delete' | 'leave';
  /** The rule that keeps it; null when it is to be deleted. */
  readonly rule: string | null;
  /** Workflow id of the operation that created it; null for a foreign resource. */
  readonly owner: string | null;
}

/** The plan of a teardown as the worker would make it. */
export interface RemovalPlan {
  /** A teardown with this hash deletes exactly this plan. */
  readonly hash: string;
  readonly items: readonly RemovalItem[];
  /** The lists that could not be read; there may be more resources than `items`. */
  readonly unread: readonly string[];
  /** Jobs in use on the pools to delete. They are not in the hash. */
  readonly jobs: readonly Job[];
  /** Why the jobs could not be read, one line each. Without `withJobs` a teardown then ends `Busy`. */
  readonly jobsUnread: readonly string[];
}

export interface RemovalQuestion {
  readonly name: string;
  readonly installation: string;
  /** Workspaces to search besides the default one. */
  readonly workspaceIds: readonly string[];
}

/** Makes the plan of a name with the code of the worker and the reads of this process, so that no worker is needed. */
export async function planRemoval(
  deps: ReaderDeps & { readonly modelarts: UseReader },
  { name, installation, workspaceIds }: RemovalQuestion,
  signal: AbortSignal,
): Promise<RemovalPlan> {
  const inventory = await readProject(deps, signal, workspaceIds);
  const creating = creatingOperations(name);
  const { items, kept, unread } = makePlan(
    inventory,
    installation,
    { about: 'name', name, creators: creating },
    deps.now(),
  );
  const ownerOf = ({ marker }: PlanItem) => {
    const read = parseMarker(marker);
    if (read?.installation !== installation) return null;
    return creating.find(({ owner }) => owner === read.owner)?.workflowId ?? null;
  };
  const { use, failures } = await readUses(deps.modelarts, items, workspaceIds, signal);
  return {
    hash: planHash(items),
    items: [
      ...items.map((item): RemovalItem => ({ ...item, action: 'delete', rule: null, owner: ownerOf(item) })),
      ...kept.map((item): RemovalItem => ({ ...item, action: 'leave', owner: ownerOf(item) })),
    ],
    unread: [...unread, ...failures],
    jobs: use.jobs.slice(0, plannedJobs),
    jobsUnread: use.unknown,
  };
}

/** The use of the pools to delete. A read that fails is reported: the worker repeats it. */
async function readUses(
  modelarts: UseReader,
  items: readonly PlanItem[],
  workspaceIds: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly use: PoolUse; readonly failures: readonly string[] }> {
  const failures: string[] = [];
  const ownNotebooks = items.filter(({ kind }) => kind === 'notebook').map(({ id }) => id);
  const pools = items.filter(({ kind }) => kind === 'pool');
  const uses = pools.map(async ({ id, workspaceId }) => {
    const own = workspaceId === null ? [] : [workspaceId];
    const pool = { id, workspaceIds: [...workspaceIds, ...own], ownNotebooks };
    return await readPoolUse(modelarts, pool, { signal }).catch((error: unknown) => {
      if (!(error instanceof ModelArtsError) || error.kind === 'auth' || signal.aborted) throw error;
      if (error.kind !== 'notFound') failures.push(error.message);
      return noUse;
    });
  });
  return { use: mergeUses(await Promise.all(uses)), failures };
}

interface Reading {
  readonly operations: { spec(name: string): Promise<Spec | null> };
  readonly connection: Connection;
  readonly namespace: string;
  /** @defaultValue derived from the namespace when null */
  readonly installation: string | null;
  readonly modelarts: ModelArts;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The plan of a name, read with the settings of this process. */
export async function readRemovalPlan(reading: Reading, name: string): Promise<RemovalPlan> {
  const { operations, connection, namespace, modelarts, now, signal } = reading;
  const installation = await readInstallation(connection, namespace, reading.installation);
  const spec = await operations.spec(name).catch(() => null);
  const workspaces = [spec?.pool?.workspaceId, spec?.notebook?.workspaceId].filter((id) => id !== undefined);
  const question = { name, installation, workspaceIds: [...new Set(workspaces)] };
  return await planRemoval({ modelarts, now, sleep: realSleep }, question, signal);
}
