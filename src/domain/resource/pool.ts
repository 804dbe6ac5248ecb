import { sameResource } from './identity.js';
import type { ResourceFacts, Verdict, WatchRules } from './observation.js';
import type { RemovalCommand } from './removal.js';

/** The content of a pool response as plain values, so that decisions need no API shapes. Its id is `metadata.name`. */
export interface PoolFacts extends ResourceFacts {
  /** `status.phase`; null while the service has not set one (docs/api/pools-and-flavors.md "2.2 Create"). */
  readonly phase: string | null;
  readonly message: string | null;
  /** `deletionTimestamp` is set; the phase may lag behind it. */
  readonly deleting: boolean;
  readonly workspaceId: string | null;
  /** Nodes by flavor that were asked for, from `spec.resources`. */
  readonly wanted: Readonly<Record<string, number>>;
  /** Nodes by flavor, from `status.resources`. */
  readonly available: Readonly<Record<string, number>>;
  readonly creating: Readonly<Record<string, number>>;
  readonly abnormal: Readonly<Record<string, number>>;
  /** Job types and their state, such as `Notebook: Enabling`. */
  readonly scopes: Readonly<Record<string, string>>;
  /** State of the GPU or NPU driver; null when the pool has none. */
  readonly driver: string | null;
}

/** What makes this pool usable. */
export interface PoolGoal {
  readonly nodes: Readonly<Record<string, number>>;
  readonly scopes: readonly string[];
  /** True when a driver was asked for: then a pool without one is not usable. */
  readonly driver: boolean;
  /** True when the pool is being removed: then only absence ends the wait. */
  readonly gone?: boolean;
}

export const poolGone: PoolGoal = { nodes: {}, scopes: [], driver: false, gone: true };

export function totalNodes(nodes: Readonly<Record<string, number>>): number {
  return Object.values(nodes).reduce((sum, count) => sum + count, 0);
}

/** Nodes by flavor that exist or are being created; the requested ones while the service reports none. */
export function billedNodes({ phase, wanted, available, creating, abnormal }: PoolFacts): Record<string, number> {
  if (phase === 'CreationFailed') return {};
  const billed: Record<string, number> = {};
  for (const nodes of [available, creating, abnormal])
    for (const [flavor, count] of Object.entries(nodes)) billed[flavor] = (billed[flavor] ?? 0) + count;
  return totalNodes(billed) > 0 ? billed : { ...wanted };
}

/** Counts nodes of all flavors, for progress. */
export function countNodes(
  facts: PoolFacts | null,
  goal: PoolGoal,
): { wanted: number; available: number; creating: number; abnormal: number } {
  return {
    wanted: totalNodes(goal.nodes),
    available: facts === null ? 0 : totalNodes(facts.available),
    creating: facts === null ? 0 : totalNodes(facts.creating),
    abnormal: facts === null ? 0 : totalNodes(facts.abnormal),
  };
}

/** Judges one observation. Only `Running` with every node, every scope and the driver is usable. */
export function judgePool(name: string, facts: PoolFacts | null, goal: PoolGoal): Verdict {
  if (facts === null) return { condition: 'absent', why: `pool ${name} does not exist` };
  if (facts.deleting || facts.phase === 'Deleting')
    return { condition: 'leaving', why: `pool ${name} is being deleted` };
  if (goal.gone === true) return { condition: 'pending', why: `pool ${name}: still ${facts.phase || 'there'}` };
  const because = facts.message ? `: ${facts.message}` : '';
  switch (facts.phase) {
    case null:
    case '':
      return { condition: 'pending', why: `pool ${name}: accepted, not started yet` };
    case 'Waiting':
      return { condition: 'pending', why: `pool ${name}: Waiting, an order to be paid or a request to be approved` };
    case 'Creating':
      return { condition: 'pending', why: `pool ${name}: ${describeNodes(facts, goal)}${describeScopes(facts, goal)}` };
    case 'CreationFailed':
      return { condition: 'failed', why: `pool ${name}: CreationFailed${because}` };
    case 'Abnormal':
    case 'Error':
    case 'ScalingFailed':
      return { condition: 'unhealthy', why: `pool ${name}: ${facts.phase}${because}; ${describeNodes(facts, goal)}` };
    case 'Running':
      return judgeRunning(name, facts, goal);
    default:
      return { condition: 'pending', why: `pool ${name}: unknown phase ${facts.phase}; ${describeNodes(facts, goal)}` };
  }
}

