import { isDeepStrictEqual } from 'node:util';
import { badRequest, poolError } from '../errors.js';
import { affectedPool, applyOutcomes, applySoldOutFaults, scalingFailure } from '../faults/outcomes.js';
import { isObject, type JsonObject, objectAt, present, valueAt } from '../json.js';
import { followPool } from '../lifecycles/pool-history.js';
import { enterDriverState, enterPhase, enterScopeState, POOL_TRANSITIONS } from '../lifecycles/pool-lifecycle.js';
import { scheduleNext } from '../lifecycles/transitions.js';
import { liveWorkloads } from '../lifecycles/workload-lifecycle.js';
import type { PoolRecord, PoolResource, TextMap } from '../records.js';
import { disturbWorkloads, scopeOf } from '../workloads/incidents.js';
import type { Call, HandlerResult, World } from '../world.js';
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
import { differencesOf, orderMove, scale } from './pool-scaling.js';
import { poolView } from './pool-view.js';
import { flavorsIn, refuseSoldOut, soldOutRows } from './sold-out.js';

const MERGE_PATCH = 'application/merge-patch+json';

/**
 * PATCH pool, a merge patch (docs/api/pools-and-flavors.md "2.4 Show, PATCH, DELETE"). A metadata-only patch is
 * accepted in every phase except `Deleting`.
 */
export function patchPool(world: World, call: Call): HandlerResult {
  const pool = findPool(world, call);
  const type = (call.headers['content-type'] ?? '').toLowerCase();
  if (world.behavior.patchNeedsMergeType && !type.startsWith(MERGE_PATCH)) {
    throw poolError(400, '50004100', `The content type must be ${MERGE_PATCH}.`);
  }
  if (call.malformed || !isObject(call.body)) throw badRequest('the body is not a JSON object.');
  if (pool.phase === 'Deleting') throw badRequest('the pool is being deleted.');
  const spec = objectAt(call.body, 'spec');
  const changes = spec === undefined ? {} : readChanges(world, pool, spec);
  const changesSpec = Object.keys(changes).length > 0;
  if (changesSpec && pool.phase !== 'Running' && pool.phase !== 'ScalingFailed') {
    throw badRequest('the pool must be Running.');
  }
  const labels = changed(readTextMap(valueAt(call.body, 'metadata', 'labels'), 'metadata.labels'), pool.labels);
  const annotations = changed(
    readTextMap(valueAt(call.body, 'metadata', 'annotations'), 'metadata.annotations'),
    readTextMap(valueAt(poolView(world, pool, call.operation), 'metadata', 'annotations'), 'metadata.annotations'),
  );
  const workspace = labels['os.modelarts/workspace.id'];
  const others = changesSpec || Object.keys(labels).length > 1 || Object.keys(annotations).length > 0;
  if (workspace !== undefined && others) throw badRequest('moving to a workspace must be the only change.');
  checkWorkspace(world, workspace);
  checkSharing(labels['os.modelarts/sharing']);
  checkAnnotations({ ...pool.annotations, ...annotations });

  const before = pool.labels['os.modelarts/order.name'];
  if (changesSpec) applyPatchOutcomes(world, pool, call, changes);
  pool.labels = { ...without(pool.labels, valueAt(call.body, 'metadata', 'labels')), ...labels };
  pool.annotations = { ...without(pool.annotations, valueAt(call.body, 'metadata', 'annotations')), ...annotations };
  if (workspace !== undefined) orderMove(world, pool);
  applyChanges(world, pool, call, changes);
  followPool(world, pool, world.clock.now());
  call.commit(
    `changed pool ${pool.id}: ${[...Object.keys(labels), ...Object.keys(annotations), ...Object.keys(changes)].join(', ')}`,
  );
  const stale = world.behavior.orderLabelStale && before !== undefined ? { 'os.modelarts/order.name': before } : {};
  const shown = { ...pool, labels: { ...pool.labels, ...stale } };
  return { status: 200, body: poolView(world, shown, call.operation) };
}

/** The members that differ. A pool that was read can be written back unchanged. */
function changed(patch: TextMap, now: TextMap): TextMap {
  return Object.fromEntries(Object.entries(patch).filter(([key, value]) => now[key] !== value));
}

