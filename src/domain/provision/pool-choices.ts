import type { Choice } from '../resource/flavor.js';
import type { PoolGoal } from '../resource/pool.js';

/** The parts of a pool's spec that decide which nodes it gets and when it is usable. */
export interface PoolNodeSpec {
  readonly type: 'Dedicate' | 'Logical';
  readonly flavors?: readonly string[];
  readonly count?: number;
  readonly resources?: readonly {
    readonly flavor: string;
    readonly count: number;
    readonly azs?: readonly { readonly az: string; readonly count: number }[];
  }[];
  readonly scope: readonly string[];
  readonly driver?: { readonly gpuVersion?: string; readonly npuVersion?: string };
}

/** The ways to create the pool, first choice first: one per flavor, or the one in `resources`. */
export function poolChoices(pool: PoolNodeSpec): Choice[] {
  if (pool.resources !== undefined) return [{ resources: pool.resources }];
  return (pool.flavors ?? []).map((flavor) => ({ resources: [{ flavor, count: pool.count ?? 1 }] }));
}

/** What makes a pool of this choice usable. */
export function goalOf(pool: PoolNodeSpec, choice: Choice): PoolGoal {
  const nodes: Record<string, number> = {};
  for (const { flavor, count } of choice.resources) nodes[flavor] = (nodes[flavor] ?? 0) + count;
  const driver = pool.driver?.gpuVersion !== undefined || pool.driver?.npuVersion !== undefined;
  return { nodes, scopes: pool.scope, driver };
}
