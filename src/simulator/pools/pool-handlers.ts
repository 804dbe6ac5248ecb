import { badRequest, poolError } from '../errors.js';
import { affectedPool, applyOutcomes, applySoldOutFaults, capacityFailure } from '../faults/outcomes.js';
import { labelSelector } from '../label-selector.js';
import { enterPhase } from '../lifecycles/pool-lifecycle.js';
import { liveWorkloads } from '../lifecycles/workload-lifecycle.js';
import { matchesQuery } from '../list-query.js';
import { openOrder, settleOrders } from '../orders/order-book.js';
import type { PoolRecord } from '../records.js';
import { disturbWorkloads } from '../workloads/incidents.js';
import { type Call, type HandlerResult, isHidden, nextSequence, tail, type World } from '../world.js';
import { nodeView } from './node-view.js';
import { type PoolRequest, readPoolRequest } from './pool-request.js';
import { poolView } from './pool-view.js';
import { refuseSoldOut, soldOutRows } from './sold-out.js';

/** POST pools (docs/api/pools-and-flavors.md "2.2 Create", "5.4 Idempotency"). */
export function createPool(world: World, call: Call): HandlerResult {
  const request = readPoolRequest(world, call.malformed ? undefined : call.body);
  const id = `${request.name}-${world.projectId}`;
  const others = world.state.pools.filter((pool) => pool.phase !== 'CreationFailed');
  if (others.some((pool) => pool.id === id)) throw poolError(409, '50015000', 'Pool already exists.');
  if (world.behavior.poolQuota !== null && others.length >= world.behavior.poolQuota) {
    throw poolError(400, '0118', 'The expected pools exceeds the quota limit.');
  }
  const outcomes = call.takeOutcomes();
  const { resources } = request.spec;
  const affected = affectedPool(
    resources,
    resources.reduce((total, resource) => total + resource.count, 0),
  );
  const soldOut = applySoldOutFaults(world, affected, outcomes) ?? world.behavior.poolSoldOut;
  const missing = soldOutRows(world, resources);
  refuseSoldOut(missing, soldOut);
  const pool = newPool(world, call, request, id);
  applyOutcomes(world, pool, affected, outcomes);
  if (missing.length > 0) pool.overrides.unshift(capacityFailure(affected));
  if (mustWait(world, pool)) pool.overrides.push({ track: 'phase', from: '', to: 'Waiting', left: 1 });
  world.state.pools.push(pool);
  const orderName = `order.${pool.name}-${tail(world, pool.uid, 'order')}`;
  const items = [{ resourceName: id, action: 'createPool' }] as const;
  openOrder(
    world,
    pool,
    { name: orderName, operation: 'apply', initial: [], wanted: resources, items },
    pool.createdAt,
  );
  enterPhase(world, pool, world.behavior.phaseOnCreate ? 'Creating' : '', pool.createdAt);
  call.commit(`created pool ${id}`);
  return { status: 200, body: poolView(world, pool, call.operation) };
}

/**
 * GET pools, without paging. Failed creations are listed only with `status=failed` (docs/api/pools-and-flavors.md "2.3
 * List", "5.2 Filters").
 */
export function listPools(world: World, call: Call): HandlerResult {
  const selects = labelSelector(call.query.get('labelSelector'));
  const status = call.query.get('status') ?? '';
  if (!['', 'created', 'creating', 'failed'].includes(status)) throw badRequest('status is unknown.');
  const items = world.state.pools.filter((pool) => {
    if (isHidden(world, pool, 'list')) return false;
    if (!matchesQuery(call.query, 'workspaceId', pool.labels['os.modelarts/workspace.id'])) return false;
    if (!matchesQuery(call.query, 'parent', pool.parent)) return false;
    const kind = listKind(pool.phase);
    return (status === '' ? kind !== 'failed' : kind === status) && selects(pool.labels);
  });
  return {
    status: 200,
    body: { kind: 'PoolList', apiVersion: 'v2', items: items.map((pool) => poolView(world, pool, call.operation)) },
  };
}

/** GET one pool, including a failed creation. */
export function showPool(world: World, call: Call): HandlerResult {
  const pool = findPool(world, call);
  if (isHidden(world, pool, 'show')) throw notFound();
  return { status: 200, body: poolView(world, pool, call.operation) };
}

/** DELETE pool, asynchronous and idempotent (docs/api/pools-and-flavors.md "5.5 Deletion"). */
export function deletePool(world: World, call: Call): HandlerResult {
  const pool = findPool(world, call);
  const before = pool.phase;
  if (before !== 'Deleting') {
    disturbWorkloads(world, pool, liveWorkloads(world, pool), call, 'delete');
    applyOutcomes(world, pool, affectedPool(pool.spec.resources, pool.nodes.length), call.takeOutcomes());
    pool.deletedAt = world.clock.now();
    openDeletion(world, pool, pool.deletedAt);
    enterPhase(world, pool, 'Deleting', pool.deletedAt);
    call.commit(`deleting pool ${pool.id}`);
  }
  const shown = { ...pool };
  if (world.behavior.deleteEchoesOldPhase) shown.phase = pool.phaseBeforeDelete ?? before;
  if (world.behavior.omitDeletionTimestamp) delete shown.deletedAt;
  return { status: 200, body: poolView(world, shown, call.operation) };
}

