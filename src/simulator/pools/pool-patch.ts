import { badRequest, poolError } from '../errors.js';
import { affectedPool, applyOutcomes } from '../faults/outcomes.js';
import { isObject, objectAt, present, valueAt } from '../json.js';
import {
  addNodes,
  enterDriverState,
  enterPhase,
  enterScopeState,
  POOL_TRANSITIONS,
  removeNodes,
} from '../lifecycles/pool-lifecycle.js';
import { scheduleNext } from '../lifecycles/transitions.js';
import { liveWorkloads } from '../lifecycles/workload-lifecycle.js';
import type { PoolRecord, PoolResource, TextMap } from '../records.js';
import { disturbWorkloads, scopeOf } from '../workloads/incidents.js';
import { type Call, type HandlerResult, nextSequence, tail, type World } from '../world.js';
import { findPool } from './pool-handlers.js';
import {
  checkAnnotations,
  checkSharing,
  checkWorkspace,
  readJobFlavors,
  readScope,
  readTextMap,
} from './pool-request.js';
import { readDriver, readResources } from './pool-resources.js';
import { poolView } from './pool-view.js';

const MERGE_PATCH = 'application/merge-patch+json';

/** PATCH pool, a merge patch (docs/api/pools-and-flavors.md "2.4 Show, PATCH, DELETE"). A metadata-only patch is accepted in every phase except `Deleting`. */
export function patchPool(world: World, call: Call): HandlerResult {
  const pool = findPool(world, call);
  if (!(call.headers['content-type'] ?? '').toLowerCase().startsWith(MERGE_PATCH)) {
    throw poolError(400, '50004100', `The content type must be ${MERGE_PATCH}.`);
  }
  if (call.malformed || !isObject(call.body)) throw badRequest('the body is not a JSON object.');
  if (pool.phase === 'Deleting') throw badRequest('the pool is being deleted.');
  const spec = objectAt(call.body, 'spec');
  const changesSpec = spec !== undefined && Object.keys(spec).length > 0;
  if (changesSpec && pool.phase !== 'Running' && pool.phase !== 'ScalingFailed') {
    throw badRequest('the pool must be Running.');
  }
  const labels = readTextMap(valueAt(call.body, 'metadata', 'labels'), 'metadata.labels');
  const annotations = readTextMap(valueAt(call.body, 'metadata', 'annotations'), 'metadata.annotations');
  const workspace = labels['os.modelarts/workspace.id'];
  const others = changesSpec || Object.keys(labels).length > 1 || Object.keys(annotations).length > 0;
  if (workspace !== undefined && others) throw badRequest('moving to a workspace must be the only change.');
  checkWorkspace(world, workspace);
  checkSharing(labels['os.modelarts/sharing']);
  checkAnnotations({ ...pool.annotations, ...annotations });
  const changes = changesSpec ? readChanges(world, pool, spec) : {};

  if (changesSpec) applyPatchOutcomes(world, pool, call, changes);
  pool.labels = { ...without(pool.labels, valueAt(call.body, 'metadata', 'labels')), ...labels };
  pool.annotations = { ...without(pool.annotations, valueAt(call.body, 'metadata', 'annotations')), ...annotations };
  applyChanges(world, pool, call, changes);
  call.commit(
    `changed pool ${pool.id}: ${[...Object.keys(labels), ...Object.keys(annotations), ...Object.keys(changes)].join(', ')}`,
  );
  return { status: 200, body: poolView(world, pool, call.operation) };
}

/** A merge patch removes members whose value is null. */
function without(map: TextMap, patch: unknown): TextMap {
  const removed = isObject(patch) ? Object.keys(patch).filter((key) => patch[key] === null) : [];
  return Object.fromEntries(Object.entries(map).filter(([key]) => !removed.includes(key)));
}

/** POST retry-scope (docs/api/pools-and-flavors.md "2.5 retry-scope, statistics, monitor, nodes"): enables a failed scope again. */
export function retryScope(world: World, call: Call): HandlerResult {
  const pool = findPool(world, call);
  const type = valueAt(call.body, 'scope');
  const scope = pool.scopes.find((candidate) => candidate.scopeType === type);
  if (scope?.state !== 'EnableFailed') {
    throw badRequest(`The pool ${pool.id} scope ${typeof type === 'string' ? type : ''} cannot be enabled.`);
  }
  delete scope.message;
  enterScopeState(world, pool, scope.scopeType, 'Enabling', world.clock.now());
  call.commit(`enabling scope ${scope.scopeType} of pool ${pool.id} again`);
  return { status: 200, body: {} };
}

interface Changes {
  readonly resources?: PoolResource[];
  readonly scope?: string[];
  readonly driver?: NonNullable<PoolRecord['spec']['driver']>;
  readonly jobFlavors?: string[];
}

