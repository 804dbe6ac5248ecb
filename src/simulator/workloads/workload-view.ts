import type { CurrentNotebookRecord } from '../current-notebooks/record.js';
import { lagOf } from '../faults/outcomes.js';
import { type Json, type JsonObject, present } from '../json.js';
import type { NotebookRecord, PoolRecord, WorkloadRecord } from '../records.js';
import type { Call, World } from '../world.js';

const NOTEBOOK_STATUS: Readonly<Record<string, string>> = {
  CREATING: 'Creating',
  STARTING: 'Creating',
  CREATE_QUEUING: 'Queue',
  START_QUEUING: 'Queue',
  RUNNING: 'Running',
  UNAVAILABLE: 'Abnormal',
  STOPPING: 'Terminating',
};

/** A row of the list of workloads, before it is formatted. */
export type WorkloadRow = Omit<WorkloadRecord, 'overrides' | 'hidden' | 'visibleAt'>;

/** The visible jobs of a pool, and its notebooks with `workloadsListNotebooks`. */
export function visibleWorkloads(world: World, pool: PoolRecord, call: Call): WorkloadRow[] {
  const jobs = visibleJobs(world, call).filter((job) => job.poolUid === pool.uid);
  const { notebooks, currentNotebooks } = world.state;
  const listed = world.behavior.workloadsListNotebooks ? [...notebooks, ...currentNotebooks] : [];
  return [...jobs, ...listed.filter((notebook) => notebook.pool?.id === pool.id).flatMap(notebookRow(pool))];
}

/** All visible jobs. A `listLag` fault on the read hides those that became visible within its time. */
export function visibleJobs(world: World, call: Call): WorkloadRecord[] {
  const until = world.clock.now() - lagOf(call);
  return world.state.workloads.filter(({ status, visibleAt }) => status !== '' && visibleAt <= until);
}

/** A job in the list of workloads (docs/api/workloads-and-operations.md "2.2 W1 row"). Durations are in seconds. */
export function workloadView(world: World, pool: PoolRecord, job: WorkloadRow): JsonObject {
  const now = world.clock.now();
  const { id, uid, name, type, status, userName, flavor, createdAt, startedAt, endedAt } = job;
  const nodes = pool.nodes.filter((node) => job.nodeNames.includes(node.name));
  const queued = world.state.workloads.filter((other) => other.poolUid === pool.uid && other.status === 'Queue');
  const position = queued.findIndex((other) => other.uid === uid);
  const requirement = requirementOf(world, pool, job);
  return present({
    kind: 'Workload',
    apiVersion: 'v1',
    type,
    namespace: pool.id,
    name: `modelarts-job-${id}`,
    uid: id,
    jobName: name,
    jobUUID: id,
    status,
    userName,
    flavor: flavor === '' ? undefined : flavor,
    priority: '1',
    resourceRequirement: requirement,
    runningDuration: startedAt === undefined ? 0 : seconds((endedAt ?? now) - startedAt),
    pendingDuration: seconds((startedAt ?? endedAt ?? now) - createdAt),
    pendingPosition: position < 0 ? -1 : position + 1,
    createTime: createdAt,
    gvk: 'batch.volcano.sh/v1alpha1, Kind=Job',
    hostIps: nodes.map(({ ip }) => ip).join(','),
    nodes: nodes.map(({ ip }) => ({ hostIp: ip, resourceRequirement: requirement })),
    isDeleted: 'false',
  });
}

/** What a job needs of each node: a quarter of its cores and memory, and all its cards. */
export function requirementOf(world: World, pool: PoolRecord, job: WorkloadRow): Record<string, string> {
  const names = [job.flavor, pool.nodes[0]?.flavor, pool.spec.resources[0]?.flavor];
  const flavor = names.flatMap((name) => world.catalogue.poolFlavors.filter((one) => one.name === name))[0];
  if (flavor === undefined) return {};
  return {
    cpu: `${Number(flavor.cpu) / 4} Cores`,
    memory: `${Number.parseInt(flavor.memory, 10) / 4} GiB`,
    ...(flavor.gpu === undefined ? {} : { 'nvidia.com/gpu': flavor.gpu.size }),
    ...(flavor.npu === undefined ? {} : { 'huawei.com/ascend-1980': flavor.npu.size }),
  };
}

function notebookRow(pool: PoolRecord): (notebook: NotebookRecord | CurrentNotebookRecord) => WorkloadRow[] {
  return ({ id, uid, name, status, userId, userName, workspaceId, createdAt }) => {
    const word = NOTEBOOK_STATUS[status];
    if (word === undefined) return [];
    const about = { id, uid, name, userId, userName, workspaceId, createdAt, poolId: pool.id, poolUid: pool.uid };
    const startedAt = word === 'Running' ? { startedAt: createdAt } : {};
    return [{ ...about, ...startedAt, type: 'notebook', status: word, flavor: '', nodeCount: 1, nodeNames: [] }];
  };
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}

/** The names of the kinds in the `workload` block of the runtime metrics. */
export function countByType(jobs: readonly Pick<WorkloadRecord, 'type'>[]): Json {
  const count = (type: string) => jobs.filter((job) => job.type === type).length;
  return {
    train: count('train'),
    infer: count('infer'),
    notebook: count('notebook'),
    'x-infer': count('x-infer'),
    warmUpTask: 0,
    sum: jobs.length,
  };
}
