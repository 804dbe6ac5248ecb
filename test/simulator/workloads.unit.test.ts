import type { Caller } from './caller.js';
import { createCaller, MINUTE, poolBody, SECOND } from './caller.js';

const HOUR = 60 * MINUTE;
const placed = { pools: [{ name: 'team-a', count: 2 }] };

/** A simulator with the pool team-a, and the paths of its workloads. */
function withPool(options: Parameters<typeof createCaller>[0] = {}) {
  const caller = createCaller({ placed, ...options });
  const { projectId, pools } = caller;
  const id = `team-a-${projectId}`;
  return {
    ...caller,
    id,
    pool: `${pools}/${id}`,
    list: `${pools}/${id}/workloads`,
    statistics: `/v2/${projectId}/statistics/pools/${id}/workloads`,
    runtime: `/v2/${projectId}/metrics/runtime/pools`,
    searches: `/v2/${projectId}/training-job-searches`,
    services: `/v2/${projectId}/services`,
  };
}

const start = async ({ call }: Pick<Caller, 'call'>, job: object) =>
  (await call('POST', '/_sim/workloads', { pool: 'team-a', ...job })).body;

describe('the workloads of a pool', () => {
  it('pass through the documented statuses', async () => {
    const here = withPool();
    await start(here, { status: 'Queue', runsForMs: HOUR });
    const seen: string[] = [];
    for (let step = 0; step < 80; step += 1) {
      const { status } = (await here.call('GET', here.list)).body.items[0];
      if (seen.at(-1) !== status) seen.push(status);
      here.clock.advance(step < 10 ? 5 * SECOND : MINUTE);
    }
    expect(seen).toEqual(['Queue', 'Pending', 'Creating', 'Running', 'Completed']);
  });

  it('have the documented fields, with durations in seconds and times in milliseconds', async () => {
    const here = withPool();
    const job = await start(here, { name: 'bert', user: 'ops', status: 'Creating' });
    here.clock.advance(2 * MINUTE);
    const { items, total, kind } = (await here.call('GET', here.list)).body;
    expect({ kind, total }).toEqual({ kind: 'WorkloadList', total: 1 });
    expect(items[0]).toMatchObject({
      kind: 'Workload',
      apiVersion: 'v1',
      type: 'train',
      namespace: here.id,
      jobName: 'bert',
      jobUUID: job.id,
      status: 'Running',
      userName: 'ops',
      runningDuration: 100,
      pendingDuration: 20,
      pendingPosition: -1,
      createTime: job.createdAt,
      resourceRequirement: { cpu: '2 Cores', memory: '8 GiB' },
    });
    expect(items[0].hostIps).toBe(items[0].nodes[0].hostIp);
    const nodes = (await here.call('GET', `${here.pool}/nodes`)).body.items;
    const ips = nodes.map(({ status }: { status: { privateIp: string } }) => status.privateIp);
    expect(ips).toContain(items[0].hostIps);
  });

  it('are filtered by one type or several, by status and by host, and paged by rows', async () => {
    const here = withPool();
    for (const type of ['train', 'infer', 'x-infer']) await start(here, { type, name: type });
    await start(here, { name: 'waits', status: 'Queue', hold: true });
    const names = async (query: string) =>
      (await here.call('GET', `${here.list}?${query}`)).body.items.map(({ jobName }: { jobName: string }) => jobName);
    expect(await names('type=train')).toEqual(['train', 'waits']);
    expect(await names('type=train&type=infer')).toEqual(['train', 'infer', 'waits']);
    expect(await names('status=Queue')).toEqual(['waits']);
    expect(await names('limit=2')).toEqual(['train', 'infer']);
    expect(await names('limit=2&offset=2')).toEqual(['x-infer', 'waits']);
    expect(await names('limit=0')).toHaveLength(4);
    const { hostIps } = (await here.call('GET', here.list)).body.items[0];
    expect(await names(`hostip=${hostIps}&limit=1`)).toEqual(['train', 'x-infer']);
    expect((await here.call('GET', `${here.list}?limit=501`)).body.error_code).toBe('ModelArts.50004000');
    expect((await here.call('GET', `${here.pools}/none/workloads`)).status).toBe(404);
  });

  it('are sorted by their time of creation when asked', async () => {
    const here = withPool();
    await start(here, { name: 'new' });
    await start(here, { name: 'old', createdAt: '2025-09-01T00:00:00Z' });
    const first = async (query: string) => (await here.call('GET', `${here.list}?${query}`)).body.items[0].jobName;
    expect(await first('sort=create_time')).toBe('new');
    expect(await first('sort=create_time&ascend=true')).toBe('old');
  });

  it('are counted by type and status, without zeros', async () => {
    const here = withPool();
    await start(here, {});
    await start(here, { status: 'Queue', hold: true });
    await start(here, { type: 'infer', status: 'Abnormal' });
    expect((await here.call('GET', here.statistics)).body).toEqual({
      statistics: {
        total: 2,
        items: [
          { type: 'train', total: 2, status: { Queue: 1, Running: 1 } },
          { type: 'infer', total: 1, status: { Abnormal: 1 } },
        ],
      },
    });
  });

  it('allocate resources of running pools in the runtime metrics', async () => {
    const pools = [{ name: 'team-a', count: 2, flavor: 'modelarts.vm.gpu.tnt004' }, { name: 'team-b' }];
    const here = withPool({ placed: { pools } });
    await here.call('POST', '/_sim/pools/team-b', { phase: 'Error' });
    await start(here, {});
    await start(here, { type: 'infer', status: 'Queue', hold: true });
    const { items } = (await here.call('GET', here.runtime)).body;
    expect(items).toHaveLength(1);
    expect(items[0].table.capacity.value).toEqual({ cpu: 32, memory: '131072Mi', 'nvidia-t4': 4 });
    expect(items[0].table.allocated.value).toEqual({ cpu: 4, memory: '16384Mi', 'nvidia-t4': 2 });
    expect(items[0].table.workload).toMatchObject({ allocated: { train: 1, sum: 1 }, queue: { infer: 1, sum: 1 } });
    await here.call('POST', '/_sim/behavior', { runtimeWorkloads: false });
    expect((await here.call('GET', here.runtime)).body.items[0].table.workload).toBeUndefined();
  });

  it('list notebooks only with workloadsListNotebooks', async () => {
    const here = withPool();
    await here.call('POST', '/_sim/notebooks', { name: 'theirs', pool: here.id });
    expect((await here.call('GET', here.list)).body.items).toEqual([]);
    await here.call('POST', '/_sim/behavior', { workloadsListNotebooks: true });
    expect((await here.call('GET', here.list)).body.items).toMatchObject([{ type: 'notebook', jobName: 'theirs' }]);
  });

  it('become visible late, by a knob, for one job, or by a fault', async () => {
    const here = withPool({ behavior: { workloadsLagMs: MINUTE } });
    const count = async () => (await here.call('GET', here.list)).body.items.length;
    const job = await start(here, {});
    expect([job.visibleAt - job.createdAt, await count()]).toEqual([MINUTE, 0]);
    here.clock.advance(MINUTE);
    expect(await count()).toBe(1);
    await start(here, { visibleAfterMs: 0, startsInMs: MINUTE });
    expect(await count()).toBe(1);
    here.clock.advance(MINUTE);
    expect(await count()).toBe(2);
    here.simulator.faults.plan({ operation: 'workloads.list', kind: 'listLag', ms: 30 * SECOND });
    expect([await count(), await count()]).toEqual([1, 2]);
  });
});

