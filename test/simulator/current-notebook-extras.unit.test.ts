import { type Caller, createCaller, currentNotebookBody, MINUTE, SECOND } from './caller.js';

async function running(caller: Caller, more: object = {}): Promise<string> {
  const { body } = await caller.call('POST', caller.currentNotebooks, currentNotebookBody('nb', more));
  caller.clock.advance(MINUTE);
  return `${caller.currentNotebooks}/${body.id}`;
}

async function codeOf(response: ReturnType<Caller['call']>) {
  const { status, body } = await response;
  return [status, body.error_code];
}

const OBSFS = { category: 'OBSFS', mount_path: '/data/in/', uri: 'obs://pfs-a/in/' };

describe('the storage of a current notebook', () => {
  it('is mounted and unmounted while RUNNING, and a stop drops it', async () => {
    const caller = createCaller();
    const path = await running(caller);
    const mounted = await caller.call('POST', `${path}/storage`, OBSFS);
    expect(mounted).toMatchObject({ status: 201, body: { ...OBSFS, status: 'MOUNTING', mount_type: 'DYNAMIC' } });
    const storage = `${path}/storage/${mounted.body.id}`;
    expect(await codeOf(caller.call('POST', `${path}/storage`, OBSFS))).toEqual([400, 'ModelArts.6357']);
    expect(await codeOf(caller.call('DELETE', storage))).toEqual([400, 'ModelArts.6357']);
    caller.clock.advance(MINUTE);
    expect((await caller.call('GET', storage)).body.status).toBe('MOUNTED');
    expect((await caller.call('GET', `${path}/storage`)).body).toMatchObject({
      total: 1,
      data: [{ status: 'MOUNTED' }],
    });
    expect((await caller.call('DELETE', storage)).status).toBe(204);
    expect((await caller.call('GET', storage)).body.status).toBe('UNMOUNTING');
    caller.clock.advance(MINUTE);
    expect(await codeOf(caller.call('GET', storage))).toEqual([400, 'ModelArts.6404']);
    await caller.call('POST', `${path}/storage`, OBSFS);
    await caller.call('POST', `${path}/stop`);
    caller.clock.advance(MINUTE);
    expect((await caller.call('GET', `${path}/storage`)).body.total).toBe(0);
    expect(await codeOf(caller.call('POST', `${path}/storage`, OBSFS))).toEqual([400, 'ModelArts.6347']);
  });

  it('can fail, and survives a stop by option', async () => {
    const caller = createCaller({ behavior: { stopKeepsMounts: true } });
    const path = await running(caller);
    caller.simulator.faults.plan({ operation: 'currentNotebooks.mountStorage', kind: 'notebookFailed', message: 'no' });
    await caller.call('POST', `${path}/storage`, OBSFS);
    caller.clock.advance(MINUTE);
    await caller.call('POST', `${path}/stop`);
    caller.clock.advance(MINUTE);
    expect((await caller.call('GET', `${path}/storage`)).body.data).toMatchObject([
      { status: 'MOUNT_FAILED', failure_reason: 'no' },
    ]);
  });

  it.each([
    ['a path outside /data/', { ...OBSFS, mount_path: '/home/in/' }],
    ['no uri', { ...OBSFS, uri: undefined }],
    ['EVS', { ...OBSFS, category: 'EVS' }],
    ['EFS without its id', { ...OBSFS, category: 'EFS' }],
    ['EFS on a public pool', { ...OBSFS, category: 'EFS', efs_id: 'id' }],
  ])('refuses %s', async (_what, body) => {
    const caller = createCaller();
    const path = await running(caller);
    expect(await codeOf(caller.call('POST', `${path}/storage`, body))).toEqual([400, 'ModelArts.6400']);
  });
});

