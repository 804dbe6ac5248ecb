import { cancellationActivities } from './cancellation.js';
import { claimActivities } from './claims.js';
import { conflictActivities } from './conflicts.js';
import type { ActivityDeps } from './deps.js';
import { feasibilityActivities } from './feasibility.js';
import { flavorActivities } from './flavors.js';
import { handoverActivities } from './handover.js';
import { inventoryActivities } from './inventory.js';
import { leaseActivities } from './leases.js';
import { notebookActivities } from './notebooks.js';
import { operationActivities } from './operations.js';
import { planActivities } from './plans.js';
import { poolActivities } from './pools.js';
import { protectionActivities } from './protection.js';
import { specActivities } from './specs.js';
import { startedActivities } from './started.js';
import { webhookActivities } from './webhooks.js';

/** All activities of the worker, built from what they talk to; each makes one API call, or one bounded wait. */
export function createActivities(deps: ActivityDeps) {
  return {
    ...specActivities(deps),
    ...feasibilityActivities(deps),
    ...poolActivities(deps),
    ...flavorActivities(deps),
    ...notebookActivities(deps),
    ...operationActivities(deps),
    ...cancellationActivities(deps),
    ...handoverActivities(deps),
    ...inventoryActivities(deps),
    ...claimActivities(deps),
    ...conflictActivities(deps),
    ...protectionActivities(deps),
    ...leaseActivities(deps),
    ...webhookActivities(deps),
    ...startedActivities(deps),
    ...planActivities(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;

/**
 * Activities that may hold their slot for minutes: waits, and readings of the whole project. They run on a task queue of
 * their own, so that they never delay a create, a delete or an operator's command.
 */
export const waitActivities = [
  'awaitPool',
  'awaitNotebook',
  'awaitCapacity',
  'seeProtection',
  'callOff',
  'awaitSpec',
  'awaitOperation',
  'followOperation',
  'readInventory',
  'readClaims',
  'lookAgain',
  'planTeardown',
  'planSweep',
  'recheckItems',
] as const satisfies readonly (keyof Activities)[];

export type WaitActivity = (typeof waitActivities)[number];
