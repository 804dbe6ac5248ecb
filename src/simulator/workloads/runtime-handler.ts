import type { Json } from '../json.js';
import { isLive } from '../lifecycles/workload-lifecycle.js';
import type { PoolRecord } from '../records.js';
import { type Call, type HandlerResult, timeIn, type World } from '../world.js';
import { countByType, requirementOf, visibleWorkloads, type WorkloadRow } from './workload-view.js';

const HOLDING = ['Creating', 'Running', 'Abnormal', 'Terminating'];
const GIB = 1024;

/** GET runtime metrics of all running pools (docs/api/workloads-and-operations.md "2.3 W2 and W3"). */
export function runtimeMetrics(world: World, call: Call): HandlerResult {
  const pools = world.state.pools.filter(({ phase }) => phase === 'Running');
  const items = pools.map((pool) => metricsOf(world, pool, visibleWorkloads(world, pool, call).filter(isLive), call));
  return { status: 200, body: { kind: 'PoolMetricsList', apiVersion: 'v2', items } };
}

function metricsOf(world: World, pool: PoolRecord, live: readonly WorkloadRow[], call: Call): Json {
  const stamp = { timestamp: timeIn(world, call.operation, world.clock.now()), window: '1m' };
  const holding = live.filter(({ status }) => HOLDING.includes(status));
  const queued = live.filter(({ status }) => !HOLDING.includes(status));
  const nodes = pool.nodes.filter(({ phase }) => phase === 'Available');
  const capacity = resourcesOf(
    world,
    pool,
    nodes.map(({ flavor }) => totalOf(world, flavor)),
  );
  const allocated = resourcesOf(
    world,
    pool,
    holding.map((job) => neededBy(world, pool, job)),
  );
  return {
    metadata: { name: pool.id, labels: { 'os.modelarts/name': pool.name } },
    table: {
      allocated: { value: allocated, ...stamp },
      capacity: { value: capacity, maxValue: capacity, ...stamp },
      ...(world.behavior.runtimeWorkloads
        ? { workload: { allocated: countByType(holding), queue: countByType(queued), ...stamp } }
        : {}),
    },
  };
}

interface Amount {
  readonly cpu: number;
  readonly gib: number;
  readonly chips: number;
}

function totalOf(world: World, name: string): Amount {
  const flavor = world.catalogue.poolFlavors.find((candidate) => candidate.name === name);
  const chips = Number(flavor?.gpu?.size ?? flavor?.npu?.size ?? 0);
  return { cpu: Number(flavor?.cpu ?? 0), gib: Number.parseInt(flavor?.memory ?? '0', 10), chips };
}

function neededBy(world: World, pool: PoolRecord, job: WorkloadRow): Amount {
  const needs = requirementOf(world, pool, job);
  const chips = needs['nvidia.com/gpu'] ?? needs['huawei.com/ascend-1980'] ?? '0';
  const amount = (text: string | undefined) => Number.parseFloat(text ?? '0') * job.nodeCount;
  return { cpu: amount(needs.cpu), gib: amount(needs.memory), chips: amount(chips) };
}

/** Cores, memory and one key for the chip type of the pool. */
function resourcesOf(world: World, pool: PoolRecord, amounts: readonly Amount[]): Record<string, number | string> {
  const names = pool.spec.resources.map(({ flavor }) => flavor);
  const flavors = world.catalogue.poolFlavors.filter(({ name }) => names.includes(name));
  const chip = flavors.flatMap(({ gpu, npu }) => gpu?.type ?? npu?.type ?? [])[0];
  const sum = (of: (amount: Amount) => number) => amounts.reduce((total, amount) => total + of(amount), 0);
  return {
    cpu: sum(({ cpu }) => cpu),
    memory: `${Math.round(sum(({ gib }) => gib) * GIB)}Mi`,
    ...(chip === undefined ? {} : { [chip]: sum(({ chips }) => chips) }),
  };
}
