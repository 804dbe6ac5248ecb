import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../../contract/failures.js';
import type { Inventory } from '../../domain/resource/inventory.js';
import { parseMarker } from '../../domain/resource/marker.js';
import { type PlanPage, pageOf, withinLimits } from '../../domain/sweep/pages.js';
import { type Recheck, recheck } from '../../domain/sweep/recheck.js';
import type { SweepRules } from '../../domain/sweep/rules.js';
import { type Plan, type PlanItem, partsOf } from '../../domain/teardown/plan.js';
import { planHash } from '../../spec/hash.js';
import { checkSweepRules } from '../../spec/sweep-rules.js';
import { readRecorded } from '../../temporal/recorded-results.js';
import type { ActivityDeps } from '../deps.js';
import { invalidSpec } from '../operation/arguments.js';
import { workspacesInUse } from '../resource/workspaces.js';
import { Snapshots } from '../snapshots.js';
import { planner } from '../teardown/planner.js';

/** A sweep's plan, with the plan hash of each environment's part for its teardown. */
export interface SweepPlanning {
  /** Partial where it is too large for one result; then `hashes` is empty. */
  readonly plan: Plan;
  readonly hashes: Readonly<Record<string, string>>;
  /** The checked rule for jobs. */
  readonly busy: SweepRules['busy'];
}

/** A page of the plan with the wanted hash, or the hash of the plan as it is now. */
export type PlannedPage =
  | { readonly page: PlanPage; readonly hash: string }
  | { readonly page: null; readonly hash: string };

/** The rules as a person writes them, and whether the plan is to be applied. */
export interface SweepQuestion {
  readonly rules: unknown;
  readonly isReal: boolean;
}

/** Activities of a sweep. Each reads the inventory and then the owners itself, so that neither is in the history. */
export function sweepPlanActivities(deps: ActivityDeps) {
  const plans = planner(deps);
  const snapshots = new Snapshots<Plan>(deps.now);

  /** Makes a plan of everything; with `owners`, only of what carries one of these hashes. */
  async function planEverything(
    rules: SweepRules,
    owners: readonly string[] | null = null,
  ): Promise<{ inventory: Inventory; plan: Plan }> {
    const { ids, unasked } = await workspacesInUse(deps, cancellationSignal());
    const inventory = await plans.readInventory(ids);
    const ownerships = await plans.readOwners(inventory, owners);
    // One run without a response must not block every sweep. Its unread resources are not deleted, and they make the
    // share greater.
    const complete = { ...inventory, unread: [...inventory.unread, ...unasked] };
    return { inventory, plan: await plans.planWithUses(complete, { about: 'everything', ownerships, rules }) };
  }

  /** A plan that is to be applied needs complete lists, so an unread list is retried. */
  async function planOf({ rules, isReal }: SweepQuestion): Promise<Plan> {
    const made = await planEverything(rulesOf(rules));
    if (isReal && made.inventory.unread.length > 0) throw unreadable(made.inventory);
    return made.plan;
  }

  return {
    /** Checks the rules of a sweep and makes its plan. */
    async planSweep(input: SweepQuestion): Promise<SweepPlanning> {
      const { busy } = rulesOf(input.rules);
      const whole = await snapshots.renew(ownRun(), () => planOf(input));
      const plan = withinLimits(whole);
      if (plan.partial === true) return { plan, hashes: {}, busy };
      snapshots.drop(ownRun());
      const named = partsOf(plan.items).flatMap(({ environment, items }) =>
        environment === null ? [] : [[environment, planHash(items)] as const],
      );
      return { plan, hashes: Object.fromEntries(named), busy };
    },

    /**
     * The page of a large plan that begins at `after`. A plan with another hash than the first page has no such page.
     */
    async planPage(input: SweepQuestion & { hash: string; after: number }): Promise<PlannedPage> {
      const plan = await snapshots.kept(ownRun(), () => planOf(input));
      const { hash } = plan;
      if (hash !== input.hash) {
        snapshots.drop(ownRun());
        return { page: null, hash };
      }
      const page = pageOf(plan, planHash, input.after);
      if (page.next === null) snapshots.drop(ownRun());
      return { page, hash };
    },

    /** Reads a page of the plan from the history of the run that recorded it. */
    async readPlanPage(input: { workflowId: string; runId: string; index: number }): Promise<PlanPage> {
      const { workflowId, runId, index } = input;
      const pages = await readRecorded(deps.temporal.workflow, { workflowId, runId }, 'planPage').catch(lostAsNone);
      const recorded = pages[index];
      if (!isPlannedPage(recorded) || recorded.page === null) throw lostPage(runId);
      return recorded.page;
    },

    /** Checks planned items again just before their deletion. */
    async recheckItems(input: { rules: unknown; items: readonly PlanItem[] }): Promise<Recheck[]> {
      const { items } = input;
      const owners = items.map(({ marker }) => parseMarker(marker)?.owner ?? '');
      const { inventory, plan: fresh } = await planEverything(rulesOf(input.rules), owners);
      return items.map((item) => recheck(item, inventory, fresh));
    },
  };
}

/** All pages of a plan are of one workflow id, over continue-as-new. */
function ownRun(): string {
  return activityInfo().workflowExecution?.workflowId ?? '';
}

function isPlannedPage(value: unknown): value is PlannedPage {
  return typeof value === 'object' && value !== null && 'page' in value && 'hash' in value;
}

function lostAsNone(error: unknown): readonly unknown[] {
  if (error instanceof WorkflowNotFoundError) return [];
  throw error;
}

function lostPage(runId: string): ApplicationFailure {
  const message = `Temporal no longer has the rest of the plan, which run ${runId} recorded`;
  const hint = 'The retention of the namespace is shorter than the sweep. Make a new plan with `maops sweep plan`.';
  return makeFailure('PlanChanged', message, { hint });
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
