import { type Json, present } from '../json.js';
import type { NodeRecord, PoolRecord } from '../records.js';
import { timeIn, type World } from '../world.js';

/** How the driver of a node is called in each state of the pool's driver. */
const DRIVER_PHASE: Readonly<Record<string, string>> = {
  Creating: 'Pending',
  Upgrading: 'Updating',
  Running: 'Running',
  Abnormal: 'Abnormal',
};

/**
 * A node in a response (docs/api/pools-and-flavors.md "2.5 retry-scope, statistics, monitor, nodes",
 * docs/api/workloads-and-operations.md "6.2 Node fields").
 */
export function nodeView(world: World, pool: PoolRecord, node: NodeRecord): Json {
  const flavor = world.catalogue.poolFlavors.find((candidate) => candidate.name === node.flavor);
  const resources = {
    cpu: flavor?.cpu ?? '0',
    memory: flavor?.memory ?? '0Gi',
    ...(flavor?.gpu === undefined ? {} : { 'nvidia.com/gpu': flavor.gpu.size }),
    ...(flavor?.npu === undefined ? {} : { 'huawei.com/ascend-1980': flavor.npu.size }),
  };
  return {
    kind: 'Node',
    apiVersion: 'v2',
    metadata: {
      name: node.name,
      creationTimestamp: timeIn(world, 'pools.nodes', pool.createdAt),
      labels: {
        'os.modelarts/resource.id': `maos-${node.name}`,
        'os.modelarts.node/nodepool': node.nodePool,
        'os.modelarts/billing.status': '0',
      },
      annotations: { 'os.modelarts/billing.mode': pool.annotations['os.modelarts/billing.mode'] ?? '0' },
    },
    spec: { flavor: node.flavor },
    status: present({
      phase: node.phase,
      az: node.az,
      privateIp: node.ip,
      resources,
      availableResources: resources,
      driver: driverView(pool, node),
      os: { name: 'EulerOS 2.10' },
      plugins: [],
    }),
  };
}

/** A node without a driver has an empty phase (docs/api/pools-and-flavors.md "3.3 Driver"). */
function driverView(pool: PoolRecord, node: NodeRecord): Json {
  const driver = pool.driver.gpu ?? pool.driver.npu;
  if (driver === undefined) return { phase: '', version: '' };
  return { phase: node.phase === 'Creating' ? 'Pending' : (DRIVER_PHASE[driver.state] ?? ''), version: driver.version };
}
