import type { PoolRecord, ScheduledTransition, WorkloadRecord } from '../records.js';
import type { World } from '../world.js';
import { schedule } from './schedule.js';
import { scheduleNext, type Transition } from './transitions.js';

/**
 * The lifecycle of a job (docs/api/workloads-and-operations.md "15. Simulator"). `Abnormal` is left only through the
 * control plane.
 */
const WORKLOAD_TRANSITIONS: readonly Transition[] = [
  { track: 'status', from: 'Queue', to: 'Pending', after: 'workloadQueue' },
  { track: 'status', from: 'Pending', to: 'Creating', after: 'workloadPending' },
  { track: 'status', from: 'Creating', to: 'Running', after: 'workloadCreate' },
  { track: 'status', from: 'Terminating', to: 'Terminated', after: 'workloadTerminate' },
  { track: 'status', from: 'Completed', to: 'Gone', after: 'workloadKept' },
  { track: 'status', from: 'Terminated', to: 'Gone', after: 'workloadKept' },
  { track: 'status', from: 'Failed', to: 'Gone', after: 'workloadKept' },
];

/** The documented statuses. */
export const WORKLOAD_STATUSES = [
  'Queue',
  'Pending',
  'Creating',
  'Running',
  'Abnormal',
  'Terminating',
  'Completed',
  'Terminated',
  'Failed',
] as const;

const FINISHED = ['Completed', 'Terminated', 'Failed', 'Gone'];

/** Whether a job holds or awaits resources. A job that has not started does not. */
export function isLive({ status }: Pick<WorkloadRecord, 'status'>): boolean {
  return status !== '' && !FINISHED.includes(status);
}

/** The jobs that hold or await resources of a pool, visible or not. */
export function liveWorkloads(world: World, pool: PoolRecord): WorkloadRecord[] {
  return world.state.workloads.filter((job) => job.poolUid === pool.uid && isLive(job));
}

/** Applies a scheduled transition, unless the job has left the state in which it was scheduled. */
export function applyToWorkload(world: World, job: WorkloadRecord, item: ScheduledTransition): void {
  if (job.status !== item.from) return;
  // A pool that is deleted by now takes no jobs.
  const pool = world.state.pools.find(({ uid }) => uid === job.poolUid);
  const refused = item.from === '' && (pool === undefined || pool.phase === 'Deleting');
  enterWorkloadStatus(world, job, refused ? 'Gone' : item.to, item.at);
}

/** Moves a job to a status, applies its effects and schedules the next transition. */
export function enterWorkloadStatus(world: World, job: WorkloadRecord, status: string, at: number): void {
  job.status = status;
  if (status === 'Gone') {
    world.state.workloads = world.state.workloads.filter((other) => other !== job);
    return;
  }
  if (status === 'Creating' || status === 'Running') takeNodes(world, job);
  if (status === 'Running') job.startedAt ??= at;
  if (FINISHED.includes(status)) {
    job.endedAt ??= at;
    job.nodeNames = [];
  }
  scheduleNext(world, WORKLOAD_TRANSITIONS, { kind: 'workload', record: job, track: 'status', state: status, at });
}

/** Starts a job at a time in the future, in a status. */
export function startLater(world: World, job: WorkloadRecord, status: string, at: number): void {
  schedule(world, { at, kind: 'workload', uid: job.uid, track: 'status', key: '', from: '', to: status });
}

/** Fails jobs whose pool, nodes or scope are gone. */
export function failWorkloads(world: World, jobs: readonly WorkloadRecord[], at: number): void {
  for (const job of jobs) enterWorkloadStatus(world, job, 'Failed', at);
}

/** Assigns the available nodes with the fewest jobs. */
function takeNodes(world: World, job: WorkloadRecord): void {
  const pool = world.state.pools.find(({ uid }) => uid === job.poolUid);
  if (pool === undefined || job.nodeNames.length > 0) return;
  const live = liveWorkloads(world, pool);
  const jobsOn = (name: string) => live.filter(({ nodeNames }) => nodeNames.includes(name)).length;
  const names = pool.nodes.filter(({ phase }) => phase === 'Available').map(({ name }) => name);
  job.nodeNames = names.sort((a, b) => jobsOn(a) - jobsOn(b)).slice(0, job.nodeCount);
}
