import { createCaller, MINUTE, poolBody, SECOND } from './caller.js';

/** A simulator with the paths of orders and events of the pool team-a. */
function here(options: Parameters<typeof createCaller>[0] = {}) {
  const caller = createCaller(options);
  const { call, projectId, pools } = caller;
  const id = `team-a-${projectId}`;
  const pool = `${pools}/${id}`;
  const ordersPath = `/v1/${projectId}/orders`;
  const eventsPath = `/v1/${projectId}/events`;
  return {
    ...caller,
    id,
    pool,
    ordersPath,
    eventsPath,
    create: (spec: object = {}) => call('POST', pools, poolBody('team-a', spec)),
    label: async () => (await call('GET', pool)).body.metadata.labels['os.modelarts/order.name'],
    orders: async (query = '') => (await call('GET', `${ordersPath}?limit=500${query}`)).body.items,
    details: async (name: string) => (await call('GET', `${ordersPath}/${name}`)).body.items,
    events: async (query = '') =>
      (await call('GET', `${eventsPath}?resource=pools&name=${id}${query}`)).body.items as {
        reason: string;
        message: string;
        type: string;
      }[],
  };
}

const scaleTo = (count: number) => ({ spec: { resources: [{ flavor: 'modelarts.vm.gpu.t4u8', count }] } });

describe('the order of a creation', () => {
  it('is named in the create response, and is pending, processing and successed', async () => {
    const { create, clock, orders, id, pool, call } = here();
    const created = await create();
    const orderName = created.body.metadata.labels['os.modelarts/order.name'];
    expect(orderName).toMatch(/^order\.team-a-[a-z0-9]{5}$/);
    const seen: string[] = [];
    for (let second = 0; second < 400; second += 5) {
      const { phase } = (await orders(`&involvedName=${id}`))[0];
      if (seen.at(-1) !== phase) seen.push(phase);
      clock.advance(5 * SECOND);
    }
    expect(seen).toEqual(['pending', 'processing', 'successed']);
    const [order] = await orders();
    expect(order).toMatchObject({
      orderName,
      resourceName: id,
      resourceDisplayName: 'team-a',
      operation: 'apply',
      beginTimestamp: order.creationTimestamp + 10 * SECOND,
      specCount: [{ flavor: 'modelarts.vm.gpu.t4u8', count: 4 }],
      resultCount: [{ flavor: 'modelarts.vm.gpu.t4u8', count: 4 }],
    });
    const available = (await call('GET', pool)).body.status.resources.available[0].count;
    expect([available, order.failReason]).toEqual([4, undefined]);
  });

  it('has one result per node, with times as text', async () => {
    const { create, clock, label, details, id, call, pool } = here();
    await create();
    clock.advance(10 * MINUTE);
    const items = await details(await label());
    const nodes = (await call('GET', `${pool}/nodes`)).body.items;
    expect(items.map(({ resourceName }: { resourceName: string }) => resourceName)).toEqual([
      id,
      ...nodes.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
    ]);
    expect(items[0]).toMatchObject({ action: 'createPool', status: 'succeed' });
    expect(items[1]).toMatchObject({ action: 'createNode', status: 'succeed', updateTimestamp: expect.any(String) });
  });

  it('fails with a reason, and names it for every node', async () => {
    const { create, clock, orders, label, details, simulator } = here();
    simulator.faults.plan({ operation: 'pools.create', kind: 'creationFailed', message: 'no capacity' });
    await create();
    clock.advance(5 * MINUTE);
    expect(await orders()).toMatchObject([{ phase: 'failed', failReason: 'no capacity' }]);
    const items = await details(await label());
    expect(items).toHaveLength(5);
    for (const item of items) expect(item).toMatchObject({ status: 'failed', message: 'no capacity' });
  });

  it('is partially successful when nodes are missing, at the same time however often it is read', async () => {
    const often = here();
    const rarely = here();
    for (const { simulator, create } of [often, rarely]) {
      simulator.faults.plan({ operation: 'pools.create', kind: 'partialNodes', missing: 1 });
      await create();
    }
    for (let minute = 0; minute < 20; minute += 1) {
      often.clock.advance(MINUTE);
      await often.orders();
    }
    rarely.clock.advance(20 * MINUTE);
    const [order] = await rarely.orders();
    expect(order).toMatchObject({ phase: 'partialSuccessed', resultCount: [{ count: 3 }] });
    expect(await often.orders()).toEqual([order]);
    const words = (await rarely.details(order.orderName)).map(({ status }: { status: string }) => status);
    expect(words.filter((word: string) => word === 'failed')).toHaveLength(1);
  });
});