describe('jobs of a pool that is deleted', () => {
  it('fail, and every one is recorded with the time it became visible', async () => {
    const here = withPool();
    const live = await start(here, { name: 'live', user: 'ops' });
    await start(here, { name: 'done', status: 'Completed' });
    const hidden = await start(here, { name: 'hidden', visibleAfterMs: HOUR });
    here.clock.advance(MINUTE);
    expect((await here.call('DELETE', here.pool)).status).toBe(200);
    expect((await here.call('GET', here.list)).body.items.map(({ status }: { status: string }) => status)).toEqual([
      'Failed',
      'Completed',
    ]);
    const incidents = (await here.call('GET', '/_sim/workloads/incidents')).body;
    const common = { cause: 'delete', outcome: 'killed', by: 'ops', poolId: here.id, at: here.clock.now() };
    expect(incidents).toEqual([
      { ...common, workload: expect.objectContaining({ id: live.id, status: 'Running', visibleAt: live.visibleAt }) },
      { ...common, workload: expect.objectContaining({ id: hidden.id, visibleAt: hidden.createdAt + HOUR }) },
    ]);
    expect(here.simulator.state().workloadIncidents).toEqual(incidents);
    await here.call('DELETE', here.pool);
    expect(here.simulator.state().workloadIncidents).toHaveLength(2);
    expect((await here.call('POST', '/_sim/workloads', { pool: 'team-a' })).status).toBe(400);
  });

  it('keep the pool with deletePoolInUse: refuse', async () => {
    const here = withPool({ behavior: { deletePoolInUse: 'refuse' } });
    const { id } = await start(here, {});
    const refused = await here.call('DELETE', here.pool);
    expect([refused.status, refused.body.error_code]).toEqual([400, 'ModelArts.50004000']);
    expect(here.simulator.state()).toMatchObject({
      pools: [{ phase: 'Running' }],
      workloads: [{ status: 'Running' }],
      workloadIncidents: [{ outcome: 'refused' }],
    });
    await here.call('POST', `/_sim/workloads/${id}`, { status: 'Terminating' });
    expect((await here.call('DELETE', here.pool)).status).toBe(400);
    here.clock.advance(MINUTE);
    expect((await here.call('DELETE', here.pool)).status).toBe(200);
  });

  it('do not start when they are due after the DELETE, and a pool of the same name has none', async () => {
    const here = withPool();
    await start(here, { startsInMs: MINUTE });
    await here.call('DELETE', here.pool);
    here.clock.advance(10 * MINUTE);
    expect(here.simulator.state().workloads).toEqual([]);
    await here.call('POST', here.pools, poolBody());
    expect((await here.call('GET', here.list)).body.items).toEqual([]);
  });
});

