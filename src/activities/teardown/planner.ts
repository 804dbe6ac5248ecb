import type { Inventory, Ownership } from '../../domain/resource/inventory.js';
import { ownersOf } from '../../domain/resource/inventory.js';
import { noUse } from '../../domain/resource/pool-use.js';
import { makePlan, type PlanQuestion } from '../../domain/teardown/make-plan.js';
import type { Plan, PlanDraft } from '../../domain/teardown/plan.js';
import { readProject } from '../../inventory/reader.js';
import { planHash } from '../../spec/hash.js';
import { readOrFail } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { ownershipReader } from '../operation/ownership.js';
import { readPoolUses } from './pool-uses.js';

type Everything = Extract<PlanQuestion, { readonly about: 'everything' }>;

/** Reads the facts of a plan and makes it. The lists stay inside the activity, so that none is in a history. */
export function planner(deps: ActivityDeps) {
  const ownership = ownershipReader(deps);

  function plan(inventory: Inventory, question: PlanQuestion): Plan {
    return withHash(makePlan(inventory, deps.installation, question, deps.now()));
  }

  return {
    plan,

    async readInventory(workspaceIds: readonly string[]): Promise<Inventory> {
      return await readOrFail(({ signal }) => readProject(deps, signal, workspaceIds));
    },

    /** The ownership of these owner hashes, as far as a resource has them; without a list, of all. */
    async readOwners({ items }: Inventory, of: readonly string[] | null = null): Promise<Ownership[]> {
      const owners = ownersOf(items, deps.installation).filter((owner) => of?.includes(owner) !== false);
      if (owners.length === 0) return [];
      return await ownership.read(owners, await ownership.resolve(owners, [...new Set(items.map(({ name }) => name))]));
    },

    /** Reads the jobs of the pools that a plan without jobs would delete, and makes the plan with them. */
    async planWithUses(inventory: Inventory, question: Everything): Promise<Plan> {
      const ignoringJobs = { ...question, useOf: () => noUse };
      const uses = await readPoolUses(deps, makePlan(inventory, deps.installation, ignoringJobs, deps.now()));
      return plan(inventory, { ...question, useOf: (poolId) => uses.get(poolId) ?? null });
    },
  };
}

function withHash(draft: PlanDraft): Plan {
  return { hash: planHash(draft.items), ...draft };
}
