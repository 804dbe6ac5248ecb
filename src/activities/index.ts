import { inventoryActivities } from './audit/inventory.js';
import { surveyActivities } from './audit/survey.js';
import { protectionActivities } from './change/protection.js';
import type { ActivityDeps } from './deps.js';
import { leaseActivities } from './lease/leases.js';
import { runTimeActivities } from './lease/run-time.js';
import { transferActivities } from './lease/transfer.js';
import { argumentActivities } from './operation/arguments.js';
import { cancelAndAwaitActivities } from './operation/cancel-and-await.js';
import { cancellationActivities } from './operation/cancellation.js';
import { childOperationActivities } from './operation/child-operations.js';
import { ownershipActivities } from './operation/ownership.js';
import { webhookActivities } from './operation/webhooks.js';
import { validationActivities } from './provision/validate.js';
import { conflictActivities } from './resource/conflicts.js';
import { currentNotebookActivities } from './resource/current-notebooks.js';
import { flavorActivities } from './resource/flavors.js';
import { notebookApiActivities } from './resource/notebook-apis.js';
import { notebookActivities } from './resource/notebooks.js';
import { poolUseActivities } from './resource/pool-use.js';
import { poolActivities } from './resource/pools.js';
import { sweepPlanActivities } from './sweep/plans.js';
import { teardownPlanActivities } from './teardown/plans.js';
import { countedWait } from './waits.js';

function allActivities(deps: ActivityDeps) {
  return {
    ...argumentActivities(deps),
    ...validationActivities(deps),
    ...poolActivities(deps),
    ...poolUseActivities(deps),
    ...flavorActivities(deps),
    ...notebookActivities(deps),
    ...currentNotebookActivities(deps),
    ...notebookApiActivities(deps),
    ...transferActivities(deps),
    ...cancellationActivities(deps),
    ...cancelAndAwaitActivities(deps),
    ...inventoryActivities(deps),
    ...surveyActivities(deps),
    ...ownershipActivities(deps),
    ...conflictActivities(deps),
    ...protectionActivities(deps),
    ...leaseActivities(deps),
    ...runTimeActivities(deps),
    ...webhookActivities(deps),
    ...childOperationActivities(deps),
    ...teardownPlanActivities(deps),
    ...sweepPlanActivities(deps),
  };
}

export type Activities = ReturnType<typeof allActivities>;
type Activity = (input: never) => Promise<unknown>;

/** All activities of the worker: one write with the reads that guard it, one question, or one bounded wait each. */
export function createActivities(deps: ActivityDeps): Activities {
  const activities = allActivities(deps);
  const waits = waitActivities.map((name): [string, Activity] => {
    const activity: Activity = activities[name];
    return [name, countedWait(deps.waitLoad, activity)];
  });
  return Object.assign(activities, Object.fromEntries(waits));
}

/**
 * Activities that may hold their slot for minutes: waits, and readings of the whole project. They run on a task queue
 * of their own, so that they never delay a create, a delete or an operator's command.
 */
export const waitActivities = [
  'observePool',
  'observeNotebook',
  'observeCurrentNotebook',
  'awaitPoolUse',
  'awaitCapacity',
  'seeProtection',
  'cancelAndAwait',
  'awaitSpec',
  'awaitOperation',
  'followOperation',
  'readInventory',
  'readOwnership',
  'surveyProject',
  'auditPage',
  'findOrphans',
  'planTeardown',
  'planSweep',
  'planPage',
  'readPlanPage',
  'recheckItems',
] as const satisfies readonly (keyof Activities)[];

export type WaitActivity = (typeof waitActivities)[number];