function openDeletion(world: World, pool: PoolRecord, at: number): void {
  settleOrders(world, pool, at);
  const name = `order.${pool.name}-${tail(world, pool.uid, 'delete', at)}`;
  const items = [{ resourceName: pool.id, action: 'deletePool' }] as const;
  // It fails the orders that are still open, so it is opened after them.
  openOrder(world, pool, { name, operation: 'delete', initial: pool.spec.resources, wanted: [], items }, at);
}

/**
 * GET nodes (docs/api/pools-and-flavors.md "2.5 retry-scope, statistics, monitor, nodes"). Returns all nodes; the
 * service ignores paging here.
 */
export function listNodes(world: World, call: Call): HandlerResult {
  const pool = findPool(world, call);
  const items = pool.nodes.map((node) => nodeView(world, pool, node));
  return { status: 200, body: { kind: 'NodeList', apiVersion: 'v2', metadata: {}, items } };
}

/**
 * GET statistics (docs/api/pools-and-flavors.md "2.5 retry-scope, statistics, monitor, nodes"). The time is in Go's
 * format.
 */
export function poolStatistics(world: World, call: Call): HandlerResult {
  const workspace = call.query.get('workspaceId') ?? '0';
  const status = { creating: 0, created: 0, failed: 0, pending: 0, deleting: 0 };
  for (const pool of world.state.pools) {
    if (pool.labels['os.modelarts/workspace.id'] !== workspace) continue;
    if (pool.phase === 'Waiting') status.pending += 1;
    else if (pool.phase === 'Deleting') status.deleting += 1;
    else status[listKind(pool.phase)] += 1;
  }
  const time = new Date(world.clock.now()).toISOString();
  const operationTime = `${time.slice(0, 10)} ${time.slice(11, 23)}000000 +0000 UTC`;
  return { status: 200, body: { statistics: { status }, operationTime } };
}

/** The pool in the path. An existing pool takes precedence over a failed creation of the same name. */
export function findPool(world: World, call: Call): PoolRecord {
  const same = world.state.pools.filter((pool) => pool.id === call.params.pool);
  const pool = same.find((candidate) => candidate.phase !== 'CreationFailed') ?? same.at(-1);
  if (pool === undefined) throw notFound();
  return pool;
}

function listKind(phase: string): 'creating' | 'created' | 'failed' {
  if (phase === 'CreationFailed') return 'failed';
  return phase === '' || phase === 'Creating' || phase === 'Waiting' ? 'creating' : 'created';
}

/** An unpaid subscription stays in `Waiting`, and so does a logical pool that needs approval. */
function mustWait(world: World, pool: PoolRecord): boolean {
  if (pool.spec.type === 'Logical' && world.behavior.logicalNeedsApproval) return true;
  const paid = ['true', '1'].includes(pool.annotations['os.modelarts/auto.pay'] ?? '');
  return pool.annotations['os.modelarts/billing.mode'] === '1' && !paid;
}

function newPool(world: World, call: Call, request: PoolRequest, id: string): PoolRecord {
  const uid = `pool-${nextSequence(world)}`;
  const { name, spec, parent } = request;
  const driver: PoolRecord['driver'] = {};
  if (spec.driver?.gpuVersion !== undefined) driver.gpu = { version: spec.driver.gpuVersion, state: 'Creating' };
  if (spec.driver?.npuVersion !== undefined) driver.npu = { version: spec.driver.npuVersion, state: 'Creating' };
  const resourceIds = spec.resources.map(({ flavor }) => [flavor, flavor.replace('modelarts', 'maos')]);
  return {
    uid,
    id,
    name,
    createdAt: world.clock.now(),
    labels: {
      'os.modelarts/workspace.id': '0',
      'os.modelarts/node.prefix': '',
      'os.modelarts/sharing': 'unshared',
      'os.modelarts/create-from': call.headers['request-type'] === 'console' ? 'console' : 'api',
      ...request.labels,
      'os.modelarts/resource.id': `maos-${name}-${tail(world, uid, 'resource')}`,
      'os.modelarts/tenant.domain.id': call.user.domainId,
      'os.modelarts/tenant.project.id': world.projectId,
      'os.modelarts.pool/biz': 'private',
    },
    annotations: {
      'os.modelarts/billing.mode': '0',
      ...request.annotations,
      'os.modelarts/tenant.domain.name': call.user.domainName,
      'os.modelarts/flavor.resource.ids': JSON.stringify(Object.fromEntries(resourceIds)),
    },
    spec,
    phase: '',
    message: '',
    nodes: [],
    scopes: spec.scope.map((scopeType) => ({ scopeType, state: 'Enabling' })),
    driver,
    parent,
    overrides: [],
    hidden: {},
  };
}

function notFound(): Error {
  return poolError(404, '50015001', 'pool not found');
}
