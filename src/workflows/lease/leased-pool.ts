import type { UseQuestion } from '../../activities/resource/pool-use.js';
import type { Operation } from '../operation/operation.js';
import type { LeaseState } from './state.js';

/** The leased pool, as its jobs are read; null without a pool. */
export function leasedPool({ state, identity }: Operation<LeaseState>): UseQuestion | null {
  const { pool, notebooks, workspaceIds, removed = [] } = state.resources;
  if (pool === null) return null;
  const { env, pool: alone, notebook } = identity.owners;
  const ownNotebooks = [...notebooks, ...removed].map(({ id }) => id);
  return { id: pool.id, name: state.progress.name, owners: [env, alone, notebook], workspaceIds, ownNotebooks };
}
