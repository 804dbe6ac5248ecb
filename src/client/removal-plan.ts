import { parseMarker } from '../domain/resource/marker.js';
import { makePlan } from '../domain/teardown/make-plan.js';
import type { PlanItem } from '../domain/teardown/plan.js';
import { creatingOperations } from '../inventory/creating-operations.js';
import { type ReaderDeps, readProject } from '../inventory/reader.js';
import { planHash } from '../spec/hash.js';

/** One resource that a teardown would delete, or has to leave. */
export interface RemovalItem extends PlanItem {
  readonly action: 'delete' | 'leave';
  /** What keeps it; null when nothing does. */
  readonly rule: string | null;
  /** Workflow id of the operation that made it; null for a foreign one. */
  readonly owner: string | null;
}

/** The plan of a teardown as the worker would make it. */
export interface RemovalPlan {
  /** Goes on with exactly this plan. */
  readonly hash: string;
  readonly items: readonly RemovalItem[];
  /** What could not be read: there may be more than the items. */
  readonly unread: readonly string[];
}

export interface RemovalQuestion {
  readonly name: string;
  readonly installation: string;
  /** Workspaces besides the default one that notebooks may be in. */
  readonly workspaceIds: readonly string[];
}

/** Makes the plan of a name by the worker's own code, over this side's reads, so that it can be seen without a worker. */
export async function planRemoval(
  deps: ReaderDeps,
  { name, installation, workspaceIds }: RemovalQuestion,
  signal: AbortSignal,
): Promise<RemovalPlan> {
  const inventory = await readProject(deps, signal, workspaceIds);
  const makers = creatingOperations(name);
  const { items, kept, unread } = makePlan(inventory, installation, { about: 'name', name, makers }, deps.now());
  const ownerOf = ({ marker }: PlanItem) => {
    const read = parseMarker(marker);
    if (read?.installation !== installation) return null;
    return makers.find(({ owner }) => owner === read.owner)?.workflowId ?? null;
  };
  return {
    hash: planHash(items),
    items: [
      ...items.map((item): RemovalItem => ({ ...item, action: 'delete', rule: null, owner: ownerOf(item) })),
      ...kept.map((item): RemovalItem => ({ ...item, action: 'leave', owner: ownerOf(item) })),
    ],
    unread,
  };
}
