import { badRequest } from '../errors.js';
import { isObject, type Json, textAt } from '../json.js';
import type { WorkloadRecord } from '../records.js';
import type { Call, HandlerResult, World } from '../world.js';
import { visibleJobs } from './workload-view.js';

const DAY = 24 * 60 * 60 * 1000;
const LONGEST_SPAN = 31 * DAY;
const MOST_VALUES = 10;

/**
 * POST training-job-searches (docs/api/workloads-and-operations.md "2.6 Other look-ups for the same question").
 * `offset` is a page number.
 */
export function searchTrainingJobs(world: World, call: Call): HandlerResult {
  const { body } = call;
  if (call.malformed || !isObject(body)) throw badRequest();
  const limit = numberOf(body.limit ?? 10, 1, 50, 'limit');
  const offset = numberOf(body.offset ?? 0, 0, Infinity, 'offset');
  const workspace = textAt(body, 'workspace_id') ?? '0';
  const tests = filtersOf(body.filters);
  const own = world.behavior.trainingSearchOwnOnly;
  const jobs = visibleJobs(world, call).filter(
    (job) =>
      job.type === 'train' &&
      job.workspaceId === workspace &&
      (!own || job.userId === call.user.id) &&
      tests.every((test) => test(job)),
  );
  const items = jobs.slice(offset * limit, (offset + 1) * limit).map((job) => trainingJobView(world, job));
  return {
    status: 200,
    body: {
      total: jobs.length,
      count: items.length,
      limit,
      offset,
      sort_by: textAt(body, 'sort_by') ?? 'create_time',
      order: textAt(body, 'order') ?? 'desc',
      group_by: '',
      workspace_id: workspace,
      ai_project: 'default-ai-project',
      items,
    },
  };
}

/** `Queue` is no phase of a training job. */
function phaseOf({ status }: WorkloadRecord): string {
  return status === 'Queue' ? 'Pending' : status;
}

function trainingJobView(world: World, job: WorkloadRecord): Json {
  const { id, name, workspaceId, createdAt, userName, startedAt, endedAt, status, flavor } = job;
  const duration = startedAt === undefined ? 0 : (endedAt ?? world.clock.now()) - startedAt;
  return {
    kind: 'job',
    metadata: { id, name, workspace_id: workspaceId, description: '', create_time: createdAt, user_name: userName },
    status: {
      phase: phaseOf(job),
      secondary_phase: status === 'Queue' ? 'Queuing' : status,
      duration,
      start_time: startedAt ?? 0,
      tasks: ['worker-0'],
    },
    spec: { resource: { pool_id: job.poolId, flavor_id: flavor, node_count: job.nodeCount } },
  };
}

function filtersOf(value: Json | undefined): ((job: WorkloadRecord) => boolean)[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest('filters must be a list.');
  return value.map((item) => {
    const key = textAt(item, 'key') ?? '';
    const operator = textAt(item, 'operator') ?? '';
    const values = isObject(item) && Array.isArray(item.value) ? item.value.map(String) : [];
    if (values.length > MOST_VALUES) throw badRequest(`a filter takes at most ${MOST_VALUES} values.`);
    return filterOf(key, operator, values);
  });
}

function filterOf(key: string, operator: string, values: readonly string[]): (job: WorkloadRecord) => boolean {
  const read = KEYS[key];
  if (read === undefined) throw badRequest(`filter key ${key} is unknown.`);
  switch (operator) {
    case 'in':
      return (job) => values.includes(read(job));
    case 'not':
      return (job) => !values.includes(read(job));
    case 'like':
      return (job) => values.some((part) => read(job).includes(part));
    case 'between': {
      const [from = 0, to = 0] = values.map(Number);
      if (key === 'create_time' && to - from > LONGEST_SPAN) throw badRequest('create_time spans more than 31 days.');
      return (job) => Number(read(job)) >= from && Number(read(job)) <= to;
    }
    default:
      throw badRequest(`filter operator ${operator} is unknown.`);
  }
}

const KEYS: Readonly<Record<string, (job: WorkloadRecord) => string>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  kind: () => 'job',
  phase: phaseOf,
  user_id: ({ userId }) => userId,
  pool_id: ({ poolId }) => poolId,
  create_time: ({ createdAt }) => String(createdAt),
};

function numberOf(value: Json, least: number, most: number, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw badRequest(`${what} is out of range.`);
}
