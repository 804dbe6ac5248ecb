import type { OrderItem, OrderRecord, PoolRecord, PoolResource } from '../records.js';
import type { World } from '../world.js';

/** The number of orders that are kept. */
const KEPT = 1000;
/** An order with missing nodes ends after this fraction of the usual time, beyond the usual end. */
const PATIENCE = 0.3;

/** What an order is about: its nodes, or the pool itself. */
export interface OrderPlan {
  readonly name: string;
  readonly operation: OrderRecord['operation'];
  readonly initial: readonly PoolResource[];
  readonly wanted: readonly PoolResource[];
  readonly items: readonly Pick<OrderItem, 'resourceName' | 'action'>[];
  /** The order ends at this time. @defaultValue never */
  readonly deadline?: number;
}

/** Opens an order and names it in the pool's label (docs/api/workloads-and-operations.md "3. Work orders"). */
export function openOrder(world: World, pool: PoolRecord, plan: OrderPlan, at: number): void {
  const order: OrderRecord = {
    name: plan.name,
    poolId: pool.id,
    poolUid: pool.uid,
    poolName: pool.name,
    workspaceId: pool.labels['os.modelarts/workspace.id'] ?? '0',
    operation: plan.operation,
    createdAt: at,
    result: 'open',
    initCount: countsOf(plan.initial),
    specCount: countsOf(plan.wanted),
    resultCount: [],
    items: plan.items.map((item) => ({ ...item, status: 'processing', updatedAt: at })),
    ...(plan.deadline === undefined ? {} : { deadline: plan.deadline }),
  };
  pool.labels['os.modelarts/order.name'] = plan.name;
  world.state.orders.push(order);
  world.state.orders.splice(0, world.state.orders.length - KEPT);
}

/** The time at which a scaling ends, complete or not. */
export function scalingDeadline(world: World, at: number): number {
  return at + world.durations.poolScale * (1 + PATIENCE);
}

/** Adds the nodes of a pool that starts to be created, and limits the time for them once it is `Running`. */
export function followCreation(world: World, pool: PoolRecord, at: number): void {
  const order = openOrders(world, pool).find(({ operation }) => operation === 'apply');
  if (order === undefined) return;
  if (pool.phase === 'Creating' && order.items.length === 1) {
    const nodes = pool.nodes.map(({ name }) => ({ resourceName: name, action: 'createNode' as const }));
    order.items.push(...nodes.map((item) => ({ ...item, status: 'processing' as const, updatedAt: at })));
  }
  if (pool.phase === 'Running') order.deadline ??= at + world.durations.poolCreate * PATIENCE;
}

/**
 * Ends the orders of a pool that are due. It runs after every change of the pool and before every read, so the result
 * does not depend on reads: an overdue order ends with what was complete at its deadline.
 */
export function settleOrders(world: World, pool: PoolRecord, at: number): void {
  for (const order of openOrders(world, pool)) {
    if (order.deadline !== undefined && order.deadline <= at) {
      endOrder(pool, order, order.deadline, 'the resources were not available in time');
      continue;
    }
    for (const item of order.items) settleItem(order, pool, item, at);
    if (hasFailed(order, pool)) endOrder(pool, order, at, pool.message || 'the pool is being deleted');
    else if (order.items.every(({ status }) => status === 'succeed')) endOrder(pool, order, at, '');
  }
}

/** Every order, up to date. */
export function allOrders(world: World): readonly OrderRecord[] {
  for (const pool of world.state.pools) settleOrders(world, pool, world.clock.now());
  return world.state.orders;
}

function openOrders(world: World, pool: PoolRecord): OrderRecord[] {
  return world.state.orders.filter(({ poolUid, result }) => poolUid === pool.uid && result === 'open');
}

function settleItem(order: OrderRecord, pool: PoolRecord, item: OrderItem, at: number): void {
  if (item.status !== 'processing' || !isDone(order, pool, item)) return;
  item.status = 'succeed';
  item.updatedAt = at;
}

function isDone(order: OrderRecord, pool: PoolRecord, { resourceName, action }: OrderItem): boolean {
  const node = pool.nodes.find(({ name }) => name === resourceName);
  switch (action) {
    case 'createPool':
      return order.items.length > 1 && pool.phase === 'Running';
    case 'createNode':
      return node?.phase === 'Available';
    case 'deleteNode':
      return node === undefined;
    case 'deletePool':
      return pool.phase === 'Gone';
  }
}

function hasFailed({ operation }: OrderRecord, { phase }: PoolRecord): boolean {
  if (operation === 'delete') return phase !== 'Deleting' && phase !== 'Gone';
  return phase === 'CreationFailed' || phase === 'ScalingFailed' || phase === 'Deleting' || phase === 'Gone';
}

/** Ends an order. What is not complete has failed for `reason`. */
function endOrder(pool: PoolRecord, order: OrderRecord, at: number, reason: string): void {
  for (const item of order.items) {
    if (item.status !== 'processing') continue;
    item.status = 'failed';
    item.updatedAt = at;
    item.message = reason;
  }
  const failed = order.items.filter(({ status }) => status === 'failed');
  const nodes = order.items.filter(({ action }) => action !== 'createPool');
  const partial = nodes.some(({ status }) => status === 'succeed');
  order.endedAt = at;
  order.result = failed.length === 0 ? 'successed' : partial ? 'partialSuccessed' : 'failed';
  if (order.result === 'failed') order.failReason = reason;
  const available = pool.nodes.filter(({ phase }) => phase === 'Available');
  const flavors = [...new Set(available.map(({ flavor }) => flavor))];
  order.resultCount = flavors.map((flavor) => {
    return { flavor, count: available.filter((node) => node.flavor === flavor).length };
  });
}

function countsOf(resources: readonly PoolResource[]): OrderRecord['initCount'] {
  return resources.map(({ flavor, count }) => ({ flavor, count }));
}
