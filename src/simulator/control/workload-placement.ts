import { InputError } from '../errors.js';
import { isObject, type JsonObject, textAt, valueAt } from '../json.js';
import { enterWorkloadStatus, startLater, WORKLOAD_STATUSES } from '../lifecycles/workload-lifecycle.js';
import { hexDigits } from '../random.js';
import type { WorkloadRecord } from '../records.js';
import { nextSequence, type World } from '../world.js';
import { backdate, byIdOrName, userIn } from './create-as.js';

const TYPES = ['train', 'infer', 'x-infer', 'notebook'];

/**
 * Starts a job on a pool: `{pool, name?, type?, status?, user?, workspaceId?, flavor?, nodes?, createdAt?, startsInMs?,
 * visibleAfterMs?, runsForMs?, ends?, hold?}`. From its status (`Running`) it passes through the lifecycle, unless
 * `hold` keeps it there. A running job ends only after `runsForMs`, or through the control plane.
 */
export function placeWorkload(world: World, body: unknown): WorkloadRecord {
  if (!isObject(body)) throw new InputError('the body must be an object');
  const poolName = textAt(body, 'pool') ?? '';
  // A pool that is created again has the same id, so the newest one is meant.
  const pool = byIdOrName([...world.state.pools].reverse(), 'pool', poolName);
  if (pool.phase === 'Deleting') throw new InputError(`pool ${poolName} is being deleted`);
  const type = textAt(body, 'type') ?? 'train';
  if (!TYPES.includes(type)) throw new InputError(`type must be one of ${TYPES.join(', ')}`);
  const status = statusIn(body, 'status') ?? 'Running';
  const now = world.clock.now();
  const startsIn = numberIn(body, 'startsInMs') ?? 0;
  const user = userIn(world, body);
  const uid = `workload-${nextSequence(world)}`;
  const name = textAt(body, 'name') ?? uid;
  const job: WorkloadRecord = {
    uid,
    id: hexDigits(32, world.seed, uid).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    name,
    poolId: pool.id,
    poolUid: pool.uid,
    type,
    status: '',
    userId: user.id,
    userName: user.name,
    workspaceId: textAt(body, 'workspaceId') ?? pool.labels['os.modelarts/workspace.id'] ?? '0',
    flavor: textAt(body, 'flavor') ?? '',
    nodeCount: numberIn(body, 'nodes') ?? 1,
    nodeNames: [],
    createdAt: now + startsIn,
    visibleAt: now + startsIn + (numberIn(body, 'visibleAfterMs') ?? world.behavior.workloadsLagMs),
    overrides: overridesOf(body),
    hidden: {},
  };
  backdate(job, body);
  world.state.workloads.push(job);
  if (startsIn > 0) startLater(world, job, status, now + startsIn);
  else enterWorkloadStatus(world, job, status, now);
  return job;
}

/** Moves a job to a status: `{status, hold?}`. `hold: false` lets it pass through its lifecycle again. */
export function changeWorkload(world: World, id: string, body: unknown): WorkloadRecord {
  const job = byIdOrName(world.state.workloads, 'workload', id);
  const status = statusIn(body, 'status');
  if (status === undefined) throw new InputError('the body must have status, such as {"status": "Completed"}');
  const hold = valueAt(body, 'hold');
  if (hold !== undefined) job.overrides = hold === true ? HELD : [];
  enterWorkloadStatus(world, job, status, world.clock.now());
  return job;
}

/** No status is left by itself. */
const HELD: WorkloadRecord['overrides'] = WORKLOAD_STATUSES.map((from) => ({ track: 'status', from }));

function overridesOf(body: JsonObject): WorkloadRecord['overrides'] {
  if (body.hold === true) return HELD;
  const afterMs = numberIn(body, 'runsForMs');
  if (afterMs === undefined) return [];
  return [{ track: 'status', from: 'Running', to: statusIn(body, 'ends') ?? 'Completed', afterMs, left: 1 }];
}

function statusIn(body: unknown, key: string): string | undefined {
  const status = textAt(body, key);
  if (status === undefined || WORKLOAD_STATUSES.some((word) => word === status)) return status;
  throw new InputError(`${key} must be one of ${WORKLOAD_STATUSES.join(', ')}`);
}

function numberIn(body: unknown, key: string): number | undefined {
  const value = valueAt(body, key);
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0)) return value;
  throw new InputError(`${key} must be a number of at least 0`);
}
