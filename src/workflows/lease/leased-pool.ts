import type { UseQuestion } from '../../activities/resource/pool-use.js';
import type { Operation } from '../operation/operation.js';
import { usedPool } from '../resource/pool-in-use.js';
import type { LeaseState } from './state.js';

/** The leased pool, as its jobs are read; null without a pool. */
export function leasedPool({ state, identity }: Operation<LeaseState>): UseQuestion | null {
  return usedPool(state.progress.name, identity.owners, state.resources);
}