test('an instance shows where its data is mounted, without its secret, and neither hooks nor network settings', async () => {
  const caller = createCaller();
  const uri = 'obs://bucket/in/';
  const data = { category: 'OBS', ownership: 'DEDICATED', uri, mount_path: '/data/in/', dew_secret_name: 'secret' };
  const more = {
    data_volumes: [data],
    hooks: { container_hooks: { pre_start: { script: 'c3RhcnQ=', type: 'COMMAND' } } },
    public_network_config: { public_network_type: 'SHARED' },
    run_user: { uid: 1000, gid: 100 },
  };
  const { body } = await caller.call('POST', caller.currentNotebooks, currentNotebookBody('data', more));
  expect(body.data_volumes).toEqual([
    { category: 'OBS', mount_path: '/data/in/', url: uri, uri, mount_type: 'STATIC' },
  ]);
  expect(body).not.toHaveProperty('hooks');
  expect(body).not.toHaveProperty('public_network_config');
  expect(body.run_user).toEqual({ uid: 1000, gid: 100 });
});

describe('the tags of a current notebook', () => {
  it('are added, overwritten and removed with 204, and listed with their values', async () => {
    const caller = createCaller();
    const path = await running(caller);
    const other = await running(caller);
    const tags = (...pairs: [string, string?][]) => ({ tags: pairs.map(([key, value]) => ({ key, value })) });
    expect((await caller.call('POST', `${path}/tags/create?workspace_id=0`, tags(['a', '1'], ['b', '2']))).status).toBe(
      204,
    );
    expect((await caller.call('POST', `${path}/tags/create?workspace_id=0`, tags(['a', '3']))).status).toBe(204);
    await caller.call('POST', `${other}/tags/create`, tags(['a', '1']));
    expect((await caller.call('GET', path)).body.tags).toEqual([
      { key: 'a', value: '3' },
      { key: 'b', value: '2' },
    ]);
    expect((await caller.call('GET', `${caller.currentNotebooks}/tags?workspace_id=0`)).body).toEqual({
      tags: [
        { key: 'a', values: ['3', '1'] },
        { key: 'b', values: ['2'] },
      ],
    });
    expect((await caller.call('DELETE', `${path}/tags/delete?workspace_id=0`, tags(['a'], ['none']))).status).toBe(204);
    expect((await caller.call('GET', path)).body.tags).toEqual([{ key: 'b', value: '2' }]);
    for (const key of ['', ' a', '_sys_a', 'a/b', 'k'.repeat(129)]) {
      expect(await codeOf(caller.call('POST', `${path}/tags/create`, tags([key, '1'])))).toEqual([
        400,
        'ModelArts.6400',
      ]);
    }
  });
});

describe('the images of an account', () => {
  const save = { name: 'mine', namespace: 'team-a', tag: '1' };

  it('are saved from a RUNNING notebook, which is SNAPSHOTTING meanwhile', async () => {
    const caller = createCaller();
    const path = await running(caller);
    const root = `/v1/${caller.projectId}/images`;
    const { body } = await caller.call('POST', `${path}/create-image`, save);
    expect(body).toMatchObject({ ...save, status: 'INIT', origin: 'IMAGE_SAVE', type: 'DEDICATED' });
    expect((await caller.call('GET', path)).body.status).toBe('SNAPSHOTTING');
    expect(await codeOf(caller.call('DELETE', path))).toEqual([400, 'ModelArts.6357']);
    expect(await codeOf(caller.call('POST', `${path}/create-image`, save))).toEqual([400, 'ModelArts.6347']);
    const early = currentNotebookBody('nb2', { image_id: body.id });
    expect(await codeOf(caller.call('POST', caller.currentNotebooks, early))).toEqual([400, 'ModelArts.6797']);
    caller.clock.advance(30 * SECOND);
    expect((await caller.call('GET', `${root}/${body.id}`)).body.status).toBe('CREATING');
    caller.clock.advance(31 * SECOND);
    expect((await caller.call('GET', `${root}/${body.id}`)).body.status).toBe('ACTIVE');
    expect((await caller.call('GET', path)).body.status).toBe('RUNNING');
    expect((await caller.call('POST', caller.currentNotebooks, early)).status).toBe(200);
    expect((await caller.call('GET', `${root}?type=DEDICATED`)).body.total).toBe(1);
  });

  it('can fail to be saved', async () => {
    const caller = createCaller();
    const path = await running(caller);
    caller.simulator.faults.plan({ operation: 'currentNotebooks.createImage', kind: 'notebookFailed', message: 'no' });
    const { body } = await caller.call('POST', `${path}/create-image`, save);
    caller.clock.advance(2 * MINUTE);
    const shown = (await caller.call('GET', `/v1/${caller.projectId}/images/${body.id}`)).body;
    expect([shown.status, shown.status_message]).toEqual(['CREATE_FAILED', 'no']);
  });

  it('are registered, grouped and deleted; those of the service are not', async () => {
    const caller = createCaller();
    const root = `/v1/${caller.projectId}/images`;
    const ids: string[] = [];
    for (const tag of ['1', '2']) {
      const { status, body } = await caller.call('POST', root, { swr_path: `swr.example.com/team-a/mine:${tag}` });
      expect([status, body.status, body.tag]).toEqual([201, 'ACTIVE', tag]);
      ids.push(body.id);
    }
    expect(await codeOf(caller.call('POST', root, { swr_path: 'mine' }))).toEqual([400, 'ModelArts.6400']);
    expect((await caller.call('GET', `${root}/group?type=DEDICATED`)).body.data).toEqual([
      {
        name: 'mine',
        namespace: 'team-a',
        description: '',
        version_count: 2,
        create_at: expect.any(Number),
        update_at: expect.any(Number),
      },
    ]);
    expect((await caller.call('GET', `${root}/group`)).body.data[0]).toEqual({
      name: 'pytorch2.1-cpu',
      namespace: 'atelier',
      description: 'PyTorch 2.1 for CPU',
      version_count: 1,
    });
    expect((await caller.call('DELETE', `${root}/${ids[0]}`, { is_force: false })).status).toBe(200);
    expect(await codeOf(caller.call('DELETE', `${root}/${ids[0]}`))).toEqual([400, 'ModelArts.6404']);
    const builtIn = '0b6d0c1e-7f1d-4a53-9d55-0d6a3c7c2f10';
    expect(await codeOf(caller.call('DELETE', `${root}/${builtIn}`))).toEqual([403, 'ModelArts.0108']);
  });
});

