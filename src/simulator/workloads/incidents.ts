import { badRequest } from '../errors.js';
import { failWorkloads } from '../lifecycles/workload-lifecycle.js';
import type { PoolRecord, WorkloadIncident, WorkloadRecord } from '../records.js';
import type { Call, World } from '../world.js';

const KEPT = 10_000;

/**
 * Fails the jobs that a call hits, and records it. A DELETE is refused instead with `deletePoolInUse: 'refuse'`
 * (docs/api/workloads-and-operations.md "2.5 What DELETE of a pool does to them").
 */
export function disturbWorkloads(
  world: World,
  pool: PoolRecord,
  jobs: readonly WorkloadRecord[],
  call: Call,
  cause: WorkloadIncident['cause'],
): void {
  const refused = cause === 'delete' && world.behavior.deletePoolInUse === 'refuse';
  const at = world.clock.now();
  for (const { id, name, type, status, userName, createdAt, visibleAt } of jobs) {
    world.state.workloadIncidents.push({
      at,
      cause,
      outcome: refused ? 'refused' : 'killed',
      by: call.user.name,
      poolId: pool.id,
      workload: { id, name, type, status, userName, createdAt, visibleAt },
    });
  }
  world.state.workloadIncidents.splice(0, world.state.workloadIncidents.length - KEPT);
  if (refused && jobs.length > 0) throw badRequest(`the pool is in use by ${jobs.length} workloads.`);
  failWorkloads(world, jobs, at);
}

/** The scope of a pool that a kind of job needs. */
export function scopeOf(type: string): string {
  return type === 'train' ? 'Train' : type === 'notebook' ? 'Notebook' : 'Infer';
}
