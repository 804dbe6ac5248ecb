import { type Json, present } from '../json.js';
import type { Operation } from '../operations.js';
import type { NodeRecord, PoolRecord, PoolResource } from '../records.js';
import { timeIn, type World } from '../world.js';
import { nodePoolOf } from './pool-resources.js';

const COUNTERS = [
  ['creating', 'Creating'],
  ['available', 'Available'],
  ['abnormal', 'Abnormal'],
  ['deleting', 'Deleting'],
] as const;

/**
 * A pool in a response (docs/api/pools-and-flavors.md "2.6 Pool object"). The operation determines the format of times.
 */
export function poolView(world: World, pool: PoolRecord, operation: Operation): { readonly [key: string]: Json } {
  const { type, scope, resources, network, jobFlavors, driver, controlMode, more } = pool.spec;
  const mode = pool.annotations['os.modelarts/billing.mode'];
  const subpools = world.state.pools.filter((other) => other.parent === pool.id).length;
  return {
    kind: 'Pool',
    apiVersion: 'v2',
    metadata: {
      name: pool.id,
      creationTimestamp: timeIn(world, operation, pool.createdAt),
      ...(pool.deletedAt === undefined ? {} : { deletionTimestamp: timeIn(world, operation, pool.deletedAt) }),
      labels: { ...pool.labels },
      annotations: {
        ...pool.annotations,
        ...(world.behavior.billingModeAsNumber && mode !== undefined
          ? { 'os.modelarts/billing.mode': Number(mode) }
          : {}),
        'os.modelarts.pool/subpools.count': String(subpools),
      },
    },
    spec: present({
      ...more,
      type,
      scope,
      resources: resources.map((resource) => rowView(world, resource)),
      network,
      jobFlavors,
      driver,
      controlMode,
    }),
    status: statusView(world, pool),
  };
}

/**
 * Right after the create, the status has only empty resources and no phase (docs/api/pools-and-flavors.md "6.3 Create
 * request our client should send, and the 200 answer").
 */
function statusView(world: World, pool: PoolRecord): Json {
  if (pool.phase === '') return { resources: {} };
  return present({
    phase: pool.phase,
    message: pool.message === '' || isUnsaid(world, pool) ? undefined : pool.message,
    root: pool.parent === '' ? pool.id : rootOf(world, pool.parent),
    parent: pool.parent === '' ? undefined : pool.parent,
    scope: pool.scopes.map((scope) => ({ ...scope })),
    resources: Object.fromEntries(
      COUNTERS.map(([counter, phase]) => [counter, countsOf(world, pool, phase)] as const).filter(
        ([, counts]) => counts !== undefined,
      ),
    ),
    driver:
      Object.keys(pool.driver).length === 0
        ? undefined
        : Object.fromEntries(Object.entries(pool.driver).map(([chip, state]) => [chip, { ...state }])),
  });
}

function isUnsaid(world: World, pool: PoolRecord): boolean {
  return pool.phase === 'CreationFailed' && !world.behavior.failedPoolMessage;
}

function rowView(world: World, resource: PoolResource): Json {
  const { more, ...row } = resource;
  const nodePool = world.behavior.nodePoolNames ? { nodePool: nodePoolOf(resource) } : {};
  return { ...nodePool, ...more, ...row, maxCount: row.maxCount ?? row.count };
}

/** The nodes of each row of `spec.resources` that are in a phase. */
function countsOf(world: World, pool: PoolRecord, phase: string): Json | undefined {
  const nodes = pool.nodes.filter((node) => node.phase === phase);
  if (nodes.length === 0) return undefined;
  const named = world.behavior.nodePoolNames || pool.spec.resources.some(({ more }) => more.nodePool !== undefined);
  const lines = [...groups(nodes, (node) => node.row).values()].map((members) => ({
    flavor: members[0]?.flavor ?? '',
    ...(named ? { nodePool: members[0]?.nodePool ?? '' } : {}),
    count: members.length,
    maxCount: members.length,
    azs: [...groups(members, (node) => node.az)].map(([az, inZone]) => ({ az, count: inZone.length })),
  }));
  return world.behavior.statusResourcesAsObject ? lines[0] : lines;
}

function groups(nodes: readonly NodeRecord[], by: (node: NodeRecord) => string): Map<string, NodeRecord[]> {
  const found = new Map<string, NodeRecord[]>();
  for (const node of nodes) found.set(by(node), [...(found.get(by(node)) ?? []), node]);
  return found;
}

function rootOf(world: World, parent: string): string {
  const above = world.state.pools.find((pool) => pool.id === parent);
  return above === undefined || above.parent === '' ? parent : rootOf(world, above.parent);
}
