import { createCaller, MINUTE, poolBody } from './caller.js';

describe('flavors', () => {
  const path = '/v1/0123456789abcdef0123456789abcdef/resourceflavors';

  it('are listed in pages, and the last one has no token', async () => {
    const { call } = createCaller();
    const names: string[] = [];
    let next = '';
    do {
      const { body } = await call('GET', `${path}?limit=5&continue=${next}`);
      names.push(...body.items.map((item: { metadata: { name: string } }) => item.metadata.name));
      next = body.metadata.continue ?? '';
    } while (next !== '');
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('modelarts.vm.gpu.t4u8');
    expect((await call('GET', `${path}?continue=x`)).body.error_code).toBe('ModelArts.50004000');
  });

  it.each([
    ['os.modelarts/scope', 13],
    ['!os.modelarts/scope', 0],
    ['os.modelarts.flavor/baremetal=true', 2],
    ['os.modelarts.flavor/baremetal==true', 2],
    ['os.modelarts.flavor/baremetal!=true', 11],
    ['os.modelarts/scope in (Train,Train.Infer.Notebook)', 13],
    ['os.modelarts/scope notin (Train)', 11],
    ['os.modelarts/scope=Train,!os.modelarts.flavor/baremetal', 2],
  ])('are selected by %s', async (selector, count) => {
    const { call } = createCaller();
    expect((await call('GET', `${path}?labelSelector=${selector.replaceAll(' ', '%20')}`)).body.items).toHaveLength(
      count,
    );
  });

  it('a malformed selector is a 400', async () => {
    const { call } = createCaller();
    expect((await call('GET', `${path}?labelSelector=a%20near%20b`)).status).toBe(400);
  });

  it('show the availability in each AZ, and its changes', async () => {
    const { call } = createCaller();
    await call('POST', '/_sim/flavors/modelarts.vm.gpu.t4u8/sale', { az: 'cn-north-4b', status: 'soldout' });
    const { body } = await call('GET', path);
    const flavor = body.items.find(
      (item: { metadata: { name: string } }) => item.metadata.name === 'modelarts.vm.gpu.t4u8',
    );
    expect(flavor.status.phase).toEqual({ 'cn-north-4a': 'normal', 'cn-north-4b': 'soldout', 'cn-north-4c': 'normal' });
  });
});

describe('pools and networks', () => {
  it('are filtered by workspace, status and label', async () => {
    const { call, pools, clock } = createCaller({ placed: { pools: [{ name: 'old-one', workspaceId: '0' }] } });
    const workspace = '7c2f41b5a0d94c6f8e13b5d2a9c07e64';
    await call('POST', pools, poolBody('new-one', {}, { labels: { 'os.modelarts/workspace.id': workspace } }));
    const names = async (query: string) =>
      (await call('GET', `${pools}?${query}`)).body.items.map(
        (pool: { metadata: { labels: Record<string, string> } }) => pool.metadata.labels['os.modelarts/name'],
      );
    expect(await names('')).toEqual(['old-one', 'new-one']);
    expect(await names('workspaceId=0')).toEqual(['old-one']);
    expect(await names(`workspaceId=${workspace}`)).toEqual(['new-one']);
    expect(await names('status=creating')).toEqual(['new-one']);
    expect(await names('status=created')).toEqual(['old-one']);
    expect(await names('labelSelector=os.modelarts/name=old-one')).toEqual(['old-one']);
    clock.advance(10 * MINUTE);
    expect(await names('status=created')).toEqual(['old-one', 'new-one']);
  });

  it('networks are created, become Active, and can be deleted unless a pool uses them', async () => {
    const { call, clock, pools, projectId } = createCaller();
    const networks = `/v1/${projectId}/networks`;
    const body = {
      apiVersion: 'v1',
      kind: 'Network',
      metadata: { labels: { 'os.modelarts/name': 'net-one' } },
      spec: { cidr: '192.168.128.0/17' },
    };
    expect((await call('POST', networks, body)).body.status).toEqual({ phase: '' });
    clock.advance(MINUTE);
    const path = `${networks}/net-one-${projectId}`;
    expect((await call('GET', path)).body.status).toEqual({
      phase: 'Active',
      connectionStatus: {},
      subnets: [{ networkId: expect.any(String), cidr: '192.168.128.0/17' }],
    });
    expect((await call('GET', networks)).body.items).toHaveLength(3);
    const used = poolBody('team-a', { network: { name: `net-one-${projectId}` } });
    await call('POST', pools, used);
    expect((await call('DELETE', path)).body.error_code).toBe('ModelArts.50025002');
    await call('DELETE', `${pools}/team-a-${projectId}`);
    clock.advance(5 * MINUTE);
    expect((await call('DELETE', path)).body.metadata.deletionTimestamp).toBeDefined();
    clock.advance(MINUTE);
    expect((await call('GET', path)).body.error_code).toBe('ModelArts.50025001');
  });

  it('contradictory documentation is resolved by the behavior option', async () => {
    const { call, clock, pools, projectId } = createCaller({
      behavior: {
        deleteEchoesOldPhase: true,
        omitDeletionTimestamp: true,
        statusResourcesAsObject: true,
        billingModeAsNumber: true,
        phaseOnCreate: true,
      },
    });
    const created = await call('POST', pools, poolBody());
    expect(created.body.metadata.annotations['os.modelarts/billing.mode']).toBe(0);
    expect(created.body.status.resources.creating.count).toBe(4);
    clock.advance(10 * MINUTE);
    const deleted = await call('DELETE', `${pools}/team-a-${projectId}`);
    expect([deleted.body.status.phase, deleted.body.metadata.deletionTimestamp]).toEqual(['Running', undefined]);
  });

  it('an API that this region does not have is the gateway’s 404', async () => {
    const { call, notebooks } = createCaller({ behavior: { historicalNotebookApi: false } });
    expect((await call('GET', `${notebooks}?de_type=Notebook`)).body.error_code).toBe('APIGW.0101');
  });

  it('the throttled scenario limits calls per window', async () => {
    const { call, clock, pools } = createCaller({ scenario: 'throttled' });
    for (let n = 0; n < 5; n += 1) expect((await call('GET', pools)).status).toBe(200);
    expect((await call('GET', pools)).headers['retry-after']).toBe('2');
    clock.advance(2000);
    expect((await call('GET', pools)).status).toBe(200);
  });
});