function readChanges(world: World, pool: PoolRecord, spec: NonNullable<ReturnType<typeof objectAt>>): Changes {
  const resources = spec.resources === undefined ? undefined : readResources(world, spec.resources, pool.spec.type);
  if (resources !== undefined) {
    const differences = differencesOf(pool, resources).map(([, difference]) => Math.sign(difference));
    if (differences.includes(1) && differences.includes(-1)) {
      throw badRequest('one request cannot add nodes of one flavor and remove nodes of another.');
    }
  }
  const scope = spec.scope === undefined ? undefined : readScope(spec.scope, pool.spec.type);
  const driver = readDriver(world, spec.driver, resources ?? pool.spec.resources);
  const jobFlavors = spec.jobFlavors === undefined ? undefined : readJobFlavors(spec.jobFlavors);
  return present({ resources, scope, driver, jobFlavors });
}

/** A scaling outcome starts from the current phase, so its transition is scheduled here. */
function applyPatchOutcomes(world: World, pool: PoolRecord, call: Call, changes: Changes): void {
  const resources = changes.resources ?? pool.spec.resources;
  const nodes = differencesOf(pool, resources).reduce((total, [, difference]) => total + Math.max(0, difference), 0);
  const outcomes = call.takeOutcomes();
  if (pool.phase === 'ScalingFailed') enterPhase(world, pool, 'Running', world.clock.now());
  if (outcomes.length === 0) return;
  applyOutcomes(world, pool, affectedPool(resources, nodes), outcomes);
  scheduleNext(world, POOL_TRANSITIONS, {
    kind: 'pool',
    record: pool,
    track: 'phase',
    state: pool.phase,
    at: world.clock.now(),
  });
}

function applyChanges(world: World, pool: PoolRecord, call: Call, changes: Changes): void {
  const now = world.clock.now();
  if (changes.resources !== undefined) {
    for (const [resource, difference] of differencesOf(pool, changes.resources)) {
      if (difference > 0) addNodes(world, pool, resource, difference, now, true);
      if (difference < 0) {
        const leaving = removeNodes(world, pool, resource.flavor, -difference, now).map(({ name }) => name);
        const jobs = liveWorkloads(world, pool).filter((job) => job.nodeNames.some((name) => leaving.includes(name)));
        disturbWorkloads(world, pool, jobs, call, 'shrink');
      }
    }
    pool.spec.resources = changes.resources;
    pool.labels['os.modelarts/order.name'] = `order.${pool.name}-${tail(world, pool.uid, nextSequence(world))}`;
  }
  if (changes.jobFlavors !== undefined) pool.spec.jobFlavors = changes.jobFlavors;
  if (changes.driver !== undefined) upgradeDriver(world, pool, changes.driver, now);
  if (changes.scope !== undefined) {
    const removed = pool.spec.scope.filter((type) => changes.scope?.includes(type) === false);
    changeScope(world, pool, changes.scope, now);
    const jobs = liveWorkloads(world, pool).filter(({ type }) => removed.includes(scopeOf(type)));
    disturbWorkloads(world, pool, jobs, call, 'scope');
  }
}

function differencesOf(pool: PoolRecord, resources: readonly PoolResource[]): [PoolResource, number][] {
  const nodesOf = (flavor: string) =>
    pool.nodes.filter((node) => node.flavor === flavor && node.phase !== 'Deleting').length;
  const leaving = pool.spec.resources.filter((old) => !resources.some((item) => item.flavor === old.flavor));
  return [
    ...resources.map((item): [PoolResource, number] => [item, item.count - nodesOf(item.flavor)]),
    ...leaving.map((item): [PoolResource, number] => [item, -nodesOf(item.flavor)]),
  ];
}

function upgradeDriver(world: World, pool: PoolRecord, driver: NonNullable<Changes['driver']>, now: number): void {
  pool.spec.driver = { ...pool.spec.driver, ...driver };
  for (const [chip, version] of [
    ['gpu', driver.gpuVersion],
    ['npu', driver.npuVersion],
  ] as const) {
    if (version === undefined) continue;
    pool.driver[chip] = { version, state: 'Upgrading' };
    enterDriverState(world, pool, chip, 'Upgrading', now);
  }
}

function changeScope(world: World, pool: PoolRecord, scope: readonly string[], now: number): void {
  for (const type of scope) {
    const state = pool.scopes.find((candidate) => candidate.scopeType === type)?.state;
    if (state !== 'Enabled' && state !== 'Enabling') enterScopeState(world, pool, type, 'Enabling', now);
  }
  for (const { scopeType, state } of pool.scopes) {
    if (!scope.includes(scopeType) && state !== 'Disabled') enterScopeState(world, pool, scopeType, 'Disabling', now);
  }
  pool.spec.scope = [...scope];
}
