import type { World } from '../world.js';

/** Whether a pool can take notebooks. `noScope`: it does not have the job type `Notebook`. */
type PoolReadiness = 'ready' | 'unknown' | 'noScope' | 'initializing';

/**
 * The readiness of a pool for the notebooks of both APIs (docs/api/notebooks-current.md "13. With a dedicated pool").
 */
export function poolReadiness(world: World, id: string): PoolReadiness {
  const pool = world.state.pools.find((candidate) => candidate.id === id && candidate.phase !== 'CreationFailed');
  if (pool === undefined) return 'unknown';
  const scope = pool.scopes.find((candidate) => candidate.scopeType === 'Notebook');
  if (scope === undefined && world.behavior.notebookNeedsScope) return 'noScope';
  const usable = pool.phase === 'Running' && pool.nodes.some((node) => node.phase === 'Available');
  return usable && (scope === undefined || scope.state === 'Enabled') ? 'ready' : 'initializing';
}
