import { nodePoolOf, rowKey } from '../pools/pool-resources.js';
import { letters } from '../random.js';
import type { NodeRecord, PoolRecord, PoolResource, ScheduledTransition } from '../records.js';
import { nextSequence, type World } from '../world.js';
import { leavePool } from './current-notebook-lifecycle.js';
import { markUnavailable } from './notebook-lifecycle.js';
import { followPool } from './pool-history.js';
import { scheduleNext, type Transition } from './transitions.js';
import { failWorkloads, liveWorkloads } from './workload-lifecycle.js';

/**
 * The lifecycle of a pool (docs/api/pools-and-flavors.md "3.1 Pool" to "3.3 Driver"). As observed with the real
 * service, the phase is `Running` before the last node is available, and scopes and drivers start only then. So a
 * client must not treat `Running` as usable.
 */
export const POOL_TRANSITIONS: readonly Transition[] = [
  { track: 'phase', from: '', to: 'Creating', after: 'poolAccept' },
  { track: 'phase', from: 'Creating', to: 'Running', after: 'poolCreate', share: 0.9, jitter: 0.05 },
  { track: 'phase', from: 'Deleting', to: 'Gone', after: 'poolDelete', jitter: 0.1 },
  { track: 'phase', from: 'CreationFailed', to: 'Gone', after: 'poolFailedKept' },
  { track: 'node', from: 'Creating', to: 'Available', after: 'poolCreate', spread: [0.5, 0.98], jitter: 0.03 },
  { track: 'node', from: 'Deleting', to: 'Gone', after: 'poolScale', spread: [0.3, 0.6] },
  { track: 'scaledNode', from: 'Creating', to: 'Available', after: 'poolScale', spread: [0.5, 1], jitter: 0.03 },
  { track: 'scope', from: 'Enabling', to: 'Enabled', after: 'poolScope', spread: [1, 1.5], jitter: 0.1 },
  { track: 'scope', from: 'Disabling', to: 'Disabled', after: 'poolScope' },
  { track: 'driver', from: 'Creating', to: 'Running', after: 'poolDriver', jitter: 0.1 },
  { track: 'driver', from: 'Upgrading', to: 'Running', after: 'poolDriver' },
];

/** Carries out what the agenda says of a pool, unless the pool has moved on since it was planned. */
export function applyToPool(world: World, pool: PoolRecord, item: ScheduledTransition): void {
  applyTransition(world, pool, item);
  if (item.track === 'node' || item.track === 'scaledNode') followPool(world, pool, item.at);
}

function applyTransition(world: World, pool: PoolRecord, item: ScheduledTransition): void {
  switch (item.track) {
    case 'phase':
      if (pool.phase === item.from) enterPhase(world, pool, item.to, item.at, item.message);
      return;
    case 'node':
    case 'scaledNode': {
      const node = pool.nodes.find((candidate) => candidate.name === item.key);
      if (node === undefined || node.phase !== item.from) return;
      node.phase = item.to;
      if (item.to === 'Gone') pool.nodes = pool.nodes.filter((candidate) => candidate !== node);
      return;
    }
    case 'scope': {
      const scope = pool.scopes.find((candidate) => candidate.scopeType === item.key);
      if (scope === undefined || scope.state !== item.from) return;
      scope.state = item.to;
      if (item.message !== undefined) scope.message = item.message;
      else delete scope.message;
      return;
    }
    case 'driver': {
      const driver = pool.driver[item.key];
      if (driver === undefined || driver.state !== item.from) return;
      enterDriverState(world, pool, item.key, item.to, item.at);
    }
  }
}

/** Moves a pool to a phase, applies its effects and schedules the next transition. */
export function enterPhase(world: World, pool: PoolRecord, phase: string, at: number, message = ''): void {
  const before = pool.phase;
  pool.phase = phase;
  pool.message = message;
  switch (phase) {
    case 'Creating':
      for (const resource of pool.spec.resources) addNodes(world, pool, resource, resource.count, at, false);
      break;
    case 'Running':
      if (before === 'Creating') startScopesAndDriver(world, pool, at);
      for (const node of pool.nodes) if (node.phase === 'Abnormal') node.phase = 'Available';
      if (before === 'Deleting') undoDeletion(pool);
      break;
    case 'Abnormal':
    case 'Error': {
      const victim = pool.nodes.find((node) => node.phase === 'Available');
      if (victim !== undefined) victim.phase = 'Abnormal';
      break;
    }
    case 'CreationFailed':
      pool.nodes = [];
      pool.scopes = [];
      pool.driver = {};
      break;
    case 'ScalingFailed':
      pool.nodes = pool.nodes.filter((node) => node.phase !== 'Creating');
      break;
    case 'Deleting':
      pool.phaseBeforeDelete = before;
      for (const node of pool.nodes) node.phase = 'Deleting';
      break;
    case 'Gone':
      world.state.pools = world.state.pools.filter((other) => other !== pool);
      failWorkloads(world, liveWorkloads(world, pool), at);
      followPool(world, pool, at);
      if (before !== 'Deleting') return;
      markUnavailable(world, pool.id, at);
      leavePool(world, pool.id, at);
      return;
  }
  followPool(world, pool, at);
  scheduleNext(world, POOL_TRANSITIONS, { kind: 'pool', record: pool, track: 'phase', state: phase, at });
}