describe('the orders of a pool', () => {
  it('are made by changes of counts and workspace, and by DELETE, not by other changes', async () => {
    const { create, clock, call, pool, orders, label, id } = here();
    await create();
    clock.advance(10 * MINUTE);
    const first = await label();
    await call('PATCH', pool, { metadata: { annotations: { 'os.modelarts/description': 'x' } } });
    await call('PATCH', pool, { spec: { scope: ['Train'] } });
    await call('PATCH', pool, scaleTo(4));
    expect(await label()).toBe(first);
    const scaled = await call('PATCH', pool, scaleTo(5));
    expect(scaled.body.metadata.labels['os.modelarts/order.name']).not.toBe(first);
    clock.advance(10 * MINUTE);
    await call('PATCH', pool, scaleTo(2));
    clock.advance(10 * MINUTE);
    const workspace = '7c2f41b5a0d94c6f8e13b5d2a9c07e64';
    await call('PATCH', pool, { metadata: { labels: { 'os.modelarts/workspace.id': workspace } } });
    await call('DELETE', pool);
    const words = async (query: string) =>
      (await orders(query)).map((order: { operation: string; phase: string }) => `${order.operation} ${order.phase}`);
    expect(await words(`&involvedName=${id}`)).toEqual([
      'delete pending',
      'modify successed',
      'modify successed',
      'modify successed',
      'apply successed',
    ]);
    expect(await words('&involvedName=team-a&phase=successed&offset=1')).toHaveLength(3);
    expect(await words('')).toHaveLength(3);
    expect(await words(`&workspaceId=${workspace}`)).toHaveLength(2);
    clock.advance(10 * MINUTE);
    const gone = await call('GET', `/v1/0123456789abcdef0123456789abcdef/orders?involvedName=${id}`);
    expect([gone.status, gone.body.error_code]).toEqual([404, 'ModelArts.50015001']);
    expect(await words(`&workspaceId=${workspace}`)).toEqual(['delete successed', 'modify successed']);
  });

  it('end failed when scaling fails', async () => {
    const { create, clock, call, pool, orders, simulator } = here();
    await create();
    clock.advance(10 * MINUTE);
    simulator.faults.plan({ operation: 'pools.patch', kind: 'scalingFailed', message: 'sold out' });
    await call('PATCH', pool, scaleTo(6));
    clock.advance(10 * MINUTE);
    expect((await orders())[0]).toMatchObject({ operation: 'modify', phase: 'failed', failReason: 'sold out' });
  });

  it.each([
    ['before', 'refuse', 'ModelArts.3952', 'apply', 'successed'],
    ['before', 'fail', undefined, 'modify', 'failed'],
    ['midway', undefined, undefined, 'modify', 'failed'],
  ] as const)(
    'scaling a flavor that is sold out %s is refused or fails (%s)',
    async (when, answer, code, operation, phase) => {
      const { create, clock, call, pool, orders, simulator } = here();
      await create();
      clock.advance(10 * MINUTE);
      const how = answer === undefined ? {} : { answer };
      simulator.faults.plan({ operation: 'pools.patch', kind: 'soldOut', when, ...how });
      expect((await call('PATCH', pool, scaleTo(6))).body.error_code).toBe(code);
      clock.advance(10 * MINUTE);
      expect((await orders())[0]).toMatchObject({ operation, phase });
      const { phase: now, nodes } = simulator.state().pools[0] ?? {};
      expect([now, nodes?.length]).toEqual([operation === 'apply' ? 'Running' : 'ScalingFailed', 4]);
    },
  );

  it('fail when the pool is deleted meanwhile, or the deletion is undone', async () => {
    const { create, clock, call, pool, orders, simulator } = here();
    await create();
    clock.advance(MINUTE);
    simulator.faults.plan({ operation: 'pools.delete', kind: 'deleteFails', how: 'reverts' });
    await call('DELETE', pool);
    clock.advance(10 * MINUTE);
    expect(await orders()).toMatchObject([
      { operation: 'delete', phase: 'failed' },
      { operation: 'apply', phase: 'failed' },
    ]);
  });

  it('are listed late by a knob or a fault, and PATCH may name the previous order', async () => {
    const { create, clock, call, pool, orders, label, ordersPath } = here({
      behavior: { ordersLagMs: MINUTE, orderLabelStale: true },
    });
    await create();
    expect(await orders()).toEqual([]);
    expect((await call('GET', `${ordersPath}/${await label()}`)).status).toBe(404);
    clock.advance(10 * MINUTE);
    expect(await orders()).toHaveLength(1);
    const before = await label();
    const scaled = await call('PATCH', pool, scaleTo(5));
    expect(scaled.body.metadata.labels['os.modelarts/order.name']).toBe(before);
    expect(await label()).not.toBe(before);
  });

  it('are found for a month', async () => {
    const { create, clock, orders, simulator } = here();
    await create();
    const { createdAt } = simulator.state().orders[0] ?? { createdAt: 0 };
    expect(await orders(`&since=${createdAt}`)).toHaveLength(1);
    expect(await orders(`&since=${createdAt + 1}`)).toHaveLength(0);
    expect(await orders(`&until=${createdAt - 1}`)).toHaveLength(0);
    clock.advance(32 * 24 * 60 * MINUTE);
    expect(await orders()).toEqual([]);
  });
});

