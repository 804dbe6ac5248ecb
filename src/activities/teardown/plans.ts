import { cancellationSignal } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../../contract/failures.js';
import { operationId } from '../../contract/ids.js';
import { progressQuery } from '../../contract/messages.js';
import type { Phase } from '../../contract/phases.js';
import type { NotebookProgress, PoolProgress, Progress } from '../../contract/progress.js';
import { type Inventory, type InventoryItem, type Ownership, ownersOf } from '../../domain/resource/inventory.js';
import { noUse, type PoolUse } from '../../domain/resource/pool-use.js';
import { isoTime } from '../../domain/rfc3339.js';
import { type Recheck, recheck } from '../../domain/sweep/recheck.js';
import type { SweepRules } from '../../domain/sweep/rules.js';
import { makePlan, type PlanQuestion } from '../../domain/teardown/make-plan.js';
import { type Plan, type PlanDraft, type PlanItem, partsOf } from '../../domain/teardown/plan.js';
import { creatingOperations } from '../../inventory/creating-operations.js';
import { readProject } from '../../inventory/reader.js';
import { planHash } from '../../spec/hash.js';
import { checkSweepRules } from '../../spec/sweep-rules.js';
import { isTemporalError } from '../../temporal/grpc-errors.js';
import { readOrFail } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { invalidSpec } from '../operation/arguments.js';
import { ask } from '../operation/ask-workflow.js';
import { ownershipActivities } from '../operation/ownership.js';
import { readJobs, readUse, type UseQuestion } from '../resource/pool-use.js';
import { workspacesInUse, workspacesOf } from '../resource/workspaces.js';
import { readPoolUses, usedPoolOf } from './pool-uses.js';

type Everything = Extract<PlanQuestion, { readonly about: 'everything' }>;

/** A sweep's plan, with the plan hash of each environment's part for its teardown. */
export interface SweepPlanning {
  readonly plan: Plan;
  readonly hashes: Readonly<Record<string, string>>;
  /** The checked rule for jobs. */
  readonly busy: SweepRules['busy'];
}

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
export function planActivities(deps: ActivityDeps) {
  const ownership = ownershipActivities(deps);

  async function readInventory(workspaceIds: readonly string[]): Promise<Inventory> {
    return await readOrFail(({ signal }) => readProject(deps, signal, workspaceIds));
  }

  async function readOwners({ items }: Inventory): Promise<Ownership[]> {
    const owners = ownersOf(items, deps.installation);
    return owners.length === 0 ? [] : await ownership.readOwnership({ owners, names: items.map(({ name }) => name) });
  }

  function plan(inventory: Inventory, question: PlanQuestion): Plan {
    return withHash(makePlan(inventory, deps.installation, question, deps.now()));
  }

  /** Reads the jobs of the pools that a plan without jobs would delete, and makes the plan with them. */
  async function planWithUses(inventory: Inventory, question: Everything): Promise<Plan> {
    const ignoringJobs = { ...question, useOf: () => noUse };
    const uses = await readPoolUses(deps, makePlan(inventory, deps.installation, ignoringJobs, deps.now()));
    return plan(inventory, { ...question, useOf: (poolId) => uses.get(poolId) ?? null });
  }

  async function planEverything(rules: SweepRules): Promise<{ inventory: Inventory; plan: Plan }> {
    const { ids, unasked } = await workspacesInUse(deps, cancellationSignal());
    const inventory = await readInventory(ids);
    const ownerships = await readOwners(inventory);
    // One run without a response must not block every sweep. Its unread resources are not deleted, and they make the
    // share greater.
    const complete = { ...inventory, unread: [...inventory.unread, ...unasked] };
    return { inventory, plan: await planWithUses(complete, { about: 'everything', ownerships, rules }) };
  }

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
     * Checks the rules of a sweep and makes its plan. A plan that is to be applied needs complete lists, so an unread
     * list is retried.
     */
    async planSweep(input: { rules: unknown; isReal: boolean }): Promise<SweepPlanning> {
      const rules = rulesOf(input.rules);
      const made = await planEverything(rules);
      if (input.isReal && made.inventory.unread.length > 0) throw unreadable(made.inventory);
      const named = partsOf(made.plan.items).flatMap(({ environment, items }) =>
        environment === null ? [] : [[environment, planHash(items)] as const],
      );
      return { plan: made.plan, hashes: Object.fromEntries(named), busy: rules.busy };
    },

    /** Checks planned items again just before their deletion. */
    async recheckItems(input: { rules: unknown; items: readonly PlanItem[] }): Promise<Recheck[]> {
      const { inventory, plan: fresh } = await planEverything(rulesOf(input.rules));
      return input.items.map((item) => recheck(item, inventory, fresh));
    },

    /**
     * Makes the plan of one name. With a hash, reports whether it is the reviewed plan: of the same name, or of a
     * sweep, whose reason must still hold. `caller` is the calling teardown, which does not count as an owner.
     */
    async planTeardown(input: { name: string; planHash: string | null; caller: string }): Promise<TeardownPlanning> {
      const { name } = input;
      // Without a known spec, the workspaces are those of the pools that are found.
      const workspaces = await workspacesOf(deps.temporal.workflow, name).catch(ignoreTemporal);
      const inventory = await readInventory(workspaces ?? []);
      const asked = plan(inventory, { about: 'name', name, creators: creatingOperations(name) });
      const alive = aliveIn(inventory, [
        ...asked.items,
        ...asked.kept.filter(({ environment }) => environment !== null),
      ]);
      const poolUse = await useOfPlanned(asked, name, workspaces ?? [], inventory.unread.length === 0);
      if (input.planHash === null || input.planHash === asked.hash)
        return { plan: asked, isAsPlanned: true, alive, poolUse };
      const lease = await ask<Progress>(deps.temporal.workflow, operationId('lease', name), progressQuery.name);
      const ownerships = (await readOwners(inventory)).map((ownership) =>
        withoutCaller(ownership, input.caller, lease?.phase ?? 'Leased'),
      );
      const swept = await planWithUses(inventory, { about: 'everything', ownerships, rules: anyReason, name });
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

function unreadable({ unread }: Inventory): ApplicationFailure {
  const message = `some lists could not be read: ${unread.join('; ')}`;
  const hint = 'Check with `maops doctor` whether ModelArts responds.';
  return makeFailure('ServiceUnavailable', message, { hint }, { retryable: true });
}

function rulesOf(document: unknown): SweepRules {
  const checked = checkSweepRules(document);
  if (!checked.ok) throw invalidSpec(checked.problems);
  return checked.rules;
}

function withHash(draft: PlanDraft): Plan {
  return { hash: planHash(draft.items), ...draft };
}

/** The ownership without the calling teardown. */
function withoutCaller(ownership: Ownership, caller: string, leasePhase: Phase): Ownership {
  if (!ownership.open.includes(caller)) return ownership;
  const open = ownership.open.filter((workflowId) => workflowId !== caller);
  const isLeased = open.includes(operationId('lease', ownership.name ?? ''));
  return { ...ownership, open, phase: isLeased ? leasePhase : null, isBeingRemoved: false };
}