/** Adds nodes of one flavor in phase `Creating`. Each becomes available at its own time. */
export function addNodes(
  world: World,
  pool: PoolRecord,
  resource: PoolResource,
  count: number,
  at: number,
  scaled: boolean,
): readonly NodeRecord[] {
  const member = { flavor: resource.flavor, nodePool: nodePoolOf(resource), row: rowKey(resource) };
  const added: NodeRecord[] = [];
  const azs = zonesOf(world, resource);
  for (let index = 0; index < count; index += 1) {
    const sequence = nextSequence(world);
    const name = `os-node-created-${letters(5, 'bcdfghjklmnpqrstvwxz', world.seed, pool.uid, sequence)}`;
    const node: NodeRecord = {
      name,
      ip: `192.168.${(sequence >> 8) & 255}.${sequence & 255}`,
      ...member,
      az: azs[index % azs.length] ?? '',
      phase: 'Creating',
      ...(scaled ? { scaled } : {}),
    };
    pool.nodes.push(node);
    added.push(node);
    const track = scaled ? 'scaledNode' : 'node';
    scheduleNext(world, POOL_TRANSITIONS, {
      kind: 'pool',
      record: pool,
      track,
      key: name,
      state: 'Creating',
      at,
      index,
      of: count,
    });
  }
  return added;
}

/** Starts deleting some of the nodes: the one with most jobs first (the worst case), then the newest. Returns them. */
export function removeNodes(
  world: World,
  pool: PoolRecord,
  belongs: (node: NodeRecord) => boolean,
  count: number,
  at: number,
): readonly NodeRecord[] {
  const live = liveWorkloads(world, pool);
  const busy = ({ name }: NodeRecord) => live.filter(({ nodeNames }) => nodeNames.includes(name)).length;
  const staying = pool.nodes.filter((node) => belongs(node) && node.phase !== 'Deleting');
  const leaving = staying.sort((a, b) => busy(a) - busy(b)).slice(-count);
  for (const [index, node] of leaving.entries()) {
    node.phase = 'Deleting';
    const entered = { kind: 'pool' as const, record: pool, track: 'node', key: node.name, state: 'Deleting', at };
    scheduleNext(world, POOL_TRANSITIONS, { ...entered, index, of: leaving.length });
  }
  return leaving;
}

/** Moves one scope to a state and schedules the next transition. */
export function enterScopeState(
  world: World,
  pool: PoolRecord,
  type: string,
  state: string,
  at: number,
  index = 0,
): void {
  const scope = pool.scopes.find((candidate) => candidate.scopeType === type);
  if (scope === undefined) pool.scopes.push({ scopeType: type, state });
  else scope.state = state;
  const entered = { kind: 'pool' as const, record: pool, track: 'scope', key: type, state, at };
  scheduleNext(world, POOL_TRANSITIONS, { ...entered, index, of: Math.max(pool.scopes.length, 2) });
}

/** Moves a driver (`gpu` or `npu`) to a state and schedules the next transition. */
export function enterDriverState(world: World, pool: PoolRecord, chip: string, state: string, at: number): void {
  const driver = pool.driver[chip];
  if (driver === undefined) return;
  driver.state = state;
  scheduleNext(world, POOL_TRANSITIONS, { kind: 'pool', record: pool, track: 'driver', key: chip, state, at });
}

function startScopesAndDriver(world: World, pool: PoolRecord, at: number): void {
  for (const [index, scope] of pool.scopes.entries())
    enterScopeState(world, pool, scope.scopeType, 'Enabling', at, index);
  for (const chip of Object.keys(pool.driver)) enterDriverState(world, pool, chip, 'Creating', at);
}

/** After a failed deletion, the pool runs again with all its nodes. */
function undoDeletion(pool: PoolRecord): void {
  delete pool.deletedAt;
  delete pool.phaseBeforeDelete;
  for (const node of pool.nodes) node.phase = 'Available';
}

function zonesOf(world: World, resource: PoolResource): string[] {
  if (resource.azs !== undefined)
    return resource.azs.flatMap(({ az, count }) => Array.from({ length: count }, () => az));
  const sale = world.state.sale[resource.flavor] ?? {};
  const open = Object.keys(sale).find((az) => sale[az] === 'normal');
  return [open ?? world.catalogue.azs[0] ?? 'az-1'];
}
