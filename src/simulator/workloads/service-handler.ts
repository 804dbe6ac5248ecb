import { badRequest } from '../errors.js';
import type { Json } from '../json.js';
import { matchesQuery, offsetPage } from '../list-query.js';
import type { WorkloadRecord } from '../records.js';
import type { Call, HandlerResult, World } from '../world.js';
import { visibleJobs } from './workload-view.js';

const MOST = 500;
const USUAL = 10;

const STATUS: Readonly<Record<string, string>> = {
  Queue: 'DEPLOYING',
  Pending: 'DEPLOYING',
  Creating: 'DEPLOYING',
  Running: 'RUNNING',
  Abnormal: 'CONCERNING',
  Terminating: 'STOPPING',
  Completed: 'STOPPED',
  Terminated: 'STOPPED',
  Failed: 'FAILED',
};

/**
 * GET services (docs/api/workloads-and-operations.md "2.6 Other look-ups for the same question"). `offset` is a
 * multiple of `limit`.
 */
export function listServices(world: World, call: Call): HandlerResult {
  const { query } = call;
  const services = visibleJobs(world, call).filter(
    (job) =>
      (job.type === 'infer' || job.type === 'x-infer') &&
      matchesQuery(query, 'pool_id', job.poolId) &&
      matchesQuery(query, 'workspace_id', job.workspaceId) &&
      matchesQuery(query, 'name', job.name) &&
      matchesQuery(query, 'status', STATUS[job.status] ?? job.status),
  );
  const size = Number(query.get('limit') || USUAL);
  const offset = Number(query.get('offset') || 0);
  const page = offsetPage(services, query, { most: MOST, usual: USUAL });
  if (offset % size !== 0) throw badRequest('offset must be a multiple of limit.');
  const total = services.length;
  const body = { data: page.map(serviceView), current: offset / size, size, pages: Math.ceil(total / size), total };
  return { status: 200, body };
}

function serviceView({ id, name, status, userName, workspaceId, createdAt, startedAt }: WorkloadRecord): Json {
  return {
    id,
    name,
    status: STATUS[status] ?? status,
    version: '0.0.1',
    version_count: 1,
    description: '',
    type: 'REAL_TIME',
    deploy_type: 'SINGLE',
    user_name: userName,
    workspace_id: workspaceId,
    create_at: createdAt,
    update_at: startedAt ?? createdAt,
  };
}
