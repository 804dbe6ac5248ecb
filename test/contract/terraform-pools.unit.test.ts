import { type Caller, createCaller, MINUTE, SECOND } from '../simulator/caller.js';

/**
 * What the Terraform provider sends for a pool, and what it needs to read, from its create to its delete
 * (docs/api/pools-and-flavors.md "5.7 How the Terraform client drives it"). Requests are as recorded, with the
 * simulator's project and network.
 */

const network = 'network-7a3e-0123456789abcdef0123456789abcdef';
const flavor = 'modelarts.vm.cpu.8ud';

const createBody = {
  apiVersion: 'v2',
  kind: 'Pool',
  metadata: {
    annotations: { 'os.modelarts/description': 'This is a demo' },
    labels: { 'os.modelarts/name': 'tf-pool', 'os.modelarts/workspace.id': '0' },
  },
  spec: {
    network: { name: network },
    resources: [
      {
        count: 1,
        extendParams: { dockerBaseSize: '50', post_install: 'ZWNobyBoaQ==', runtime: 'containerd' },
        flavor,
        maxCount: 1,
        nodePool: `${flavor}-default`,
        rootVolume: { extendParams: {}, size: '100Gi', volumeType: 'SSD' },
      },
    ],
    scope: ['Train', 'Infer'],
    type: 'Dedicate',
  },
};

/** The calls of the provider. It does not encode the query, and sends JSON as the type of a GET. */
function provider({ call, clock, projectId, pools }: Caller) {
  const get = (path: string) => call('GET', path);
  return {
    id: `tf-pool-${projectId}`,
    create: () => call('POST', pools, createBody),
    show: () => get(`${pools}/tf-pool-${projectId}`),
    patch: (body: object) => call('PATCH', `${pools}/tf-pool-${projectId}`, body),
    remove: () => call('DELETE', `${pools}/tf-pool-${projectId}`),
    nodes: () => get(`${pools}/tf-pool-${projectId}/nodes`),
    details: (order: string) => get(`/v1/${projectId}/orders/${order}`),
    /** Waits 20 s, then looks every 30 s for the order by its name; a missing one is an error. */
    async finishOrder(name: string) {
      for (let look = 0; look < 40; look += 1) {
        clock.advance(look === 0 ? 20 * SECOND : 30 * SECOND);
        const since = clock.now() - 60 * MINUTE;
        const query = `limit=500&involvedName=tf-pool-${projectId}&since=${since}&offset=0`;
        const { body } = await get(`/v1/${projectId}/orders?${query}`);
        const order = body.items.find(({ orderName }: { orderName: string }) => orderName === name);
        if (['successed', 'partialSuccessed', 'failed'].includes(order.phase)) return order;
      }
      throw new Error(`order ${name} has not ended`);
    },
  };
}

const orderName = (response: { body: { metadata: { labels: Record<string, string> } } }) =>
  response.body.metadata.labels['os.modelarts/order.name'] ?? '';

test('a pool is created, its nodes and scopes are awaited, and it is read into the state', async () => {
  const caller = createCaller();
  const terraform = provider(caller);
  const created = await terraform.create();
  expect(created.status).toBe(200);
  expect((await terraform.finishOrder(orderName(created))).phase).toBe('successed');

  const { body: details } = await terraform.details(orderName(created));
  const done = details.items.filter(({ status }: { status: string }) => status === 'succeed');
  const names = done.map(({ resourceName }: { resourceName: string }) => resourceName);
  const { body: nodes } = await terraform.nodes();
  const own = nodes.items.filter(({ metadata }: { metadata: { name: string } }) => names.includes(metadata.name));
  expect(own).toHaveLength(1);
  expect(own[0].status).toMatchObject({
    phase: 'Available',
    privateIp: expect.stringMatching(/^192\.168\./),
    driver: { phase: '' },
    os: { name: expect.any(String) },
    plugins: [],
  });

  caller.clock.advance(MINUTE);
  const { body: pool } = await terraform.show();
  expect(pool.status.scope.map(({ state }: { state: string }) => state)).toEqual(['Enabled', 'Enabled']);
  expect(pool.spec.resources).toEqual(createBody.spec.resources);
  expect(pool.metadata.labels['os.modelarts/resource.id']).toMatch(/^maos-tf-pool-/);
});

test('a count is raised by sending back the rows that were read, with the old maxCount, and a second flavor is added', async () => {
  const terraform = provider(createCaller());
  await terraform.finishOrder(orderName(await terraform.create()));
  const [row] = (await terraform.show()).body.spec.resources;
  const second = { flavor, count: 1, maxCount: 1, nodePool: 'nodePool-1' };
  const scaled = await terraform.patch({ spec: { resources: [{ ...row, count: 2 }, second] } });
  expect([scaled.status, scaled.body.status.phase]).toEqual([200, 'Running']);
  expect((await terraform.finishOrder(orderName(scaled))).phase).toBe('successed');
  const { body } = await terraform.show();
  expect(body.status.resources.creating).toBeUndefined();
  expect(body.status.resources.available).toMatchObject([
    { flavor, nodePool: `${flavor}-default`, count: 2 },
    { flavor, nodePool: 'nodePool-1', count: 1 },
  ]);
});

test('a description alone is changed at once, without an order', async () => {
  const terraform = provider(createCaller());
  const created = await terraform.create();
  await terraform.finishOrder(orderName(created));
  const changed = await terraform.patch({ metadata: { annotations: { 'os.modelarts/description': 'new' } } });
  expect(changed.body.metadata.annotations['os.modelarts/description']).toBe('new');
  expect(orderName(changed)).toBe(orderName(created));
});

test('a failed creation has its reason in the order', async () => {
  const caller = createCaller();
  caller.simulator.faults.plan({ operation: 'pools.create', kind: 'creationFailed', message: 'no capacity' });
  const terraform = provider(caller);
  const order = await terraform.finishOrder(orderName(await terraform.create()));
  expect(order).toMatchObject({ phase: 'failed', failReason: 'no capacity' });
});

test('a pool is deleted until 404', async () => {
  const caller = createCaller();
  const terraform = provider(caller);
  await terraform.finishOrder(orderName(await terraform.create()));
  expect((await terraform.remove()).status).toBe(200);
  caller.clock.advance(10 * MINUTE);
  expect((await terraform.show()).status).toBe(404);
});

test('a network shows the id of its first subnet', async () => {
  const { call, projectId } = createCaller();
  const { body } = await call('GET', `/v1/${projectId}/networks/${network}`);
  expect(body.status).toMatchObject({
    phase: 'Active',
    subnets: [{ networkId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
  });
});