/** A merge patch removes members whose value is null. */
function without(map: TextMap, patch: unknown): TextMap {
  const removed = isObject(patch) ? Object.keys(patch).filter((key) => patch[key] === null) : [];
  return Object.fromEntries(Object.entries(map).filter(([key]) => !removed.includes(key)));
}

/**
 * POST retry-scope (docs/api/pools-and-flavors.md "2.5 retry-scope, statistics, monitor, nodes"): enables a failed
 * scope again.
 */
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

/** The changes of the spec. What equals the present spec is no change. */
function readChanges(world: World, pool: PoolRecord, spec: JsonObject): Changes {
  const { type } = pool.spec;
  const resources = spec.resources === undefined ? undefined : readResources(world, spec.resources, type, 'change');
  if (resources !== undefined) {
    const differences = differencesOf(pool, resources).map(([, difference]) => Math.sign(difference));
    if (differences.includes(1) && differences.includes(-1)) {
      throw badRequest('one request cannot add nodes of one flavor and remove nodes of another.');
    }
  }
  const scope = spec.scope === undefined ? undefined : readScope(spec.scope, type);
  const driver = readDriver(world, spec.driver, resources ?? pool.spec.resources);
  const jobFlavors = spec.jobFlavors === undefined ? undefined : readJobFlavors(spec.jobFlavors);
  return present({
    resources: differs(resources, pool.spec.resources),
    scope: differs(scope, pool.spec.scope),
    driver: differs(driver, pool.spec.driver),
    jobFlavors: differs(jobFlavors, pool.spec.jobFlavors),
  });
}

function differs<T>(value: T | undefined, now: T | undefined): T | undefined {
  return isDeepStrictEqual(value, now) ? undefined : value;
}

/**
 * A scaling outcome starts from the current phase, so its transition is scheduled here. New nodes of a sold-out flavor
 * are refused, or the scaling fails.
 */
function applyPatchOutcomes(world: World, pool: PoolRecord, call: Call, changes: Changes): void {
  const at = world.clock.now();
  const growing = differencesOf(pool, changes.resources ?? pool.spec.resources).filter(
    ([, difference]) => difference > 0,
  );
  const rows = growing.map(([row]) => row);
  const nodes = growing.reduce((total, [, difference]) => total + difference, 0);
  const affected = affectedPool(rows, nodes);
  const outcomes = call.takeOutcomes();
  const answer = applySoldOutFaults(world, affected, outcomes) ?? world.behavior.poolSoldOut;
  refuseSoldOut(soldOutRows(world, rows), answer);
  if (pool.phase === 'ScalingFailed') enterPhase(world, pool, 'Running', at);
  applyOutcomes(world, pool, affected, outcomes);
  const missing = soldOutRows(world, rows);
  if (missing.length > 0) {
    const message = `flavor ${flavorsIn(missing)} is sold out`;
    pool.overrides.unshift(scalingFailure(world, message));
  }
  if (outcomes.length === 0 && missing.length === 0) return;
  scheduleNext(world, POOL_TRANSITIONS, { kind: 'pool', record: pool, track: 'phase', state: pool.phase, at });
}

function applyChanges(world: World, pool: PoolRecord, call: Call, changes: Changes): void {
  const now = world.clock.now();
  if (changes.resources !== undefined) scale(world, pool, call, changes.resources);
  if (changes.jobFlavors !== undefined) pool.spec.jobFlavors = changes.jobFlavors;
  if (changes.driver !== undefined) upgradeDriver(world, pool, changes.driver, now);
  if (changes.scope !== undefined) {
    const removed = pool.spec.scope.filter((type) => changes.scope?.includes(type) === false);
    changeScope(world, pool, changes.scope, now);
    const jobs = liveWorkloads(world, pool).filter(({ type }) => removed.includes(scopeOf(type)));
    disturbWorkloads(world, pool, jobs, call, 'scope');
  }
}

function upgradeDriver(world: World, pool: PoolRecord, driver: NonNullable<Changes['driver']>, now: number): void {
  pool.spec.driver = { ...pool.spec.driver, ...driver };
  for (const [chip, version] of [
    ['gpu', driver.gpuVersion],
    ['npu', driver.npuVersion],
  ] as const) {
    if (version === undefined || pool.driver[chip]?.version === version) continue;
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