describe('jobs of a pool that is changed', () => {
  it('fail with the busiest node when the count is lowered', async () => {
    const here = withPool();
    await start(here, { name: 'busy' });
    const resources = [{ flavor: 'modelarts.vm.cpu.8ud', count: 1 }];
    await here.call('PATCH', here.pool, { spec: { resources } });
    expect(here.simulator.state()).toMatchObject({
      workloads: [{ status: 'Failed' }],
      workloadIncidents: [{ cause: 'shrink' }],
    });
  });

  it('fail when their scope is removed', async () => {
    const here = withPool();
    await start(here, { name: 'trains' });
    await start(here, { name: 'serves', type: 'infer' });
    await here.call('PATCH', here.pool, { spec: { scope: ['Notebook'] } });
    expect(here.simulator.state()).toMatchObject({
      workloads: [{ status: 'Failed' }, { status: 'Running' }],
      workloadIncidents: [{ cause: 'scope', workload: { name: 'trains' } }],
    });
  });
});

describe('searches', () => {
  const inPool = (id: string, phases: readonly string[]) => ({
    limit: 50,
    offset: 0,
    workspace_id: '0',
    filters: [
      { key: 'pool_id', operator: 'in', value: [id] },
      { key: 'phase', operator: 'in', value: phases },
    ],
  });

  it('find training jobs by pool and phase: the own ones, or those of everybody', async () => {
    const here = withPool();
    await start(here, { name: 'own', user: 'ops' });
    await start(here, { name: 'queued', user: 'ops', status: 'Queue', hold: true });
    await start(here, { name: 'theirs' });
    const names = async (phases: readonly string[]) =>
      (await here.call('POST', here.searches, inPool(here.id, phases))).body.items.map(
        (item: { metadata: { name: string } }) => item.metadata.name,
      );
    expect(await names(['Running', 'Pending'])).toEqual(['own', 'queued']);
    expect(await names(['Running'])).toEqual(['own']);
    await here.call('POST', '/_sim/behavior', { trainingSearchOwnOnly: false });
    expect(await names(['Running'])).toEqual(['own', 'theirs']);
    const second = await here.call('POST', here.searches, { limit: 2, offset: 1 });
    expect(second.body).toMatchObject({ total: 3, count: 1, items: [{ status: { phase: 'Running' } }] });
    expect((await here.call('POST', here.searches, { limit: 51 })).status).toBe(400);
    expect((await here.call('POST', here.searches, { filters: [{ key: 'x', operator: 'in' }] })).status).toBe(400);
  });

  it('list services by pool', async () => {
    const here = withPool();
    await start(here, { type: 'infer', name: 'old' });
    await start(here, { type: 'x-infer', name: 'new', status: 'Creating', hold: true });
    await start(here, {});
    expect((await here.call('GET', `${here.services}?pool_id=${here.id}&limit=500`)).body).toMatchObject({
      total: 2,
      size: 500,
      current: 0,
      pages: 1,
      data: [
        { name: 'old', status: 'RUNNING' },
        { name: 'new', status: 'DEPLOYING' },
      ],
    });
    expect((await here.call('GET', `${here.services}?pool_id=none`)).body.data).toEqual([]);
    expect((await here.call('GET', `${here.services}?limit=1&offset=1`)).body.data).toMatchObject([{ name: 'new' }]);
  });
});

