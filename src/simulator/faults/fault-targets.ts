import { textAt } from '../json.js';
import type { Operation } from '../operations.js';
import type { World } from '../world.js';
import type { FaultTarget } from './fault-queue.js';

/** The resources that a call is about. For a list, every listed resource. */
export function faultTargetsOf(
  world: World,
  operation: Operation,
  params: Readonly<Record<string, string>>,
  body: unknown,
): FaultTarget[] {
  if (operation === 'pools.create' || operation === 'networks.create') {
    const name = textAt(body, 'metadata', 'labels', 'os.modelarts/name') ?? '';
    return [{ ids: [name, `${name}-${world.projectId}`] }];
  }
  if (operation === 'notebooks.create' || operation === 'currentNotebooks.create')
    return [{ ids: [textAt(body, 'name') ?? ''] }];
  const { pools, notebooks, currentNotebooks, networks } = world.state;
  if (operation.startsWith('pools.')) return targetsIn(pools, params.pool, ({ phase }) => phase);
  if (operation.startsWith('notebooks.')) return targetsIn(notebooks, params.notebook, ({ status }) => status);
  if (operation.startsWith('currentNotebooks.'))
    return targetsIn(currentNotebooks, params.notebook, ({ status }) => status);
  if (operation.startsWith('networks.')) return targetsIn(networks, params.network, ({ phase }) => phase);
  if (operation.startsWith('workloads.')) return workloadTargets(world, params.pool);
  if (operation.startsWith('orders.')) return orderTargets(world, params.order);
  return [];
}

function orderTargets(world: World, wanted: string | undefined): FaultTarget[] {
  return world.state.orders
    .filter(({ name }) => wanted === undefined || name === wanted)
    .map(({ name, poolId, poolName, result }) => ({ ids: [name, poolId, poolName], state: result }));
}

/** The pool, and its jobs; all of them without a pool. */
function workloadTargets(world: World, pool: string | undefined): FaultTarget[] {
  const { pools, workloads } = world.state;
  const jobs = workloads.filter((job) => pool === undefined || job.poolId === pool);
  return [
    ...targetsIn(pools, pool, ({ phase }) => phase),
    ...jobs.map((job) => ({ ids: [job.id, job.name], state: job.status })),
  ];
}

/** The record with the id, or all records without one. */
function targetsIn<T extends { readonly id: string; readonly name: string }>(
  records: readonly T[],
  id: string | undefined,
  stateOf: (record: T) => string,
): FaultTarget[] {
  return records
    .filter((record) => id === undefined || id === record.id)
    .map((record) => ({ ids: [record.id, record.name], state: stateOf(record) }));
}
