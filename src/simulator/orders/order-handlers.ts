import { poolError } from '../errors.js';
import { lagOf } from '../faults/outcomes.js';
import { type Json, present } from '../json.js';
import { matchesQuery, offsetPage } from '../list-query.js';
import type { OrderRecord } from '../records.js';
import type { Call, HandlerResult, World } from '../world.js';
import { allOrders } from './order-book.js';

const DAY = 24 * 60 * 60 * 1000;
/** Older orders cannot be found. */
const LISTED_FOR = 31 * DAY;

/**
 * GET orders, newest first (docs/api/pools-and-flavors.md "4.4 Work orders", docs/api/workloads-and-operations.md "3.
 * Work orders").
 */
export function listOrders(world: World, call: Call): HandlerResult {
  const { query } = call;
  const involved = query.get('involvedName') ?? '';
  const known = world.state.pools.some(({ id, name }) => id === involved || name === involved);
  if (involved !== '' && !known) throw poolError(404, '50015001', `Pool ${involved} not found.`);
  const workspace = query.get('workspaceId') || (involved === '' ? '0' : '');
  const now = world.clock.now();
  const since = Number(query.get('since') || now - LISTED_FOR);
  const until = Number(query.get('until') || now);
  const orders = visibleOrders(world, call).filter(
    (order) =>
      (involved === '' || order.poolId === involved || order.poolName === involved) &&
      (workspace === '' || order.workspaceId === workspace) &&
      order.createdAt >= Math.max(since, now - LISTED_FOR) &&
      order.createdAt <= until &&
      matchesPhase(query.get('phase'), phaseOf(world, order)) &&
      matchesPhase(query.get('result'), phaseOf(world, order)) &&
      matchesQuery(query, 'resource', 'pools'),
  );
  const page = offsetPage([...orders].reverse(), query, { most: 500, usual: 100 });
  return { status: 200, body: { count: orders.length, items: page.map((order) => orderView(world, order)) } };
}

/** GET one order: its result for each resource. Times are milliseconds as text. */
export function showOrder(world: World, call: Call): HandlerResult {
  const order = visibleOrders(world, call).find(({ name }) => name === call.params.order);
  if (order === undefined) throw poolError(404, '50015001', `Order ${call.params.order ?? ''} not found.`);
  const begin = beginOf(world, order);
  const items = order.items.map(({ resourceName, action, status, updatedAt, message }) =>
    present({
      resourceName,
      action,
      status,
      beginTimestamp: String(begin),
      updateTimestamp: String(Math.max(begin, updatedAt)),
      message,
    }),
  );
  return { status: 200, body: { count: items.length, items } };
}

function visibleOrders(world: World, call: Call): OrderRecord[] {
  const until = world.clock.now() - lagOf(call, world.behavior.ordersLagMs);
  return allOrders(world).filter(({ createdAt }) => createdAt <= until);
}

function orderView(world: World, order: OrderRecord): Json {
  const { name, poolId, poolName, workspaceId, operation, createdAt, endedAt, failReason } = order;
  const begin = beginOf(world, order);
  return present({
    orderName: name,
    orderId: '',
    resourceName: poolId,
    resourceDisplayName: poolName,
    workspaceId,
    operation,
    phase: phaseOf(world, order),
    failReason,
    creationTimestamp: createdAt,
    beginTimestamp: begin > world.clock.now() ? 0 : begin,
    endTimestamp: endedAt === undefined ? 0 : Math.max(begin, endedAt),
    initCount: order.initCount,
    specCount: order.specCount,
    resultCount: order.resultCount,
    billingMode: '0',
  });
}

function beginOf(world: World, { createdAt, endedAt }: OrderRecord): number {
  return Math.min(createdAt + world.durations.orderBegin, endedAt ?? Infinity);
}

function phaseOf(world: World, order: OrderRecord): string {
  if (order.result !== 'open') return order.result;
  return beginOf(world, order) > world.clock.now() ? 'pending' : 'processing';
}

/** The query says `running` for `processing`. */
function matchesPhase(wanted: string | null, phase: string): boolean {
  return wanted === null || wanted === '' || wanted === phase || (wanted === 'running' && phase === 'processing');
}