describe('the events of a pool', () => {
  it('name every phase and every change of node counts, without a reason', async () => {
    const { create, clock, call, events, simulator } = here();
    await create();
    clock.advance(10 * MINUTE);
    await call('POST', '/_sim/pools/team-a', { phase: 'Abnormal', message: 'secret cause' });
    await call('POST', '/_sim/pools/team-a', { phase: 'Running' });
    const all = await events('&ascend=true');
    const phases = all.filter(({ reason }) => reason === 'PoolStatusChange').map(({ message }) => message);
    expect(phases).toEqual([
      'Pool status changed, from  to Creating.',
      'Pool status changed, from Creating to Running.',
      'Pool status changed, from Running to Abnormal, details: .',
      'Pool status changed, from Abnormal to Running.',
    ]);
    const counts = all.filter(({ reason }) => reason === 'PoolResourcesStatusChange').map(({ message }) => message);
    expect(counts).toHaveLength(7);
    expect(counts[0]).toMatch(
      /^Pool resources status changed, available\/abnormal\/creating\/deleting count from 0\/0\/0\/0 to 0\/0\/4\/0, timestamp: \d{10}\.$/,
    );
    expect(counts.at(-1)).toMatch(/from 3\/1\/0\/0 to 4\/0\/0\/0/);
    expect(await events('&type=Warning')).toHaveLength(2);
    expect((await events())[0]).toEqual(all.at(-1));
    expect(simulator.state().poolLogs).not.toEqual({});
  });

  it('are paged by offset or by continue, and go with the pool', async () => {
    const { create, clock, call, events, pool, eventsPath, id } = here();
    await create();
    clock.advance(10 * MINUTE);
    const all = await events();
    expect(await events('&limit=2&offset=1')).toEqual(all.slice(1, 3));
    const first = (await call('GET', `${eventsPath}?resource=pools&name=${id}&limit=3`)).body;
    expect([first.items.length, first.total]).toEqual([3, all.length]);
    expect(await events(`&limit=500&continue=${first.metadata.continue}`)).toEqual(all.slice(3));
    expect((await call('GET', `${eventsPath}?name=${id}`)).status).toBe(400);
    await call('DELETE', pool);
    clock.advance(10 * MINUTE);
    expect((await call('GET', `${eventsPath}?resource=pools&name=${id}`)).status).toBe(404);
  });
});
