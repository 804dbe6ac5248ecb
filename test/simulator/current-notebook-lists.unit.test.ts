import { type Caller, createCaller, currentNotebookBody, MINUTE, SECOND } from './caller.js';

const WORKSPACE = '7c2f41b5a0d94c6f8e13b5d2a9c07e64';
const NEIGHBOUR = { 'X-Auth-Token': 'simulator-only-neighbour-token' };

async function create(caller: Caller, name: string, more: object = {}, headers: Record<string, string> = {}) {
  caller.clock.advance(SECOND);
  const { status, body } = await caller.call('POST', caller.currentNotebooks, currentNotebookBody(name, more), headers);
  expect(status).toBe(200);
  return `${caller.currentNotebooks}/${body.id}`;
}

async function names(caller: Caller, query = '', suffix = ''): Promise<string[]> {
  const { status, body } = await caller.call('GET', `${caller.currentNotebooks}${suffix}?limit=50${query}`);
  expect(status).toBe(200);
  return body.data.map(({ name }: { name: string }) => name);
}

async function codeOf(response: ReturnType<Caller['call']>) {
  const { status, body } = await response;
  return [status, body.error_code];
}

describe('the lists of current notebooks', () => {
  it('has pages of 10, 20 or 50 rows, and counts the offset in rows', async () => {
    const caller = createCaller();
    for (let index = 0; index < 23; index += 1) await create(caller, `nb-${String(index).padStart(2, '0')}`);
    const list = async (query: string) => (await caller.call('GET', `${caller.currentNotebooks}${query}`)).body;
    const first = await list('');
    expect([first.current, first.pages, first.size, first.total, first.data.length]).toEqual([0, 3, 10, 23, 10]);
    expect(first.data[0].name).toBe('nb-22');
    const last = await list('?limit=20&offset=20&sort_dir=ASC');
    expect(last.data.map(({ name }: { name: string }) => name)).toEqual(['nb-20', 'nb-21', 'nb-22']);
    const between = await list('?limit=10&offset=5&sort_dir=ASC');
    expect(between.data[0].name).toBe('nb-05');
    for (const limit of ['0', '1', '30', '100', 'all']) {
      expect(await codeOf(caller.call('GET', `${caller.currentNotebooks}?limit=${limit}`))).toEqual([
        400,
        'ModelArts.6400',
      ]);
    }
  });

  it('lets names repeat, and filters names and descriptions by a part of them', async () => {
    const caller = createCaller();
    const first = await create(caller, 'team-a', { description: 'maops:1a2b3c' });
    const second = await create(caller, 'team-a');
    expect(first).not.toBe(second);
    await create(caller, 'team-a-2', { description: 'maops:1a2b3d' });
    await create(caller, 'other');
    expect((await names(caller, '&name=team-a')).sort()).toEqual(['team-a', 'team-a', 'team-a-2']);
    expect(await names(caller, '&description=maops:1a2b3c')).toEqual(['team-a']);
    const blind = createCaller({ behavior: { descriptionFilter: false } });
    await create(blind, 'other');
    expect(await names(blind, '&description=maops')).toEqual(['other']);
  });

  it('lists workspace 0 by default, with either name of the parameter', async () => {
    const caller = createCaller();
    await create(caller, 'here');
    await create(caller, 'there', { workspace_id: WORKSPACE });
    expect(await names(caller)).toEqual(['here']);
    expect(await names(caller, `&workspace_id=${WORKSPACE}`)).toEqual(['there']);
    expect(await names(caller, `&workspaceId=${WORKSPACE}`)).toEqual(['there']);
    expect(await codeOf(caller.call('GET', `${caller.currentNotebooks}?workspace_id=9`))).toEqual([
      400,
      'ModelArts.0102',
    ]);
  });

  it('lists the own notebooks or those of everybody, which tenant isolation forbids', async () => {
    const caller = createCaller({ placed: { currentNotebooks: [{ name: 'theirs' }] } });
    await create(caller, 'mine');
    expect(await names(caller)).toEqual(['mine']);
    expect((await names(caller, '', '/all')).sort()).toEqual(['mine', 'theirs']);
    const strict = createCaller({ behavior: { tenantIsolation: true } });
    const path = await create(strict, 'theirs', {}, NEIGHBOUR);
    expect(await codeOf(strict.call('GET', `${strict.currentNotebooks}/all`))).toEqual([403, 'ModelArts.0108']);
    expect(await codeOf(strict.call('GET', path))).toEqual([403, 'ModelArts.6407']);
    expect((await strict.call('GET', path, undefined, NEIGHBOUR)).status).toBe(200);
  });

  it('filters by pool, status, image, billing, tags and feature', async () => {
    const caller = createCaller({ placed: { pools: [{ name: 'team-a' }] } });
    const pool = `team-a-${caller.projectId}`;
    const onPool = await create(caller, 'on-pool', { pool_id: pool });
    const stopped = await create(caller, 'stopped');
    await create(caller, 'free', { feature: 'DEFAULT', flavor: 'modelarts.vm.cpu.free' });
    caller.clock.advance(MINUTE);
    await caller.call('POST', `${stopped}/stop`);
    caller.clock.advance(MINUTE);
    await caller.call('POST', `${onPool}/tags/create`, { tags: [{ key: 'team', value: 'a' }] });
    expect(await names(caller, `&pool_id=${pool}`)).toEqual(['on-pool']);
    expect(await names(caller, '&pool_name=eam')).toEqual(['on-pool']);
    expect(await names(caller, '&status=STOPPED')).toEqual(['stopped']);
    expect(await names(caller, '&feature=DEFAULT')).toEqual(['free']);
    expect(await names(caller, '&billing=STORAGE')).toHaveLength(2);
    expect(await names(caller, '&billing=COMPUTE')).toEqual([]);
    expect(await names(caller, '&tags=team|a')).toEqual(['on-pool']);
    expect(await names(caller, '&tags=team|b')).toEqual([]);
    expect(await names(caller, '&swr_path=pytorch2.1-cpu')).toHaveLength(2);
    expect(await names(caller, '&image_id=none')).toEqual([]);
  });

  it('lists flavors, images, the quota and the workspaces', async () => {
    const caller = createCaller();
    const root = `/v1/${caller.projectId}`;
    const path = await create(caller, 'nb');
    const flavors = (await caller.call('GET', `${root}/notebooks/flavors`)).body;
    expect(flavors.total).toBe(5);
    expect(flavors.data[0]).toMatchObject({ id: 'modelarts.vm.cpu.2u', vcpus: 2, memory: 8388608, sold_out: false });
    await caller.call('POST', '/_sim/flavors/modelarts.vm.cpu.2u/sale', { status: 'soldOut' });
    const cpu = (await caller.call('GET', `${root}/notebooks/flavors?category=CPU&type=DEDICATED`)).body;
    expect(cpu.data.map(({ sold_out }: { sold_out: boolean }) => sold_out)).toEqual([true, false]);
    expect((await caller.call('GET', `${path}/flavors`)).body.total).toBe(2);
    const images = (await caller.call('GET', `${root}/images?name=cuda`)).body;
    expect(images.data).toHaveLength(1);
    const { id } = images.data[0];
    expect((await caller.call('GET', `${root}/images/${id}`)).body).toMatchObject({ id, status: 'ACTIVE' });
    expect(await codeOf(caller.call('GET', `${root}/images/none`))).toEqual([400, 'ModelArts.6404']);
    expect((await caller.call('GET', `${root}/authoring/features/NOTEBOOK`)).body).toMatchObject({
      enabled: true,
      quota: 10,
      used: 1,
    });
    const { workspaces, total_count } = (await caller.call('GET', `${root}/workspaces`)).body;
    expect([total_count, workspaces[1].id, workspaces[1].status]).toEqual([2, WORKSPACE, 'NORMAL']);
  });
});

