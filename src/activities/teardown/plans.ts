import { cancellationSignal } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../../contract/failures.js';
import { operationId } from '../../contract/ids.js';
import { progressQuery } from '../../contract/messages.js';
import type { Phase } from '../../contract/phases.js';
import type { NotebookProgress, PoolProgress, Progress } from '../../contract/progress.js';
import { type Recheck, recheck } from '../../domain/provision/recheck.js';
import { type Inventory, type InventoryItem, type Ownership, ownersOf } from '../../domain/resource/inventory.js';
import { isoTime } from '../../domain/rfc3339.js';
import type { SweepRules } from '../../domain/sweep/rules.js';
import { makePlan, type PlanQuestion } from '../../domain/teardown/make-plan.js';
import { type Plan, type PlanDraft, type PlanItem, partsOf } from '../../domain/teardown/plan.js';
import { creatingOperations } from '../../inventory/creating-operations.js';
import { readProject } from '../../inventory/reader.js';
import { planHash } from '../../spec/hash.js';
import { checkSweepRules } from '../../spec/sweep-rules.js';
import { isTemporalError } from '../../temporal/grpc-errors.js';
import { reading } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { invalidSpec } from '../operation/arguments.js';
import { ask } from '../operation/ask-workflow.js';
import { ownershipActivities } from '../operation/ownership.js';
import { workspacesInUse, workspacesOf } from '../resource/workspaces.js';

/** A sweep's plan, with the hash under which a teardown takes each name's part of it. */
export interface SweepPlanning {
  readonly plan: Plan;
  readonly hashes: Readonly<Record<string, string>>;
}

/** What a teardown would delete, and whether that is what it was told to. */
export interface TeardownPlanning {
  readonly plan: Plan;
  readonly isAsPlanned: boolean;
  /** What of the name is alive, whether or not it would be deleted. */
  readonly alive: Pick<Progress, 'pool' | 'notebook'>;
}

/** Lets everything go that has a reason: what a sweep has planned already is only compared. */
const anything: SweepRules = {
  protect: { names: [], labels: {}, workspaces: [], minAgeMs: 0 },
  orphans: { minAgeMs: 0 },
  idle: { afterMs: 0 },
  maxShare: 1,
};

/** Activities that make plans. Each reads all that its plan rests on, the owners after the inventory, so that neither fills the history. */
export function planActivities(deps: ActivityDeps) {
  const asking = ownershipActivities(deps);

  async function readInventory(workspaceIds: readonly string[]): Promise<Inventory> {
    return await reading(({ signal }) => readProject(deps, signal, workspaceIds));
  }

  async function readOwners({ items }: Inventory): Promise<Ownership[]> {
    const owners = ownersOf(items, deps.installation);
    return owners.length === 0 ? [] : await asking.readOwnership({ owners, names: items.map(({ name }) => name) });
  }

  function plan(inventory: Inventory, question: PlanQuestion): Plan {
    return withHash(makePlan(inventory, deps.installation, question, deps.now()));
  }

  async function planEverything(rules: SweepRules): Promise<{ inventory: Inventory; plan: Plan }> {
    const { ids, unasked } = await workspacesInUse(deps, cancellationSignal());
    const inventory = await readInventory(ids);
    const ownerships = await readOwners(inventory);
    // One run that stands still must not end all sweeping: what is not seen is not deleted, and makes the share greater.
    const told = { ...inventory, unread: [...inventory.unread, ...unasked] };
    return { inventory, plan: plan(told, { about: 'everything', ownerships, rules }) };
  }

  return {
    /**
     * Checks the rules of a sweep and makes its plan; changes nothing. One that is to be carried out is made of everything:
     * while a list cannot be read it is tried again.
     */
    async planSweep(input: { rules: unknown; isReal: boolean }): Promise<SweepPlanning> {
      const made = await planEverything(rulesOf(input.rules));
      if (input.isReal && made.inventory.unread.length > 0) throw unreadable(made.inventory);
      const named = partsOf(made.plan.items).flatMap(({ environment, items }) =>
        environment === null ? [] : [[environment, planHash(items)] as const],
      );
      return { plan: made.plan, hashes: Object.fromEntries(named) };
    },

    /** Looks at planned items once more, just before they would be deleted. */
    async recheckItems(input: { rules: unknown; items: readonly PlanItem[] }): Promise<Recheck[]> {
      const { inventory, plan: fresh } = await planEverything(rulesOf(input.rules));
      return input.items.map((item) => recheck(item, inventory, fresh));
    },

    /**
     * Makes the plan of one name. With a hash it says whether it is the plan that was made before: by the same name, or by a
     * sweep, whose reason must still hold. `caller` is the teardown that asks, which does not count as an owner.
     */
    async planTeardown(input: { name: string; planHash: string | null; caller: string }): Promise<TeardownPlanning> {
      const { name } = input;
      // Where nobody knows a spec, the pools tell of their workspaces.
      const workspaces = await workspacesOf(deps.temporal.workflow, name).catch(ignoreTemporal);
      const inventory = await readInventory(workspaces ?? []);
      const asked = plan(inventory, { about: 'name', name, makers: creatingOperations(name) });
      const alive = aliveIn(inventory, [
        ...asked.items,
        ...asked.kept.filter(({ environment }) => environment !== null),
      ]);
      if (input.planHash === null || input.planHash === asked.hash) return { plan: asked, isAsPlanned: true, alive };
      const lease = await ask<Progress>(deps.temporal.workflow, operationId('lease', name), progressQuery.name);
      const ownerships = (await readOwners(inventory)).map((ownership) =>
        withoutCaller(ownership, input.caller, lease?.phase ?? 'Leased'),
      );
      const swept = plan(inventory, { about: 'everything', ownerships, rules: anything, name });
      cancellationSignal().throwIfAborted();
      const isAsPlanned = swept.hash === input.planHash;
      return { plan: isAsPlanned ? swept : asked, isAsPlanned, alive };
    },
  };
}

function ignoreTemporal(error: unknown): null {
  if (!isTemporalError(error)) throw error;
  return null;
}

/** What is alive of the planned items, as progress shows it. */
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

/** A list tells how many nodes are billed, and not how far each one is. */
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

/** The ownership as it was before the caller itself opened. */
function withoutCaller(ownership: Ownership, caller: string, leasePhase: Phase): Ownership {
  if (!ownership.open.includes(caller)) return ownership;
  const open = ownership.open.filter((workflowId) => workflowId !== caller);
  const isLeased = open.includes(operationId('lease', ownership.name ?? ''));
  return { ...ownership, open, phase: isLeased ? leasePhase : null, isBeingRemoved: false };
}