test('a registration names services and categories otherwise than the image', async () => {
  const caller = createCaller();
  const request = { swr_path: 'swr.example.com/team-a/mine:1', services: ['SSH'], resource_category: ['ASCEND'] };
  const { body } = await caller.call('POST', `/v1/${caller.projectId}/images`, request);
  expect(body).toMatchObject({ dev_services: ['SSH'], resource_categories: ['ASCEND'] });
});

describe('the clusters for notebooks', () => {
  it.each([
    ['modelarts.vm.cpu.8ud', 'CPU'],
    ['modelarts.vm.gpu.t4u8', 'GPU'],
    ['modelarts.bm.4u8g.d910', 'ASCEND'],
  ])('with %s have the category %s, and texts as times and sizes', async (flavor, category) => {
    const caller = createCaller({ placed: { pools: [{ name: 'ready', flavor }] } });
    const path = `/v1/${caller.projectId}/authoring/clusters/ready-${caller.projectId}`;
    expect((await caller.call('GET', path)).body).toMatchObject({
      resource_categories: category,
      create_at: expect.stringMatching(/^\d+$/),
      update_at: expect.stringMatching(/^\d+$/),
      flavors: expect.arrayContaining([expect.objectContaining({ memory: '8388608' })]),
    });
  });

  it('are the public one and the pools with the scope Notebook, ACTIVE when they can take notebooks', async () => {
    const caller = createCaller({
      placed: {
        pools: [{ name: 'ready' }, { name: 'young', phase: 'Creating' }, { name: 'train', scope: ['Train'] }],
      },
    });
    const root = `/v1/${caller.projectId}/authoring/clusters`;
    const rows = (await caller.call('GET', `${root}?type=DEDICATED`)).body.data;
    expect(rows.map(({ pool_id, status }: { pool_id: string; status: string }) => [pool_id, status])).toEqual([
      [`ready-${caller.projectId}`, 'ACTIVE'],
      [`young-${caller.projectId}`, 'INITIALIZING'],
    ]);
    expect((await caller.call('GET', `${root}?type=MANAGED`)).body.total).toBe(1);
    const { logic_cluster_id } = rows[0];
    expect((await caller.call('GET', `${root}/${logic_cluster_id}`)).body.pool_id).toBe(`ready-${caller.projectId}`);
    expect(await codeOf(caller.call('GET', `${root}/none`))).toEqual([400, 'ModelArts.6404']);
  });
});
