import { badRequest } from '../errors.js';
import { WORKLOAD_STATUSES } from '../lifecycles/workload-lifecycle.js';
import { matchesQuery, offsetPage } from '../list-query.js';
import { findPool } from '../pools/pool-handlers.js';
import type { Call, HandlerResult, World } from '../world.js';
import { visibleWorkloads, workloadView } from './workload-view.js';

/** GET workloads of a pool (docs/api/workloads-and-operations.md "2.1 W1 query"). `hostip` switches paging off. */
export function listWorkloads(world: World, call: Call): HandlerResult {
  const { query } = call;
  const pool = findPool(world, call);
  const types = query.getAll('type').filter((type) => type !== '');
  const hosts = query.getAll('hostip').flatMap((item) => item.split(',').filter((ip) => ip !== ''));
  const rows = visibleWorkloads(world, pool, call).filter((job) => {
    const ips = pool.nodes.filter(({ name }) => job.nodeNames.includes(name)).map(({ ip }) => ip);
    if (hosts.length > 0 && !hosts.some((ip) => ips.includes(ip))) return false;
    return (types.length === 0 || types.includes(job.type)) && matchesQuery(query, 'status', job.status);
  });
  const sort = query.get('sort') ?? '';
  if (sort !== '' && sort !== 'create_time') throw badRequest('sort must be create_time.');
  const up = query.get('ascend') === 'true' ? 1 : -1;
  if (sort !== '') rows.sort((a, b) => up * (a.createdAt - b.createdAt));
  const page = hosts.length > 0 ? rows : offsetPage(rows, query, { most: 500, usual: 500 });
  const items = page.map((job) => workloadView(world, pool, job));
  const total = world.behavior.workloadsTotal ? { metadata: {}, total: rows.length } : {};
  return { status: 200, body: { kind: 'WorkloadList', apiVersion: 'v1', ...total, items } };
}

/**
 * GET statistics of workloads (docs/api/workloads-and-operations.md "2.3 W2 and W3"). Only present counters are sent.
 */
export function workloadStatistics(world: World, call: Call): HandlerResult {
  const rows = visibleWorkloads(world, findPool(world, call), call);
  const items = [...new Set(rows.map(({ type }) => type))].map((type) => {
    const jobs = rows.filter((job) => job.type === type);
    const counts = WORKLOAD_STATUSES.map(
      (word) => [word, jobs.filter(({ status }) => status === word).length] as const,
    );
    return { type, total: jobs.length, status: Object.fromEntries(counts.filter(([, count]) => count > 0)) };
  });
  return { status: 200, body: { statistics: { total: items.length, items } } };
}
