import { createCaller, MINUTE, poolBody, SECOND } from './caller.js';

const available = (pool: { status: { resources: { available?: { count: number }[] } } }) =>
  pool.status.resources.available?.[0]?.count ?? 0;

describe('the lifecycle of a pool', () => {
  it('has no phase in the create response, and is Creating after that', async () => {
    const { call, clock, pools, projectId } = createCaller();
    const created = await call('POST', pools, poolBody());
    expect(created.status).toBe(200);
    expect(created.body.metadata.name).toBe(`team-a-${projectId}`);
    expect(created.body.status).toEqual({ resources: {} });
    clock.advance(5 * SECOND);
    const shown = await call('GET', `${pools}/team-a-${projectId}`);
    expect(shown.body.status.phase).toBe('Creating');
  });

  it('gets its nodes one by one, and is Running before it can be used', async () => {
    const { call, clock, pools, projectId } = createCaller();
    await call('POST', pools, poolBody('team-a', { driver: { gpuVersion: '440.33' } }));
    const seen: string[] = [];
    for (let second = 0; second < 400; second += 1) {
      clock.advance(SECOND);
      const { body } = await call('GET', `${pools}/team-a-${projectId}`);
      const { phase, scope, driver } = body.status;
      const line = `${phase} ${available(body)} ${scope?.[1].state} ${driver?.gpu.state}`;
      if (seen.at(-1) !== line) seen.push(line);
    }
    expect(seen.filter((line) => line.startsWith('Creating')).map((line) => line.split(' ')[1])).toEqual([
      '0',
      '1',
      '2',
      '3',
    ]);
    expect(seen.find((line) => line.startsWith('Running'))).toBe('Running 3 Enabling Creating');
    expect(seen.at(-1)).toBe('Running 4 Enabled Running');
  });

  it('reaches the same state however often it is read', async () => {
    const often = createCaller();
    const rarely = createCaller();
    for (const { call, pools } of [often, rarely]) await call('POST', pools, poolBody());
    for (let second = 0; second < 200; second += 1) {
      often.clock.advance(SECOND);
      await often.call('GET', often.pools);
    }
    rarely.clock.advance(200 * SECOND);
    expect(often.simulator.state().pools).toEqual(rarely.simulator.state().pools);
  });

  it('is Deleting with a deletionTimestamp, then 404, and its name is taken until then', async () => {
    const { call, clock, pools, projectId } = createCaller({ placed: { pools: [{ name: 'team-a' }] } });
    const deleted = await call('DELETE', `${pools}/team-a-${projectId}`);
    expect(deleted.body.status.phase).toBe('Deleting');
    expect(deleted.body.metadata.deletionTimestamp).toBeDefined();
    expect((await call('DELETE', `${pools}/team-a-${projectId}`)).status).toBe(200);
    expect((await call('POST', pools, poolBody())).body).toEqual({
      error_code: 'ModelArts.50015000',
      error_msg: 'Pool already exists.',
    });
    clock.advance(2 * MINUTE);
    const gone = await call('GET', `${pools}/team-a-${projectId}`);
    expect([gone.status, gone.body]).toEqual([404, { error_code: 'ModelArts.50015001', error_msg: 'pool not found' }]);
  });

  it('waits for payment without a time limit', async () => {
    const { call, clock, pools, projectId } = createCaller();
    const annotations = {
      'os.modelarts/billing.mode': '1',
      'os.modelarts/period.num': '1',
      'os.modelarts/period.type': '2',
    };
    await call('POST', pools, poolBody('team-a', {}, { annotations }));
    clock.advance(600 * MINUTE);
    expect((await call('GET', `${pools}/team-a-${projectId}`)).body.status.phase).toBe('Waiting');
    await call('POST', '/_sim/pools/team-a', { pay: true });
    clock.advance(10 * MINUTE);
    expect((await call('GET', `${pools}/team-a-${projectId}`)).body.status.phase).toBe('Running');
  });

  it('is hidden from the default list after a failed creation, shown by id and with status=failed, and its name is free', async () => {
    const { call, clock, pools, projectId, simulator } = createCaller();
    simulator.faults.plan({ operation: 'pools.create', kind: 'creationFailed', message: 'no capacity' });
    await call('POST', pools, poolBody());
    clock.advance(5 * MINUTE);
    expect((await call('GET', pools)).body.items).toEqual([]);
    expect((await call('GET', `${pools}?status=failed`)).body.items).toHaveLength(1);
    const shown = await call('GET', `${pools}/team-a-${projectId}`);
    expect(shown.body.status).toMatchObject({ phase: 'CreationFailed', message: 'no capacity' });
    expect((await call('POST', pools, poolBody())).status).toBe(200);
    expect((await call('GET', pools)).body.items).toHaveLength(1);
    clock.advance(4 * 24 * 60 * MINUTE);
    expect((await call('GET', `${pools}?status=failed`)).body.items).toEqual([]);
  });

  it('stays Running while it scales, and cannot add and remove nodes in one request', async () => {
    const { call, clock, pools, projectId } = createCaller({ placed: { pools: [{ name: 'team-a', count: 2 }] } });
    const path = `${pools}/team-a-${projectId}`;
    const scaled = await call('PATCH', path, { spec: { resources: [{ flavor: 'modelarts.vm.cpu.8ud', count: 3 }] } });
    expect(scaled.body.status.phase).toBe('Running');
    expect(scaled.body.status.resources.creating[0].count).toBe(1);
    clock.advance(3 * MINUTE);
    expect(available((await call('GET', path)).body)).toBe(3);
    const both = await call('PATCH', path, {
      spec: {
        resources: [
          { flavor: 'modelarts.vm.cpu.8ud', count: 1 },
          { flavor: 'modelarts.vm.cpu.4ud', count: 1 },
        ],
      },
    });
    expect(both.body.error_code).toBe('ModelArts.50004000');
    await call('PATCH', path, { spec: { resources: [{ flavor: 'modelarts.vm.cpu.8ud', count: 1 }] } });
    clock.advance(3 * MINUTE);
    const { body } = await call('GET', path);
    expect([available(body), body.status.resources.deleting]).toEqual([1, undefined]);
  });

  it('accepts only a merge patch, and a new description in any phase but Deleting', async () => {
    const { call, pools, projectId } = createCaller();
    await call('POST', pools, poolBody());
    const path = `${pools}/team-a-${projectId}`;
    const patch = { metadata: { annotations: { 'os.modelarts/description': 'maops:keep' } } };
    const plain = await call('PATCH', path, patch, { 'Content-Type': 'application/json' });
    expect(plain.body.error_code).toBe('ModelArts.50004100');
    const merged = await call('PATCH', path, patch);
    expect(merged.body.metadata.annotations['os.modelarts/description']).toBe('maops:keep');
    expect((await call('PATCH', path, { spec: { scope: ['Train'] } })).status).toBe(400);
    const cleared = await call('PATCH', path, { metadata: { annotations: { 'os.modelarts/description': null } } });
    expect(cleared.body.metadata.annotations).not.toHaveProperty(['os.modelarts/description']);
  });
});
