import { cancellationSignal } from '@temporalio/activity';
import { operationId } from '../../contract/ids.js';
import { progressQuery } from '../../contract/messages.js';
import type { Phase } from '../../contract/phases.js';
import type { NotebookProgress, PoolProgress, Progress } from '../../contract/progress.js';
import type { Inventory, InventoryItem, Ownership } from '../../domain/resource/inventory.js';
import type { PoolUse } from '../../domain/resource/pool-use.js';
import { isoTime } from '../../domain/rfc3339.js';
import type { SweepRules } from '../../domain/sweep/rules.js';
import type { Plan, PlanItem } from '../../domain/teardown/plan.js';
import { creatingOperations } from '../../spec/hash.js';
import { isTemporalError } from '../../temporal/grpc-errors.js';
import type { ActivityDeps } from '../deps.js';
import { ask } from '../operation/ask-workflow.js';
import { readJobs, readUse, type UseQuestion } from '../resource/pool-use.js';
import { workspacesOf } from '../resource/workspaces.js';
import { planner } from './planner.js';
import { usedPoolOf } from './pool-uses.js';

/** The plan of a teardown, and whether it is the requested one. */
export interface TeardownPlanning {
  readonly plan: Plan;
  readonly isAsPlanned: boolean;
  /** The existing resources of the name, whether or not they would be deleted. */
  readonly alive: Pick<Progress, 'pool' | 'notebook'>;
  /** The pool of the plan and its use; null without a pool. */
  readonly poolUse: { readonly pool: UseQuestion; readonly use: PoolUse } | null;
}

/** Rules that delete every resource with a reason. They only serve to compare with the plan of a sweep. */
const anyReason: SweepRules = {
  protect: { names: [], labels: {}, workspaces: [], minAgeMs: 0 },
  orphans: { minAgeMs: 0 },
  idle: { afterMs: 0 },
  busy: 'delete',
  maxShare: 1,
};

/**
 * Activities that make plans. Each reads the inventory and then the owners itself, so that neither is in the history.
 */
export function teardownPlanActivities(deps: ActivityDeps) {
  const plans = planner(deps);

  /** The use of the pool that a teardown would delete. One pool at most has the id that belongs to the name. */
  async function useOfPlanned(
    { items }: Plan,
    name: string,
    workspaceIds: readonly string[],
    isComplete: boolean,
  ): Promise<TeardownPlanning['poolUse']> {
    const planned = items.find(({ kind }) => kind === 'pool');
    if (planned === undefined) return null;
    const owners = creatingOperations(name).map(({ owner }) => owner);
    const found = usedPoolOf(planned, items);
    const pool = { ...found, owners, workspaceIds: [...new Set([...workspaceIds, ...(found.workspaceIds ?? [])])] };
    // The inventory has the notebooks of all users, unless one of its lists could not be read.
    return { pool, use: await (isComplete ? readJobs(deps, pool) : readUse(deps, pool)) };
  }

  return {
    /**
     * Makes the plan of one name. With a hash, reports whether it is the reviewed plan: of the same name, or of a
     * sweep, whose reason must still hold. `caller` is the calling teardown, which does not count as an owner.
     */
    async planTeardown(input: { name: string; planHash: string | null; caller: string }): Promise<TeardownPlanning> {
      const { name } = input;
      // Without a known spec, the workspaces are those of the pools that are found.
      const workspaces = await workspacesOf(deps.temporal.workflow, name).catch(ignoreTemporal);
      const inventory = await plans.readInventory(workspaces ?? []);
      const creating = creatingOperations(name);
      const creators = creating.map(({ owner }) => owner);
      const asked = plans.plan(inventory, { about: 'name', name, creators: creating });
      const alive = aliveIn(inventory, [
        ...asked.items,
        ...asked.kept.filter(({ environment }) => environment !== null),
      ]);
      const poolUse = await useOfPlanned(asked, name, workspaces ?? [], inventory.unread.length === 0);
      if (input.planHash === null || input.planHash === asked.hash)
        return { plan: asked, isAsPlanned: true, alive, poolUse };
      const lease = await ask<Progress>(deps.temporal.workflow, operationId('lease', name), progressQuery.name);
      const ownerships = (await plans.readOwners(inventory, creators)).map((ownership) =>
        withoutCaller(ownership, input.caller, lease?.phase ?? 'Leased'),
      );
      const swept = await plans.planWithUses(inventory, { about: 'everything', ownerships, rules: anyReason, name });
      cancellationSignal().throwIfAborted();
      const isAsPlanned = swept.hash === input.planHash;
      return { plan: isAsPlanned ? swept : asked, isAsPlanned, alive, poolUse };
    },
  };
}

function ignoreTemporal(error: unknown): null {
  if (!isTemporalError(error)) throw error;
  return null;
}

/** The planned items that exist, as progress shows them. */
function aliveIn({ items, at }: Inventory, planned: readonly PlanItem[]): TeardownPlanning['alive'] {
  const find = (kind: PlanItem['kind']) =>
    items.find((item) => planned.some((one) => one.kind === kind && item.kind === kind && one.id === item.id));
  const observedAt = isoTime(at);
  const [pool, notebook] = [find('pool'), find('notebook')];
  return {
    pool: pool === undefined ? null : listedPool(pool, observedAt),
    notebook: notebook === undefined ? null : listedNotebook(notebook, observedAt),
  };
}

/** A list has the number of billed nodes, but not the state of each. */
function listedPool({ id, state, flavors, isProtected }: InventoryItem, observedAt: string): PoolProgress {
  const billed = Object.values(flavors).reduce((sum, count) => sum + count, 0);
  const nodes = { wanted: billed, available: billed, creating: 0, abnormal: 0 };
  return { id, phase: state, nodes, scopes: {}, driver: null, flavors, protected: isProtected, observedAt };
}

function listedNotebook({ id, state, isProtected }: InventoryItem, observedAt: string): NotebookProgress {
  return { id, status: state, url: null, autoStopAt: null, protected: isProtected, observedAt };
}

/** The ownership without the calling teardown. */
function withoutCaller(ownership: Ownership, caller: string, leasePhase: Phase): Ownership {
  if (!ownership.open.includes(caller)) return ownership;
  const open = ownership.open.filter((workflowId) => workflowId !== caller);
  const isLeased = open.includes(operationId('lease', ownership.name ?? ''));
  return { ...ownership, open, phase: isLeased ? leasePhase : null, isBeingRemoved: false };
}
