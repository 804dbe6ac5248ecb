import { createCaller } from '../simulator/caller.js';

/**
 * The members that the models of the vendor's Python SDK read from workloads, statistics, metrics, searches and
 * services (docs/api/workloads-and-operations.md "2. Workloads", "2.6 Other look-ups for the same question").
 */

async function withJobs() {
  const caller = createCaller({
    placed: {
      pools: [{ name: 'team-a', flavor: 'modelarts.vm.gpu.t4u8' }],
      workloads: [
        { pool: 'team-a', name: 'trains', user: 'ops' },
        { pool: 'team-a', name: 'serves', type: 'x-infer' },
      ],
    },
  });
  const { call, projectId } = caller;
  return { get: async (path: string) => (await call('GET', path)).body, projectId, id: `team-a-${projectId}`, call };
}

test('GET /v2/{project}/pools/{pool}/workloads?type=train&status=Running&limit=500&offset=0', async () => {
  const { get, projectId, id } = await withJobs();
  const { items } = await get(`/v2/${projectId}/pools/${id}/workloads?type=train&status=Running&limit=500&offset=0`);
  expect(items).toEqual([
    {
      kind: 'Workload',
      apiVersion: 'v1',
      type: 'train',
      namespace: id,
      name: expect.any(String),
      jobName: 'trains',
      uid: expect.any(String),
      jobUUID: expect.any(String),
      status: 'Running',
      userName: 'ops',
      resourceRequirement: { cpu: '2 Cores', memory: '8 GiB', 'nvidia.com/gpu': '1' },
      priority: '1',
      runningDuration: 0,
      pendingDuration: 0,
      pendingPosition: -1,
      createTime: expect.any(Number),
      gvk: 'batch.volcano.sh/v1alpha1, Kind=Job',
      hostIps: expect.any(String),
      nodes: [{ hostIp: expect.any(String), resourceRequirement: expect.anything() }],
      isDeleted: 'false',
    },
  ]);
});

test('GET /v2/{project}/statistics/pools/{pool}/workloads', async () => {
  const { get, projectId, id } = await withJobs();
  expect((await get(`/v2/${projectId}/statistics/pools/${id}/workloads`)).statistics.items).toEqual([
    { type: 'train', total: 1, status: { Running: 1 } },
    { type: 'x-infer', total: 1, status: { Running: 1 } },
  ]);
});

test('GET /v2/{project}/metrics/runtime/pools', async () => {
  const { get, projectId, id } = await withJobs();
  const { items, kind } = await get(`/v2/${projectId}/metrics/runtime/pools`);
  const stamp = { timestamp: expect.stringMatching(/Z$/), window: '1m' };
  const counts = { train: 1, infer: 0, notebook: 0, 'x-infer': 1, warmUpTask: 0, sum: 2 };
  expect(kind).toBe('PoolMetricsList');
  expect(items[0].metadata).toMatchObject({ name: id });
  expect(items[0].table).toMatchObject({
    allocated: { value: expect.anything(), ...stamp },
    capacity: { value: expect.anything(), maxValue: expect.anything(), ...stamp },
    workload: { allocated: counts, queue: { sum: 0 }, ...stamp },
  });
});

test('POST /v2/{project}/training-job-searches', async () => {
  const { call, projectId, id } = await withJobs();
  const filters = [{ key: 'pool_id', operator: 'in', value: [id] }];
  const body = { offset: 0, limit: 50, sort_by: 'create_time', order: 'desc', workspace_id: '0', filters };
  const found = await call('POST', `/v2/${projectId}/training-job-searches`, body);
  expect(found.body).toMatchObject({
    total: 1,
    count: 1,
    limit: 50,
    offset: 0,
    items: [
      {
        kind: 'job',
        metadata: { id: expect.any(String), name: 'trains', workspace_id: '0', user_name: 'ops' },
        status: { phase: 'Running', secondary_phase: 'Running', duration: 0 },
        spec: { resource: { pool_id: id, node_count: 1 } },
      },
    ],
  });
});

test('GET /v2/{project}/services?pool_id={pool}&limit=500', async () => {
  const { get, projectId, id } = await withJobs();
  expect(await get(`/v2/${projectId}/services?pool_id=${id}&limit=500`)).toMatchObject({
    data: [{ id: expect.any(String), name: 'serves', status: 'RUNNING', user_name: 'neighbour', workspace_id: '0' }],
    current: 0,
    size: 500,
    pages: 1,
    total: 1,
  });
});

test('an empty list of services has no pages', async () => {
  const { get, projectId } = await withJobs();
  expect(await get(`/v2/${projectId}/services?pool_id=none`)).toMatchObject({ data: [], size: 10, total: 0, pages: 0 });
});
