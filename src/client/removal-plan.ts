import type { Connection } from '@temporalio/client';
import type { Spec } from '../contract/spec.js';
import { parseMarker } from '../domain/resource/marker.js';
import { makePlan } from '../domain/teardown/make-plan.js';
import type { PlanItem } from '../domain/teardown/plan.js';
import { creatingOperations } from '../inventory/creating-operations.js';
import { type ReaderDeps, readProject } from '../inventory/reader.js';
import type { ModelArts } from '../modelarts/client.js';
import { realSleep } from '../modelarts/timing.js';
import { planHash } from '../spec/hash.js';
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
}

export interface RemovalQuestion {
  readonly name: string;
  readonly installation: string;
  /** Workspaces to search besides the default one. */
  readonly workspaceIds: readonly string[];
}

/** Makes the plan of a name with the code of the worker and the reads of this process, so that no worker is needed. */
export async function planRemoval(
  deps: ReaderDeps,
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
  return {
    hash: planHash(items),
    items: [
      ...items.map((item): RemovalItem => ({ ...item, action: 'delete', rule: null, owner: ownerOf(item) })),
      ...kept.map((item): RemovalItem => ({ ...item, action: 'leave', owner: ownerOf(item) })),
    ],
    unread,
  };
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
