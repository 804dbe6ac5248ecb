import { addNodes, removeNodes } from '../lifecycles/pool-lifecycle.js';
import { liveWorkloads } from '../lifecycles/workload-lifecycle.js';
import { openOrder, scalingDeadline } from '../orders/order-book.js';
import type { NodeRecord, OrderItem, PoolRecord, PoolResource } from '../records.js';
import { disturbWorkloads } from '../workloads/incidents.js';
import { type Call, nextSequence, tail, type World } from '../world.js';
import { rowKey } from './pool-resources.js';

/** A row of `spec.resources` and the number of nodes to add (or to remove, if negative). */
export type Difference = readonly [PoolResource, number];

/** The nodes that a new list of rows adds and removes. A row that is missing from it removes its nodes. */
export function differencesOf(pool: PoolRecord, resources: readonly PoolResource[]): Difference[] {
  const nodesIn = (row: PoolResource) => pool.nodes.filter((node) => belongsTo(node, row) && node.phase !== 'Deleting');
  const missing = pool.spec.resources.filter((old) => !resources.some((row) => rowKey(row) === rowKey(old)));
  return [
    ...resources.map((row): Difference => [row, row.count - nodesIn(row).length]),
    ...missing.map((row): Difference => [row, -nodesIn(row).length]),
  ];
}

/** Adds and removes nodes, which makes a work order. Jobs on removed nodes fail. */
export function scale(world: World, pool: PoolRecord, call: Call, resources: PoolResource[]): void {
  const at = world.clock.now();
  const items: Pick<OrderItem, 'resourceName' | 'action'>[] = [];
  for (const [row, difference] of differencesOf(pool, resources)) {
    const added = difference > 0 ? addNodes(world, pool, row, difference, at, true) : [];
    items.push(...added.map(({ name }) => ({ resourceName: name, action: 'createNode' as const })));
    if (difference >= 0) continue;
    const leaving = removeNodes(world, pool, (node) => belongsTo(node, row), -difference, at).map(({ name }) => name);
    items.push(...leaving.map((name) => ({ resourceName: name, action: 'deleteNode' as const })));
    const jobs = liveWorkloads(world, pool).filter((job) => job.nodeNames.some((name) => leaving.includes(name)));
    disturbWorkloads(world, pool, jobs, call, 'shrink');
  }
  const initial = pool.spec.resources;
  pool.spec.resources = resources;
  if (items.length === 0) return;
  const name = newOrderName(world, pool);
  const deadline = scalingDeadline(world, at);
  openOrder(world, pool, { name, operation: 'modify', initial, wanted: resources, items, deadline }, at);
}

/** Makes the order of a move to another workspace, which is done at once. */
export function orderMove(world: World, pool: PoolRecord): void {
  const { resources } = pool.spec;
  const name = newOrderName(world, pool);
  const plan = { name, operation: 'modify', initial: resources, wanted: resources, items: [] } as const;
  openOrder(world, pool, plan, world.clock.now());
}

function newOrderName(world: World, pool: PoolRecord): string {
  return `order.${pool.name}-${tail(world, pool.uid, nextSequence(world))}`;
}

function belongsTo(node: NodeRecord, row: PoolResource): boolean {
  return node.row === rowKey(row);
}
