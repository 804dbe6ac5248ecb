import { type JsonObject, textAt } from '../json.js';
import { matchesQuery } from '../list-query.js';
import { poolReadiness } from '../notebooks/pool-association.js';
import { hexDigits, uuid } from '../random.js';
import type { PoolRecord } from '../records.js';
import { type Call, epochIn, type HandlerResult, type World } from '../world.js';
import { notFound } from './errors.js';
import { flavorView } from './flavors.js';
import { pageOfRows } from './paging.js';

const DEFAULT_LIMIT = 1000;

/**
 * GET clusters: the pools that are usable for notebooks. Their times and sizes are texts (docs/api/notebooks-current.md
 * "9. Other calls").
 */
export function listClusters(world: World, call: Call): HandlerResult {
  const { query } = call;
  const workspaceId = query.get('workspace_id') || '0';
  const rows = clusters(world, call).filter(
    (cluster) =>
      matchesQuery(query, 'type', textAt(cluster, 'type')) &&
      (cluster.type === 'MANAGED' || cluster.workspace_id === workspaceId),
  );
  const page = pageOfRows(rows, query, { fallback: DEFAULT_LIMIT, first: 0 });
  return { status: 200, body: { ...page } };
}

/** GET one cluster, by its own id or by that of its pool. */
export function showCluster(world: World, call: Call): HandlerResult {
  const wanted = call.params.cluster;
  const found = clusters(world, call).find(({ pool_id, logic_cluster_id }) =>
    [pool_id, logic_cluster_id].includes(wanted),
  );
  if (found === undefined) throw notFound('cluster');
  return { status: 200, body: found };
}

function clusters(world: World, call: Call): JsonObject[] {
  const flavors = world.catalogue.notebookFlavors.map((flavor) => {
    const view = flavorView(world, flavor);
    return { ...view, memory: Number(view.memory).toString() };
  });
  const common = { project_id: world.projectId, is_allow_root: false };
  const user = { domain_id: call.user.domainId };
  const pools = world.state.pools.filter(({ scopes, phase }) => {
    return phase !== 'CreationFailed' && scopes.some(({ scopeType }) => scopeType === 'Notebook');
  });
  return [
    {
      ...common,
      ...user,
      pool_id: 'public',
      logic_cluster_id: uuid(hexDigits(32, world.seed, 'cluster', 'public')),
      status: 'ACTIVE',
      type: 'MANAGED',
      resource_categories: 'CPU',
      workspace_id: '0',
      flavors,
      create_at: '0',
      update_at: '0',
    },
    ...pools.map((pool) => ({
      ...common,
      ...user,
      pool_id: pool.id,
      logic_cluster_id: uuid(hexDigits(32, world.seed, 'cluster', pool.uid)),
      status: statusOf(world, pool),
      type: 'DEDICATED',
      resource_categories: categoryOf(world, pool),
      workspace_id: pool.labels['os.modelarts/workspace.id'] ?? '0',
      flavors,
      create_at: epochIn(world, call.operation, pool.createdAt),
      update_at: epochIn(world, call.operation, pool.createdAt),
    })),
  ];
}

/** The kind of the cards of a pool, else `CPU`. */
function categoryOf({ catalogue }: World, { spec: { resources } }: PoolRecord): string {
  const flavors = catalogue.poolFlavors.filter(({ name }) => resources.some(({ flavor }) => flavor === name));
  if (flavors.some(({ npu }) => npu !== undefined)) return 'ASCEND';
  return flavors.some(({ gpu }) => gpu !== undefined) ? 'GPU' : 'CPU';
}

function statusOf(world: World, pool: PoolRecord): string {
  if (pool.phase === 'Deleting') return 'DELETING';
  return poolReadiness(world, pool.id) === 'ready' ? 'ACTIVE' : 'INITIALIZING';
}