function judgeRunning(name: string, facts: PoolFacts, goal: PoolGoal): Verdict {
  const failedScope = goal.scopes.find((scope) => facts.scopes[scope] === 'EnableFailed');
  if (failedScope !== undefined)
    return { condition: 'unhealthy', why: `pool ${name}: scope ${failedScope} EnableFailed` };
  if (facts.driver === 'Abnormal') return { condition: 'unhealthy', why: `pool ${name}: driver Abnormal` };
  const missing = Object.entries(goal.nodes).some(([flavor, wanted]) => (facts.available[flavor] ?? 0) < wanted);
  if (missing && totalNodes(facts.creating) === 0 && totalNodes(facts.abnormal) > 0) {
    return { condition: 'unhealthy', why: `pool ${name}: ${describeNodes(facts, goal)}` };
  }
  const scopesEnabled = goal.scopes.every((scope) => facts.scopes[scope] === 'Enabled');
  const driverRuns = facts.driver === null ? !goal.driver : facts.driver === 'Running';
  if (missing || !scopesEnabled) {
    return { condition: 'pending', why: `pool ${name}: ${describeNodes(facts, goal)}${describeScopes(facts, goal)}` };
  }
  if (!driverRuns)
    return {
      condition: 'pending',
      why: `pool ${name}: all nodes available; driver ${facts.driver ?? 'not reported yet'}`,
    };
  return { condition: 'usable', why: `pool ${name} is usable: ${describeNodes(facts, goal)}` };
}

function describeNodes(facts: PoolFacts, goal: PoolGoal): string {
  const { wanted, available, creating, abnormal } = countNodes(facts, goal);
  const parts = [`${available} of ${wanted} nodes available`];
  if (creating > 0) parts.push(`${creating} creating`);
  if (abnormal > 0) parts.push(`${abnormal} abnormal`);
  return parts.join(', ');
}

function describeScopes(facts: PoolFacts, goal: PoolGoal): string {
  return goal.scopes
    .filter((scope) => facts.scopes[scope] !== 'Enabled')
    .map((scope) => `; scope ${scope} ${facts.scopes[scope] ?? 'not reported yet'}`)
    .join('');
}

export const poolRules: WatchRules<PoolFacts, PoolGoal> = {
  judge: judgePool,
  stateChanged: (before, after) =>
    before.phase !== after.phase ||
    before.deleting !== after.deleting ||
    sameResource(before, after) === 'other' ||
    before.driver !== after.driver ||
    !sameRecord(before.scopes, after.scopes),
  countsChanged: (before, after) =>
    !sameRecord(before.available, after.available) ||
    !sameRecord(before.creating, after.creating) ||
    !sameRecord(before.abnormal, after.abnormal) ||
    before.message !== after.message,
  isNearlyUsable: ({ available }, { nodes }) =>
    Object.entries(nodes).every(([flavor, wanted]) => (available[flavor] ?? 0) >= wanted),
};

/** True while no job can run on it: it has no available node. */
export function isUnusable({ available }: PoolFacts): boolean {
  return totalNodes(available) === 0;
}

/** A pool that is being deleted needs no command. */
export function nextPoolRemoval({ deleting, phase }: PoolFacts): RemovalCommand | 'wait' {
  return deleting || phase === 'Deleting' ? 'wait' : 'delete';
}

/**
 * The service derives a pool's id from its name and the project (docs/api/pools-and-flavors.md "1. Shape of the API").
 */
export function poolIdOf(name: string, projectId: string): string {
  return `${name}-${projectId}`;
}

function sameRecord<T>(a: Readonly<Record<string, T>>, b: Readonly<Record<string, T>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
