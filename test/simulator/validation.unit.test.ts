import { createCaller, notebookBody, poolBody } from './caller.js';

describe('a pool create is rejected for', () => {
  const resources = (...items: object[]) => ({ resources: items });
  const t4 = { flavor: 'modelarts.vm.gpu.t4u8', count: 1 };
  const cases: [string, object][] = [
    ['another kind', { ...poolBody(), kind: 'Network' }],
    ['an unknown apiVersion', { ...poolBody(), apiVersion: 'v3' }],
    ['a short name', poolBody('abc')],
    ['a name in upper case', poolBody('Team-a')],
    ['a name that ends with a hyphen', poolBody('team-')],
    ['a name that is too long', poolBody('a'.repeat(33))],
    ['the type Dedicated', poolBody('team-a', { type: 'Dedicated' })],
    ['an empty scope', poolBody('team-a', { scope: [] })],
    ['an unknown scope', poolBody('team-a', { scope: ['Play'] })],
    ['no resources', poolBody('team-a', resources())],
    ['an unknown flavor', poolBody('team-a', resources({ flavor: 'x', count: 1 }))],
    ['a repeated flavor', poolBody('team-a', resources(t4, t4))],
    ['a count of 0', poolBody('team-a', resources({ ...t4, count: 0 }))],
    ['half a node', poolBody('team-a', resources({ ...t4, count: 1.5 }))],
    ['mixed cpuArch', poolBody('team-a', resources(t4, { flavor: 'modelarts.bm.4u8g.d910', count: 1 }))],
    ['AZ counts that do not add up', poolBody('team-a', resources({ ...t4, azs: [{ az: 'cn-north-4a', count: 2 }] }))],
    ['no network', poolBody('team-a', { network: undefined })],
    ['the short name of a network', poolBody('team-a', { network: { name: 'network-7a3e' } })],
    ['a logical pool with a network', poolBody('team-a', { type: 'Logical', scope: ['Train'] })],
    ['a logical pool for notebooks', poolBody('team-a', { type: 'Logical', network: undefined })],
    [
      'a GPU driver without a GPU',
      poolBody('team-a', { resources: [{ flavor: 'modelarts.vm.cpu.8ud', count: 1 }], driver: { gpuVersion: '440' } }),
    ],
    [
      'billing by period without a period',
      poolBody('team-a', {}, { annotations: { 'os.modelarts/billing.mode': '1' } }),
    ],
    ['half a period', poolBody('team-a', {}, { annotations: { 'os.modelarts/period.num': '1' } })],
    [
      'a description with a forbidden character',
      poolBody('team-a', {}, { annotations: { 'os.modelarts/description': 'a=b' } }),
    ],
    [
      'a description of 101 characters',
      poolBody('team-a', {}, { annotations: { 'os.modelarts/description': 'x'.repeat(101) } }),
    ],
  ];

  it.each(cases)('%s', async (_, body) => {
    const { call, pools, simulator } = createCaller();
    const response = await call('POST', pools, body);
    expect([response.status, response.body.error_code]).toEqual([400, 'ModelArts.50004000']);
    expect(simulator.state().pools).toEqual([]);
  });

  it('a body that is not JSON', async () => {
    const { call, pools } = createCaller();
    expect((await call('POST', pools, '{"kind":')).body.error_code).toBe('ModelArts.50004000');
  });

  it('a workspace that does not exist', async () => {
    const { call, pools } = createCaller();
    const response = await call(
      'POST',
      pools,
      poolBody('team-a', {}, { labels: { 'os.modelarts/workspace.id': 'nope' } }),
    );
    expect(response.body).toEqual({ error_code: 'ModelArts.7005', error_msg: 'workspace:nope not existed' });
  });

  it('the documented examples are accepted: v1, counts as text, a number as billing mode', async () => {
    const { call, pools } = createCaller();
    const body = poolBody('team-a', resources({ ...t4, count: '2' }), {
      annotations: { 'os.modelarts/billing.mode': 0 },
    });
    const response = await call('POST', pools, { ...body, apiVersion: 'v1' });
    expect(response.body).toMatchObject({
      apiVersion: 'v2',
      metadata: { annotations: { 'os.modelarts/billing.mode': '0' } },
      spec: { resources: [{ count: 2 }] },
    });
  });
});

describe('a notebook create is rejected for', () => {
  const storage = (type: string, location?: object) => ({ storage: { type, location } });
  const cases: [string, string, object][] = [
    ['no name', '6335', { ...notebookBody(), name: undefined }],
    ['a flavor that is a number', '6332', notebookBody('nb', { flavor: 1 })],
    ['no storage', '6316', notebookBody('nb', { spec: {} })],
    ['a space in the name', '6334', notebookBody('n b')],
    ['a quote in the description', '6334', notebookBody('nb', { description: "it's" })],
    ['an unknown profile', '6336', notebookBody('nb', { profile_id: 'x' })],
    ['an unknown flavor', '6323', notebookBody('nb', { flavor: 'x' })],
    ['an unknown storage type', '6324', notebookBody('nb', {}, storage('nfs'))],
    ['obs without a path', '6317', notebookBody('nb', {}, storage('obs'))],
    ['an obs path without the slash', '6318', notebookBody('nb', {}, storage('obs', { path: '/b/d' }))],
    ['the root of a bucket', '6358', notebookBody('nb', {}, storage('obs', { path: '/b/' }))],
    ['an evs volume of 4 GB', '6331', notebookBody('nb', {}, storage('evs', { volume_size: 4 }))],
    ['extend_storage that is not obsfs', '6324', notebookBody('nb', {}, { extend_storage: [{ type: 'evs' }] })],
    ['auto-stop without a duration', '6348', notebookBody('nb', {}, { auto_stop: { enable: true } })],
    ['a duration of a minute', '6349', notebookBody('nb', {}, { auto_stop: { enable: true, duration: 60 } })],
    ['a CPU profile on a GPU flavor', '6330', notebookBody('nb', { profile_id: 'Multi-Engine 1.0 (python3)-cpu' })],
    ['an unknown workspace', '0102', notebookBody('nb', { workspace: { id: '9' } })],
  ];

  it.each(cases)('%s: %s', async (_, code, body) => {
    const { call, notebooks, simulator } = createCaller();
    const response = await call('POST', notebooks, body);
    expect([response.status, response.body.error_code]).toEqual([400, `ModelArts.${code}`]);
    expect(response.body).toHaveProperty('error_message');
    expect(simulator.state().notebooks).toEqual([]);
  });

  it('a name in use, an exhausted quota, a sold-out flavor', async () => {
    const { call, notebooks } = createCaller({ behavior: { notebookQuota: 1 } });
    await call('POST', notebooks, notebookBody('one'));
    expect((await call('POST', notebooks, notebookBody('one'))).body.error_code).toBe('ModelArts.6301');
    expect((await call('POST', notebooks, notebookBody('two'))).body.error_code).toBe('ModelArts.6302');
    const other = createCaller({ scenario: 'sold-out' });
    expect((await other.call('POST', other.notebooks, notebookBody('two'))).body.error_code).toBe('ModelArts.6329');
  });
});
