import { createToken, listDomains, listProjects, listUsers } from './auth/iam-handlers.js';
import { decode } from './auth/signature.js';
import { CURRENT_NOTEBOOK_ROUTES } from './current-notebooks/routes.js';
import { listEvents } from './events/event-handlers.js';
import { listFlavors } from './flavors/flavor-handlers.js';
import { createNetwork, deleteNetwork, listNetworks, showNetwork } from './networks/network-handlers.js';
import { actOnNotebook } from './notebooks/notebook-action.js';
import {
  createNotebook,
  deleteNotebook,
  listNotebooks,
  notebookToken,
  showNotebook,
  updateNotebook,
} from './notebooks/notebook-handlers.js';
import { listOrders, showOrder } from './orders/order-handlers.js';
import { createPool, deletePool, listNodes, listPools, poolStatistics, showPool } from './pools/pool-handlers.js';
import { patchPool, retryScope } from './pools/pool-patch.js';
import { showQuotas } from './quotas.js';
import { type Route, route } from './route.js';
import { runtimeMetrics } from './workloads/runtime-handler.js';
import { listServices } from './workloads/service-handler.js';
import { searchTrainingJobs } from './workloads/training-handler.js';
import { listWorkloads, workloadStatistics } from './workloads/workload-handlers.js';
import { listWorkspaces } from './workspaces.js';

/** A matched route with the decoded path parameters. */
export interface Matched {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

const ROUTES: readonly Route[] = [
  route('pools.create', 'POST', '/v2/{project}/pools', createPool),
  route('pools.list', 'GET', '/v2/{project}/pools', listPools),
  route('pools.show', 'GET', '/v2/{project}/pools/{pool}', showPool),
  route('pools.patch', 'PATCH', '/v2/{project}/pools/{pool}', patchPool),
  route('pools.delete', 'DELETE', '/v2/{project}/pools/{pool}', deletePool),
  route('pools.nodes', 'GET', '/v2/{project}/pools/{pool}/nodes', listNodes),
  route('pools.retryScope', 'POST', '/v2/{project}/pools/{pool}/retry-scope', retryScope),
  route('pools.statistics', 'GET', '/v2/{project}/statistics/pools', poolStatistics),
  route('workloads.list', 'GET', '/v2/{project}/pools/{pool}/workloads', listWorkloads),
  route('workloads.statistics', 'GET', '/v2/{project}/statistics/pools/{pool}/workloads', workloadStatistics),
  route('workloads.runtime', 'GET', '/v2/{project}/metrics/runtime/pools', runtimeMetrics),
  route('trainingJobs.search', 'POST', '/v2/{project}/training-job-searches', searchTrainingJobs),
  route('services.list', 'GET', '/v2/{project}/services', listServices),
  route('orders.list', 'GET', '/v1/{project}/orders', listOrders),
  route('orders.show', 'GET', '/v1/{project}/orders/{order}', showOrder),
  route('events.list', 'GET', '/v1/{project}/events', listEvents),
  route('flavors.list', 'GET', '/v1/{project}/resourceflavors', listFlavors),
  route('networks.create', 'POST', '/v1/{project}/networks', createNetwork),
  route('networks.list', 'GET', '/v1/{project}/networks', listNetworks),
  route('networks.show', 'GET', '/v1/{project}/networks/{network}', showNetwork),
  route('networks.delete', 'DELETE', '/v1/{project}/networks/{network}', deleteNetwork),
  route('quotas.show', 'GET', '/v1/{project}/quotas', showQuotas),
  route('notebooks.create', 'POST', '/v1/{project}/demanager/instances', createNotebook),
  route('notebooks.list', 'GET', '/v1/{project}/demanager/instances', listNotebooks),
  route('notebooks.show', 'GET', '/v1/{project}/demanager/instances/{notebook}', showNotebook),
  route('notebooks.update', 'PUT', '/v1/{project}/demanager/instances/{notebook}', updateNotebook),
  route('notebooks.delete', 'DELETE', '/v1/{project}/demanager/instances/{notebook}', deleteNotebook),
  route('notebooks.action', 'POST', '/v1/{project}/demanager/instances/{notebook}/action', actOnNotebook),
  route('notebooks.token', 'GET', '/v1/{project}/demanager/instances/{notebook}/token', notebookToken),
  ...CURRENT_NOTEBOOK_ROUTES,
  route('workspaces.list', 'GET', '/v1/{project}/workspaces', listWorkspaces),
  route('iam.token', 'POST', '/v3/auth/tokens', createToken),
  route('iam.projects', 'GET', '/v3/projects', listProjects),
  route('iam.domains', 'GET', '/v3/auth/domains', listDomains),
  route('iam.users', 'GET', '/v3/users', listUsers),
];

/** The route of a call; undefined when there is none. */
export function findRoute(method: string, path: string): Matched | undefined {
  for (const candidate of ROUTES) {
    if (candidate.method !== method) continue;
    const match = candidate.pattern.exec(path);
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(([key, value]) => [key, decode(value)] as const);
    return { route: candidate, params: Object.fromEntries(params) };
  }
  return undefined;
}
