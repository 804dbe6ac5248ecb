import { flavorListSchema } from '../modelarts/schemas/flavor.js';
import { networkListSchema } from '../modelarts/schemas/network.js';
import { eventListSchema, orderDetailsSchema, orderListSchema } from '../modelarts/schemas/order.js';
import { poolListSchema, poolSchema } from '../modelarts/schemas/pool.js';
import {
  poolRuntimeSchema,
  servicePageSchema,
  trainingJobPageSchema,
  workloadPageSchema,
  workloadStatisticsSchema,
} from '../modelarts/schemas/workload.js';
import type { ProbeCall } from './call.js';
import { textIn } from './rows.js';
import { nodeListSchema, poolStatisticsSchema, quotaSchema, workspaceListSchema } from './schemas.js';
import {
  eventWords,
  flavorWords,
  networkWords,
  nodeWords,
  orderWords,
  poolWords,
  serviceWords,
  statisticsWords,
  trainingWords,
  workloadWords,
} from './words.js';

const v1 = '/v1/{project_id}';
const v2 = '/v2/{project_id}';
const pool = `${v2}/pools/{pool_name}`;
const rights = { pools: 'modelarts:pool:list', pool: 'modelarts:pool:get' };
/** Documented in docs/api/workloads-and-operations.md "2.6 Other look-ups for the same question". */
const unreadSearch = [
  ...'/count /limit /offset /sort_by /order /group_by /workspace_id /ai_project'.split(' '),
  ...'metadata.workspace_id metadata.description spec.resource.flavor_id spec.resource.node_count'.split(' '),
  ...'status.secondary_phase status.duration status.start_time status.tasks'.split(' '),
];
const unreadServices = [
  ...'/current /size /pages version version_count description type deploy_type workspace_id'.split(' '),
  ...'update_at auth_type task_type tags schedule frozen_infos'.split(' '),
];
/** Pools that are looked at one by one. */
const most = 2;
/** In one pool, and in the call for it. */
const eachPool = {
  of: 'pools.list',
  most,
  id: textIn('metadata', 'name'),
  send: (id: string) => ({ path: { pool_name: id } }),
};

/** The reads about pools, networks, flavors and jobs. An earlier list names what later reads are about. */
export const poolCalls: readonly ProbeCall[] = [
  {
    operation: 'networks.list',
    template: `${v1}/networks`,
    schema: networkListSchema,
    rows: 'items',
    need: 'work',
    right: 'modelarts:network:list',
    words: networkWords,
    unread: ['status.subnets[].cidr'],
  },
  {
    operation: 'flavors.list',
    template: `${v1}/resourceflavors`,
    schema: flavorListSchema,
    rows: 'items',
    need: 'work',
    right: 'modelarts:pool:list',
    words: flavorWords,
  },
  {
    operation: 'pools.list',
    template: `${v2}/pools`,
    schema: poolListSchema,
    rows: 'items',
    need: 'work',
    right: rights.pools,
    words: poolWords,
  },
  {
    operation: 'pools.show',
    template: pool,
    schema: poolSchema,
    need: 'work',
    right: rights.pool,
    words: poolWords,
    each: eachPool,
  },
  {
    operation: 'workloads.list',
    template: `${pool}/workloads`,
    query: { sort: 'create_time', ascend: 'true', offset: 0, limit: 100 },
    schema: workloadPageSchema,
    rows: 'items',
    need: 'removal',
    right: rights.pool,
    words: workloadWords,
    unread: ['/metadata', 'kind', 'apiVersion', 'resourceRequirement', 'nodes', 'isDeleted'],
    each: { ...eachPool, most: 3 },
  },
  {
    operation: 'workloads.statistics',
    template: `${v2}/statistics/pools/{pool_name}/workloads`,
    schema: workloadStatisticsSchema,
    rows: 'statistics.items',
    need: 'removal',
    right: rights.pool,
    words: statisticsWords,
    each: eachPool,
  },
  {
    operation: 'workloads.runtime',
    template: `${v2}/metrics/runtime/pools`,
    schema: poolRuntimeSchema,
    rows: 'items',
    need: 'detail',
    right: rights.pools,
    unread: [
      'table.allocated',
      'table.capacity',
      'table.available',
      'table.workload.timestamp',
      'table.workload.window',
    ],
  },
  {
    operation: 'trainingJobs.search',
    template: `${v2}/training-job-searches`,
    method: 'POST',
    schema: trainingJobPageSchema,
    rows: 'items',
    need: 'detail',
    right: 'modelarts:trainJob:list',
    words: trainingWords,
    unread: unreadSearch,
    each: {
      ...eachPool,
      most: 1,
      send: (id) => ({
        body: { offset: 0, limit: 50, filters: [{ key: 'pool_id', operator: 'in', value: [id] }] },
      }),
    },
  },
  {
    operation: 'services.list',
    template: `${v2}/services`,
    schema: servicePageSchema,
    rows: 'data',
    need: 'detail',
    right: 'modelarts:service:list',
    words: serviceWords,
    unread: unreadServices,
    each: { ...eachPool, most: 1, send: (id) => ({ query: { pool_id: id, limit: 100 } }) },
  },
  {
    operation: 'pools.nodes',
    template: `${pool}/nodes`,
    schema: nodeListSchema,
    rows: 'items',
    need: 'detail',
    right: rights.pool,
    words: nodeWords,
    each: eachPool,
  },
  {
    operation: 'pools.statistics',
    template: `${v2}/statistics/pools`,
    schema: poolStatisticsSchema,
    need: 'detail',
    right: rights.pools,
  },
  {
    operation: 'orders.list',
    template: `${v1}/orders`,
    query: { limit: 50 },
    schema: orderListSchema,
    rows: 'items',
    need: 'detail',
    right: rights.pools,
    words: orderWords,
    unread: 'orderId billingMode periodType periodNum initCount specCount resultCount'.split(' '),
  },
  {
    operation: 'orders.show',
    template: `${v1}/orders/{order_name}`,
    schema: orderDetailsSchema,
    rows: 'items',
    need: 'detail',
    right: null,
    unread: ['beginTimestamp', 'updateTimestamp'],
    each: { of: 'orders.list', most: 1, id: textIn('orderName'), send: (id) => ({ path: { order_name: id } }) },
  },
  {
    operation: 'events.list',
    template: `${v1}/events`,
    schema: eventListSchema,
    rows: 'items',
    need: 'detail',
    right: rights.pool,
    words: eventWords,
    unread: ['/kind', '/apiVersion', '/metadata', 'kind', 'apiVersion'],
    each: { ...eachPool, most: 1, send: (id) => ({ query: { resource: 'pools', name: id, limit: 50, offset: 0 } }) },
  },
  { operation: 'quotas.show', template: `${v1}/quotas`, schema: quotaSchema, need: 'detail', right: null },
  {
    operation: 'workspaces.list',
    template: `${v1}/workspaces`,
    query: { limit: 100, offset: 0 },
    schema: workspaceListSchema,
    rows: 'workspaces',
    need: 'detail',
    right: 'modelarts:workspace:list',
  },
];
