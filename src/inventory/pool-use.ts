import { isInUse, type Job, type PoolUse, useOf } from '../domain/resource/pool-use.js';
import { isoTime } from '../domain/rfc3339.js';
import type { ModelArts } from '../modelarts/client.js';
import { isUnpublished, ModelArtsError } from '../modelarts/errors.js';
import type { RequestOptions } from '../modelarts/request-options.js';
import { UnreadableRowsError } from '../modelarts/resources/workloads.js';
import type { Workload } from '../modelarts/schemas/workload.js';

/** The calls that show who uses a pool. */
export type UseReader = Pick<ModelArts, 'pools' | 'workloads' | 'trainingJobs' | 'services'>;

/** A pool, and what is known of it. */
export interface UsedPool {
  readonly id: string;
  /** Workspaces besides the default one that its jobs may be in. */
  readonly workspaceIds?: readonly string[];
  /** Ids of notebooks that are deleted with the pool. The service may list them as workloads. */
  readonly ownNotebooks?: readonly string[];
}

const defaultWorkspace = '0';
/** The documented phases of a training job in use; at most 10 values are allowed in a filter. */
const livePhases = ['Creating', 'Pending', 'Running', 'Terminating', 'Abnormal'];
/** Statuses of a service that uses nothing. Any other word counts as in use. */
const finishedServices = ['STOPPED', 'FAILED', 'FINISHED', 'DELETING', 'DELETED'];

/**
 * Reads who uses a pool (docs/api/workloads-and-operations.md "2.4 What"). The workloads decide, and are read last, so
 * that the result is as new as possible. Training jobs and services add jobs where they can be read. Throws errors that
 * a repetition may fix, rejected credentials, and `notFound` for a pool that does not exist.
 */
export async function readPoolUse(
  { pools, workloads, trainingJobs, services }: UseReader,
  pool: UsedPool,
  options: Pick<RequestOptions, 'signal' | 'onSent'>,
): Promise<PoolUse> {
  const { id, workspaceIds = [], ownNotebooks = [] } = pool;
  const jobs: Job[] = [];
  const workspaces = [defaultWorkspace, ...workspaceIds.filter((workspaceId) => workspaceId !== defaultWorkspace)];
  for (const workspaceId of new Set(workspaces)) {
    const filters = [
      { key: 'pool_id', operator: 'in', value: [id] },
      { key: 'phase', operator: 'in', value: livePhases },
    ] as const;
    const search = { offset: 0, limit: 50, workspace_id: workspaceId, filters: filters.map(mutable) };
    const found = await whereReadable(() => trainingJobs.search(search, options));
    for (const { metadata, status, spec } of found?.items ?? []) {
      // A filter that the service ignores must not keep a pool for a job on another one.
      if ((spec?.resource?.pool_id ?? id) !== id || !isInUse(status?.phase)) continue;
      const { id: jobId, name, user_name: userName, user_id: userId, create_time: createdAt } = metadata ?? {};
      const owner = userName ?? userId ?? null;
      const since = timeText(createdAt);
      jobs.push(job(id, { id: jobId, name, kind: 'train', owner, status: status?.phase ?? null, since }));
    }
  }
  const served = await whereReadable(() => services.list({ pool_id: id, limit: 500 }, options));
  for (const service of served?.items ?? []) {
    if (finishedServices.includes(service.status?.toUpperCase() ?? '')) continue;
    const owner = service.user_name ?? service.user_id ?? null;
    const [serviceId, name] = [service.id ?? service.service_id, service.name ?? service.service_name];
    const since = timeText(service.create_at);
    jobs.push(job(id, { id: serviceId, name, kind: 'infer', owner, status: service.status ?? null, since }));
  }
  const unknown: string[] = [];
  let lastEndedAt = 0;
  try {
    for await (const row of workloads.list(id, {}, options)) {
      if (isOwnNotebook(row, ownNotebooks)) continue;
      if (isInUse(row.status)) jobs.push(jobOf(id, row));
      // A job with an unknown end may have ended just now.
      else lastEndedAt = Math.max(lastEndedAt, endOf(row) ?? Number.MAX_SAFE_INTEGER);
    }
  } catch (error) {
    if (!isMissing(error) && !isUnreadable(error)) throw error;
    // A pool that is gone has no jobs, even where its jobs can never be read.
    await pools.show(id, options);
    unknown.push(error.message);
  }
  return useOf(jobs, unknown, lastEndedAt);
}

/** A 404 without a known code: either the pool does not exist, or this call does not. */
function isMissing(error: unknown): error is ModelArtsError {
  return error instanceof ModelArtsError && error.kind === 'notFound';
}

/**
 * Whether a repetition of a read would fail again: a missing right, an API that the region lacks, or unreadable rows.
 */
export function isUnreadable(error: unknown): error is ModelArtsError {
  if (error instanceof UnreadableRowsError || isUnpublished(error)) return true;
  return error instanceof ModelArtsError && (error.kind === 'permission' || error.kind === 'rejected');
}

/** The result of an optional read; null where this account or region cannot read it. */
async function whereReadable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    // A service that does not respond may respond later, and rejected credentials end every read.
    const isTransient =
      !(error instanceof ModelArtsError) || ['throttled', 'unavailable', 'transport', 'auth'].includes(error.kind);
    if (isTransient) throw error;
    return null;
  }
}

/** A notebook row that stands for a notebook that is deleted with the pool. */
function isOwnNotebook({ type, jobUUID }: Workload, own: readonly string[]): boolean {
  return type === 'notebook' && jobUUID !== undefined && own.includes(jobUUID);
}

/** When a finished job ended (epoch ms): its durations are seconds. */
function endOf({ createTime, pendingDuration, runningDuration }: Workload): number | null {
  if (createTime === undefined || runningDuration === undefined) return null;
  return createTime + 1_000 * ((pendingDuration ?? 0) + runningDuration);
}

function jobOf(resource: string, row: Workload): Job {
  return job(resource, {
    id: row.jobUUID ?? row.uid ?? row.name,
    name: row.jobName ?? row.name,
    kind: row.type ?? row.gvk ?? 'unknown',
    owner: row.userName ?? null,
    status: row.status ?? null,
    since: timeText(row.createTime),
  });
}

type Described = Omit<Job, 'resource' | 'id' | 'name'> & {
  readonly id: string | undefined;
  readonly name: string | undefined;
};

function job(resource: string, { id, name, ...rest }: Described): Job {
  const known = id ?? name;
  // Two jobs without an id must not count as one.
  const identity = known ?? `unnamed ${rest.kind} ${rest.since ?? ''}`;
  return { resource, id: identity, name: name ?? identity, ...rest };
}

function timeText(ms: number | undefined): string | null {
  return ms === undefined ? null : isoTime(ms);
}

function mutable({ key, operator, value }: { key: string; operator: 'in'; value: readonly string[] }) {
  return { key, operator, value: [...value] };
}