describe('faults of a list of current notebooks', () => {
  it('change the rows that match, and forbid or fail a list', async () => {
    const caller = createCaller();
    const operation = 'currentNotebooks.list' as const;
    await create(caller, 'one');
    await create(caller, 'two');
    caller.simulator.faults.plan(
      { operation, kind: 'unknownStatus', word: 'HIBERNATED', match: { name: 'one' } },
      { operation, kind: 'missingFields', paths: ['lease'], match: { state: 'CREATING' } },
    );
    const { data } = (await caller.call('GET', `${caller.currentNotebooks}?sort_dir=ASC`)).body;
    expect(data.map(({ status }: { status: string }) => status)).toEqual(['HIBERNATED', 'CREATING']);
    expect(data[1]).not.toHaveProperty('lease');
    caller.simulator.faults.plan({ operation: 'currentNotebooks.listAll', kind: 'forbidden' });
    const all = () => codeOf(caller.call('GET', `${caller.currentNotebooks}/all`));
    expect(await all()).toEqual([403, 'ModelArts.0108']);
    expect(await all()).toEqual([200, undefined]);
    caller.simulator.faults.expectAllHit();
  });
});

describe('the create of a current notebook', () => {
  it.each([
    ['no name', { name: undefined }, 'ModelArts.6400'],
    ['a dot in the name', { name: 'a.b' }, 'ModelArts.6400'],
    ['a slash in the description', { description: 'a/b' }, 'ModelArts.6400'],
    ['an unknown image', { image_id: '00000000-0000-4000-8000-000000000000' }, 'ModelArts.6797'],
    ['no volume', { volume: undefined }, 'ModelArts.6400'],
    ['a small EVS', { volume: { category: 'EVS', ownership: 'MANAGED', capacity: 4 } }, 'ModelArts.6331'],
    [
      'own EFS without a pool',
      { volume: { category: 'EFS', ownership: 'DEDICATED', uri: 'u', id: 'i' } },
      'ModelArts.6400',
    ],
    ['OBS without credentials', { volume: { category: 'OBS', ownership: 'MANAGED' } }, 'ModelArts.6782'],
    ['an unknown flavor', { flavor: 'none' }, 'ModelArts.6870'],
    ['a free flavor', { flavor: 'modelarts.vm.cpu.free' }, 'ModelArts.6870'],
    ['a flavor and a custom spec', { custom_spec: { cpu: 1, memory: 1024 } }, 'ModelArts.6400'],
    ['a custom spec without a pool', { flavor: undefined, custom_spec: { cpu: 1, memory: 1024 } }, 'ModelArts.6400'],
    ['an unknown pool', { pool_id: 'none' }, 'ModelArts.6400'],
    ['an unknown workspace', { workspace_id: '9' }, 'ModelArts.0102'],
    ['SSH without a key pair', { endpoints: [{ service: 'SSH' }] }, 'ModelArts.6400'],
    ['an image with SSH only', { image_id: '3e9a3f4b-ac4a-4d86-8a88-3a9d6fafac43' }, 'ModelArts.6768'],
  ])('refuses %s', async (_what, more, code) => {
    const caller = createCaller();
    expect(await codeOf(caller.call('POST', caller.currentNotebooks, currentNotebookBody('nb', more)))).toEqual([
      400,
      code,
    ]);
    expect(caller.simulator.state().currentNotebooks).toEqual([]);
  });

  it('waits for a pool that is not ready (6355), refuses a sold-out flavor (6716) and keeps a quota (0118)', async () => {
    const caller = createCaller({
      placed: { pools: [{ name: 'team-a', phase: 'Creating' }] },
      behavior: { notebookQuota: 1 },
    });
    const post = (more: object) =>
      codeOf(caller.call('POST', caller.currentNotebooks, currentNotebookBody('nb', more)));
    expect(await post({ pool_id: `team-a-${caller.projectId}` })).toEqual([400, 'ModelArts.6355']);
    caller.simulator.faults.plan({ operation: 'currentNotebooks.create', kind: 'soldOut', forMs: MINUTE });
    expect(await post({})).toEqual([400, 'ModelArts.6716']);
    caller.clock.advance(2 * MINUTE);
    expect(await post({})).toEqual([200, undefined]);
    expect(await post({})).toEqual([400, 'ModelArts.0118']);
  });

  it('answers with SSH, volumes and other objects as sent, and ignores unknown fields', async () => {
    const caller = createCaller();
    const { body: created } = await caller.call('POST', caller.currentNotebooks, {
      ...currentNotebookBody('nb'),
      volume: { category: 'efs', ownership: 'managed' },
      endpoints: [{ service: 'SSH', key_pair_names: ['key'], allowed_access_ips: ['203.0.113.7'] }],
      run_user: { uid: 1000, gid: 100 },
      nonsense: true,
    });
    expect(created.endpoints).toEqual([]);
    caller.clock.advance(MINUTE);
    const { body } = await caller.call('GET', `${caller.currentNotebooks}/${created.id}`);
    expect(body).toMatchObject({
      volume: { category: 'EFS', ownership: 'MANAGED', capacity: 50 },
      endpoints: [{ service: 'NOTEBOOK' }, { service: 'SSH', key_pair_names: ['key'] }],
      run_user: { uid: 1000 },
      billing_items: ['COMPUTE'],
    });
    expect(body).not.toHaveProperty('nonsense');
  });
});
