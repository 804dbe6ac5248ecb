import { ModelArtsError } from '../../src/modelarts/errors.js';
import type { Workload } from '../../src/modelarts/schemas/workload.js';
import { connect, projectId, type Respond } from './fake-service.js';

const poolId = `team-a-${projectId}`;
const row = (number: number, more: object = {}) => ({
  kind: 'Workload',
  type: 'train',
  name: `modelarts-job-${number}`,
  jobName: `job-${number}`,
  jobUUID: `uuid-${number}`,
  status: 'Running',
  createTime: 1_729_000_000_000 + number,
  ...more,
});
const page = (items: unknown, more: object = {}) => ({ kind: 'WorkloadList', apiVersion: 'v1', items, ...more });

async function readAll(respond: Respond): Promise<{ rows: Workload[]; queries: string[]; error: unknown }> {
  const { modelarts, seen } = connect(respond);
  const rows: Workload[] = [];
  let error: unknown = null;
  try {
    for await (const one of modelarts.workloads.list(poolId)) rows.push(one);
  } catch (thrown) {
    error = thrown;
  }
  return { rows, error, queries: seen.map(({ url }) => `${url.pathname}${url.search}`) };
}

describe('workloads of a pool', () => {
  test('one page ends the list; fields of other types and unknown words are kept', async () => {
    const items = [
      row(1, { status: 'Sleeping', runningDuration: '60', nodes: {}, userName: null }),
      row(2, { status: {} }),
    ];
    const { rows, queries, error } = await readAll(() => ({ body: page(items) }));
    expect(error).toBeNull();
    expect(rows).toMatchObject([{ status: 'Sleeping', runningDuration: 60, createTime: 1_729_000_000_001 }, {}]);
    expect(rows[0]?.userName).toBeUndefined();
    expect(rows[1]?.status).toBeUndefined();
    expect(queries).toEqual([
      `/v2/${projectId}/pools/${poolId}/workloads?sort=create_time&ascend=true&offset=0&limit=500`,
    ]);
  });

  test('a full page leads to the next; the offset counts rows', async () => {
    const all = Array.from({ length: 1_100 }, (_, number) => row(number));
    const { rows, queries, error } = await readAll(({ url }) => {
      const offset = Number(url.searchParams.get('offset'));
      return { body: page(all.slice(offset, offset + 500)) };
    });
    expect(error).toBeNull();
    expect(rows).toHaveLength(1_100);
    expect(queries.map((query) => /offset=(\d+)/.exec(query)?.[1])).toEqual(['0', '500', '1000']);
  });

  test.each([
    ['a row that is no object', page([row(1), 'job'])],
    ['fewer rows than the service counts', page([], { total: 2 })],
    ['no rows in a response of another kind', { ok: true }],
    ['rows that are no list', page({ job: 1 })],
  ])('%s is malformed', async (_, body) => {
    const { error } = await readAll(() => ({ body }));
    expect(error).toBeInstanceOf(ModelArtsError);
    expect(error).toMatchObject({ kind: 'malformed', operation: 'workloads.list' });
  });

  test('a page that is shorter than the total leads to the next', async () => {
    const { rows } = await readAll(({ url }) => ({
      body: page([row(Number(url.searchParams.get('offset')))], { total: 3 }),
    }));
    expect(rows).toHaveLength(3);
  });

  test('a list without an end is given up after 20,000 rows', async () => {
    const full = page(Array.from({ length: 500 }, (_, number) => row(number)));
    const { queries, error } = await readAll(() => ({ body: full }));
    expect(queries).toHaveLength(40);
    expect(error).toMatchObject({ kind: 'malformed' });
  });

  test.each([{ items: null }, { items: [] }, {}])('%j of a workload list has no rows', async (body) => {
    const { rows, error } = await readAll(() => ({ body: { kind: 'WorkloadList', ...body } }));
    expect({ rows, error }).toEqual({ rows: [], error: null });
  });
});

test.each(['statistics', 'statics'])('counts are read under the key %s, as numbers or text', async (key) => {
  const items = [{ type: 'train', total: '2', status: { Queue: '1', Pending: 0, Running: 1, Broken: {} } }];
  const { modelarts, seen } = connect(() => ({ body: { [key]: { total: 1, items } } }));
  expect(await modelarts.workloads.statistics(poolId)).toMatchObject({
    items: [{ type: 'train', total: 2, status: { Queue: 1, Pending: 0, Running: 1 } }],
  });
  expect(seen[0]?.url.pathname).toBe(`/v2/${projectId}/statistics/pools/${poolId}/workloads`);
});

test('the allocation of pools is read with and without counts of workloads', async () => {
  const items = [
    { metadata: { name: 'a', labels: {} }, table: { workload: { allocated: { sum: 1 }, queue: { sum: '0' } } } },
    { metadata: { name: 'b' }, table: {} },
  ];
  const { modelarts, seen } = connect(() => ({ body: { kind: 'PoolMetricsList', apiVersion: 'v2', items } }));
  const runtime = await modelarts.workloads.runtime();
  expect(runtime.items[0]?.table?.workload).toEqual({ allocated: { sum: 1 }, queue: { sum: 0 } });
  expect(runtime.items[1]?.table?.workload).toBeUndefined();
  expect(seen[0]?.url.pathname).toBe(`/v2/${projectId}/metrics/runtime/pools`);
});

test('a search for training jobs is a POST with filters', async () => {
  const found = { metadata: { id: '1', name: 'job', user_name: 'ann' }, status: { phase: 'Running' } };
  const { modelarts, seen } = connect(() => ({ body: { total: 1, items: [found] } }));
  const query = { offset: 0, limit: 50, filters: [{ key: 'pool_id', operator: 'in' as const, value: [poolId] }] };
  expect((await modelarts.trainingJobs.search(query)).items).toMatchObject([found]);
  expect(seen[0]).toMatchObject({ method: 'POST', url: { pathname: `/v2/${projectId}/training-job-searches` } });
  expect(JSON.parse(seen[0]?.text ?? '')).toEqual(query);
});

test.each(['items', 'services', 'data'])('services are read under the key %s', async (key) => {
  const found = { id: '1', name: 'svc', status: 'RUNNING' };
  const { modelarts, seen } = connect(() => ({ body: { total: 1, [key]: [found, 7] } }));
  const { items, unreadable } = await modelarts.services.list({ pool_id: poolId, limit: 500 });
  expect({ items, unreadable }).toMatchObject({ items: [found], unreadable: 1 });
  expect(seen[0]?.url.search).toBe(`?pool_id=${poolId}&limit=500`);
});

test('an invalid request is not sent', async () => {
  const { modelarts, seen } = connect(() => ({}));
  await expect(modelarts.trainingJobs.search({ limit: 51 })).rejects.toMatchObject({ notSent: true });
  await expect(modelarts.workloads.listPage(poolId, { limit: 501 })).rejects.toMatchObject({ notSent: true });
  expect(seen).toEqual([]);
});