describe('accounts with fewer calls or rights', () => {
  it('get 403 of the service or 404 of the gateway, by operation or group', async () => {
    const unavailable = { 'workloads.*': 'missing', 'workloads.list': 'forbidden', 'services.*': 'missing' } as const;
    const here = withPool({ behavior: { unavailable } });
    const answer = async (path: string) => {
      const { status, body } = await here.call('GET', path);
      return [status, body.error_code];
    };
    expect(await answer(here.list)).toEqual([403, 'ModelArts.0108']);
    expect(await answer(here.statistics)).toEqual([404, 'APIGW.0101']);
    expect(await answer(here.services)).toEqual([404, 'APIGW.0101']);
    expect((await here.call('POST', '/_sim/behavior', { unavailable: {} })).status).toBe(200);
    expect(await answer(here.list)).toEqual([200, undefined]);
    await here.call('POST', '/_sim/reset');
    expect(await answer(here.list)).toEqual([403, 'ModelArts.0108']);
  });

  it('meet faults on workloads as on pools', async () => {
    const here = withPool();
    await start(here, { name: 'bert' });
    here.simulator.faults.plan(
      { operation: 'workloads.list', kind: 'status', status: 503 },
      { operation: 'workloads.*', kind: 'unknownStatus', word: 'Dreaming', match: { name: 'bert' } },
      { operation: 'services.list', kind: 'throttle', retryAfter: 3 },
      { operation: 'trainingJobs.search', kind: 'forbidden' },
    );
    expect((await here.call('GET', here.list)).status).toBe(503);
    expect((await here.call('GET', here.list)).body.items[0].status).toBe('Dreaming');
    expect((await here.call('GET', here.services)).status).toBe(429);
    expect((await here.call('POST', here.searches, {})).status).toBe(403);
    here.simulator.faults.expectAllHit();
  });

  it('cannot be set up with unknown words', async () => {
    const { call } = withPool();
    for (const body of [
      { deletePoolInUse: 'maybe' },
      { unavailable: { 'workloads.list': 'gone' } },
      { unavailable: { 'jobs.*': 'missing' } },
      { rateLimit: null },
      { workloadsLagMs: '5' },
      { nothing: true },
    ]) {
      expect((await call('POST', '/_sim/behavior', body)).status).toBe(400);
    }
    for (const body of [{}, { pool: 'none' }, { pool: 'team-a', type: 'x' }, { pool: 'team-a', status: 'x' }]) {
      expect((await call('POST', '/_sim/workloads', body)).status).toBe(400);
    }
  });
});

test('initial jobs are placed on initial pools', () => {
  const workloads = [{ pool: 'team-a', name: 'bert', runsForMs: HOUR, ends: 'Failed' }];
  const { simulator, clock } = createCaller({ placed: { ...placed, workloads } });
  expect(simulator.state().workloads).toMatchObject([{ name: 'bert', status: 'Running' }]);
  clock.advance(HOUR);
  expect(simulator.state().workloads).toMatchObject([{ name: 'bert', status: 'Failed' }]);
});
