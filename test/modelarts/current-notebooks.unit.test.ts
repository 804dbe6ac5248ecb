import { inspect } from 'node:util';
import type { ModelArts } from '../../src/modelarts/client.js';
import type { ModelArtsError } from '../../src/modelarts/errors.js';
import type { CurrentNotebookCreate } from '../../src/modelarts/schemas/current-notebook-request.js';
import { createWatchers } from '../../src/modelarts/watchers.js';
import { FakeClock } from './fake-clock.js';
import { connect, failureOf, fixture, projectId, type Reply } from './fake-service.js';
import { changed, problemsOf } from './invalid-requests.js';

const request: CurrentNotebookCreate = fixture('current-notebook-create.request');
const instance = fixture('current-notebook-create.response');
const secret: string = instance.token;
const id: string = instance.id;
const collection = `/v1/${projectId}/notebooks`;
const hour = 3_600_000;

const answering = (body: unknown, status = 200) => connect((): Reply => ({ status, body }));
const sent = (text: string | null | undefined): unknown => JSON.parse(text ?? 'null');

describe('requests', () => {
  test('the documented create is sent unchanged', async () => {
    const { modelarts, seen } = answering(instance, 201);
    await modelarts.currentNotebooks.create(request);
    expect(seen[0]).toMatchObject({ method: 'POST', url: { pathname: collection, search: '' } });
    expect(sent(seen[0]?.text)).toEqual(request);
  });

  test.each<[string, string, (client: ModelArts) => Promise<unknown>, unknown]>([
    ['show', `GET ${collection}/${id}`, ({ currentNotebooks }) => currentNotebooks.show(id), null],
    [
      'update',
      `PUT ${collection}/${id}`,
      ({ currentNotebooks }) => currentNotebooks.update(id, { description: 'd' }),
      { description: 'd' },
    ],
    ['delete', `DELETE ${collection}/${id}`, ({ currentNotebooks }) => currentNotebooks.delete(id), null],
    [
      'start',
      `POST ${collection}/${id}/start?duration=3600000&type=TIMING`,
      ({ currentNotebooks }) => currentNotebooks.start(id, { duration: hour, type: 'TIMING' }),
      null,
    ],
    [
      'start for ever',
      `POST ${collection}/${id}/start?duration=-1`,
      ({ currentNotebooks }) => currentNotebooks.start(id, { duration: -1 }),
      null,
    ],
    ['stop', `POST ${collection}/${id}/stop`, ({ currentNotebooks }) => currentNotebooks.stop(id), null],
    ['lease', `GET ${collection}/${id}/lease`, ({ currentNotebooks }) => currentNotebooks.showLease(id), null],
    [
      'renew',
      `PATCH ${collection}/${id}/lease?duration=7200000`,
      ({ currentNotebooks }) => currentNotebooks.renewLease(id, { duration: 2 * hour }),
      { duration: 2 * hour, type: 'TIMING' },
    ],
    [
      'renew an idle lease',
      `PATCH ${collection}/${id}/lease`,
      ({ currentNotebooks }) => currentNotebooks.renewLease(id, { duration: hour, type: 'IDLE' }),
      { duration: hour, type: 'IDLE' },
    ],
    [
      'flavors',
      `GET ${collection}/flavors?type=DEDICATED`,
      ({ currentNotebooks }) => currentNotebooks.flavors({ type: 'DEDICATED' }),
      null,
    ],
    [
      'changeable flavors',
      `GET ${collection}/${id}/flavors`,
      ({ currentNotebooks }) => currentNotebooks.changeableFlavors(id),
      null,
    ],
    [
      'create an image',
      `POST ${collection}/${id}/create-image`,
      ({ currentNotebooks }) => currentNotebooks.createImage(id, { name: 'img', namespace: 'team' }),
      { name: 'img', namespace: 'team' },
    ],
    [
      'list storage',
      `GET ${collection}/${id}/storage?limit=50&offset=0`,
      ({ currentNotebooks }) => currentNotebooks.listStorage(id),
      null,
    ],
    [
      'mount',
      `POST ${collection}/${id}/storage`,
      ({ currentNotebooks }) =>
        currentNotebooks.mountStorage(id, { category: 'OBSFS', mount_path: '/data/in/', uri: 'obs://pfs-a/in/' }),
      { category: 'OBSFS', mount_path: '/data/in/', uri: 'obs://pfs-a/in/' },
    ],
    [
      'show storage',
      `GET ${collection}/${id}/storage/s1`,
      ({ currentNotebooks }) => currentNotebooks.showStorage(id, 's1'),
      null,
    ],
    [
      'unmount',
      `DELETE ${collection}/${id}/storage/s1`,
      ({ currentNotebooks }) => currentNotebooks.unmountStorage(id, 's1'),
      null,
    ],
    [
      'add tags',
      `POST ${collection}/${id}/tags/create?workspace_id=0`,
      ({ currentNotebooks }) => currentNotebooks.addTags(id, [{ key: 'maops', value: 'x' }]),
      { tags: [{ key: 'maops', value: 'x' }] },
    ],
    [
      'remove tags',
      `DELETE ${collection}/${id}/tags/delete?workspace_id=0`,
      ({ currentNotebooks }) => currentNotebooks.removeTags(id, [{ key: 'maops' }]),
      { tags: [{ key: 'maops' }] },
    ],
    ['list tags', `GET ${collection}/tags?workspace_id=0`, ({ currentNotebooks }) => currentNotebooks.listTags(), null],
    [
      'list images',
      `GET /v1/${projectId}/images?name=torch&name_fuzzy_match=false&limit=200&offset=0`,
      ({ images }) => images.list({ name: 'torch', name_fuzzy_match: false }),
      null,
    ],
    [
      'register an image',
      `POST /v1/${projectId}/images`,
      ({ images }) => images.register({ swr_path: 'swr/a/b:1' }),
      { swr_path: 'swr/a/b:1' },
    ],
    ['show an image', `GET /v1/${projectId}/images/i`, ({ images }) => images.show('i'), null],
    [
      'delete an image',
      `DELETE /v1/${projectId}/images/i`,
      ({ images }) => images.delete('i', { force: true }),
      { is_force: true },
    ],
    ['image groups', `GET /v1/${projectId}/images/group?limit=200&offset=0`, ({ images }) => images.groups(), null],
    ['quota', `GET /v1/${projectId}/authoring/features/NOTEBOOK`, ({ features }) => features.show(), null],
    [
      'clusters',
      `GET /v1/${projectId}/authoring/clusters?type=MANAGED&workspace_id=0&limit=1000&offset=0`,
      ({ clusters }) => clusters.list({ type: 'MANAGED' }),
      null,
    ],
    ['one cluster', `GET /v1/${projectId}/authoring/clusters/c`, ({ clusters }) => clusters.show('c'), null],
  ])('%s', async (_, line, call, body) => {
    const { modelarts, seen } = answering({ id, status: 'RUNNING' });
    await call(modelarts);
    expect(seen.map(({ method, url }) => `${method} ${url.pathname}${url.search}`)).toEqual([line]);
    expect(sent(seen[0]?.text)).toEqual(body);
  });

  test('a list names its workspace, in both spellings when it is not the default', async () => {
    const { modelarts, seen } = answering({ data: [], total: 0 });
    const workspace = 'a'.repeat(32);
    await modelarts.currentNotebooks.list({ name: 'team-a-1' });
    await modelarts.currentNotebooks.listAll({ workspace_id: workspace, pool_id: 'p' });
    const [own, all] = seen.map(({ url }) => ({ path: url.pathname, query: Object.fromEntries(url.searchParams) }));
    const page = { feature: 'NOTEBOOK', limit: '50', offset: '0', sort_dir: 'ASC' };
    expect(own).toEqual({ path: collection, query: { ...page, name: 'team-a-1', workspace_id: '0' } });
    expect(all).toEqual({
      path: `${collection}/all`,
      query: { ...page, pool_id: 'p', workspace_id: workspace, workspaceId: workspace },
    });
  });

  test('a list is read to its end', async () => {
    const rows = Array.from({ length: 120 }, (_, n) => ({ ...instance, id: `n${n}` }));
    const { modelarts, seen } = connect(({ url }) => {
      const offset = Number(url.searchParams.get('offset'));
      return { body: { data: rows.slice(offset, offset + 50), total: rows.length, current: 0, pages: 3, size: 50 } };
    });
    const found = await modelarts.currentNotebooks.list();
    expect(found.map((row) => row.id)).toEqual(rows.map((row) => row.id));
    expect(seen).toHaveLength(3);
  });
});

describe('an invalid create is not sent, and the error has the path of the problem', () => {
  const volume = (change: object) => ({ category: 'EFS', ownership: 'MANAGED', ...change });
  const share = { ownership: 'DEDICATED', uri: 'x.sfsturbo.internal:/', id };
  const custom = { cpu: 1, memory: 1024 };
  test.each<[string, readonly (string | number)[], unknown, string]>([
    ['no name', ['name'], undefined, 'name'],
    ['a long name', ['name'], 'a'.repeat(65), 'name'],
    ['a name with a space', ['name'], 'a b', 'name'],
    ['no image', ['image_id'], undefined, 'image_id'],
    ['an image name', ['image_id'], 'pytorch', 'image_id'],
    ['no volume', ['volume'], undefined, 'volume'],
    ['a forbidden character', ['description'], 'a/b', 'description'],
    ['a long description', ['description'], 'x'.repeat(513), 'description'],
    ['less than an hour', ['duration'], hour - 1, 'duration'],
    ['more than 72 hours', ['duration'], 72 * hour + 1, 'duration'],
    ['duration 0', ['duration'], 0, 'duration'],
    ['duration as text', ['duration'], '3600000', 'duration'],
    ['duration and lease', ['lease'], { duration: hour }, 'lease'],
    ['an unknown key', ['tags'], [], ''],
    ['a workspace name', ['workspace_id'], 'team', 'workspace_id'],
    ['an upper-case pool id', ['pool_id'], 'Pool-1', 'pool_id'],
    ['a small volume', ['volume', 'capacity'], 4, 'volume.capacity'],
    ['a large volume', ['volume', 'capacity'], 4097, 'volume.capacity'],
    ['dedicated EVS', ['volume', 'ownership'], 'DEDICATED', 'volume.ownership'],
    ['a capacity of OBS', ['volume'], { category: 'OBS', ownership: 'MANAGED', capacity: 5 }, 'volume.capacity'],
    ['dedicated EFS without a uri', ['volume'], volume({ ...share, uri: undefined }), 'volume.uri'],
    ['dedicated EFS without an id', ['volume'], volume({ ...share, id: undefined }), 'volume.id'],
    [
      'dedicated OBS without a uri',
      ['data_volumes'],
      [volume({ category: 'OBS', ownership: 'DEDICATED' })],
      'data_volumes[0].uri',
    ],
    ['an unknown category', ['volume', 'category'], 'NFS', 'volume.category'],
    ['SSH without a key', ['endpoints'], [{ service: 'SSH' }], 'endpoints[0].key_pair_names'],
    [
      'six addresses',
      ['endpoints'],
      [{ service: 'SSH', key_pair_names: ['k'], allowed_access_ips: Array(6).fill('1.2.3.4') }],
      'endpoints[0].allowed_access_ips',
    ],
    [
      'a host name',
      ['endpoints'],
      [{ service: 'SSH', key_pair_names: ['k'], allowed_access_ips: ['host'] }],
      'endpoints[0].allowed_access_ips[0]',
    ],
    ['neither flavor nor custom spec', ['flavor'], undefined, 'flavor'],
    ['flavor and custom spec', ['custom_spec'], custom, 'flavor'],
  ])('%s', async (_, path, value, where) => {
    const problems = await problemsOf((client) => client.currentNotebooks.create(changed(request, path, value)));
    expect(problems.map((problem) => problem.path)).toContain(where);
  });

  test.each<[string, object, string]>([
    ['a custom spec without a pool', { custom_spec: custom, pool_id: undefined }, 'custom_spec'],
    ['little memory', { custom_spec: { ...custom, memory: 512 } }, 'custom_spec.memory'],
    ['little cpu', { custom_spec: { ...custom, cpu: 0.39 } }, 'custom_spec.cpu'],
    ['a GPU without its type', { custom_spec: { ...custom, gpu: 1 } }, 'custom_spec.gpu_type'],
    ['a GPU on CPU nodes', { custom_spec: { ...custom, gpu: 1, gpu_type: 't4', category: 'CPU' } }, 'custom_spec.gpu'],
    ['affinity without a pool', { custom_spec: custom, affinity: {}, pool_id: undefined }, 'affinity'],
    [
      'dedicated EFS without a pool',
      { flavor: 'f', custom_spec: undefined, pool_id: undefined, volume: volume(share) },
      'volume.ownership',
    ],
  ])('%s', async (_, change, where) => {
    const { flavor: _flavor, ...base } = request;
    const body = JSON.parse(JSON.stringify({ ...base, ...change }));
    const problems = await problemsOf((client) => client.currentNotebooks.create(body));
    expect(problems.map((problem) => problem.path)).toContain(where);
  });

  test.each<[string, (client: ModelArts) => Promise<unknown>, string]>([
    [
      'a renewal without an end',
      ({ currentNotebooks }) => currentNotebooks.renewLease(id, { duration: -1 }),
      'duration',
    ],
    ['a start of a minute', ({ currentNotebooks }) => currentNotebooks.start(id, { duration: 60_000 }), 'duration'],
    ['an empty update', ({ currentNotebooks }) => currentNotebooks.update(id, {}), ''],
    ['a reserved tag', ({ currentNotebooks }) => currentNotebooks.addTags(id, [{ key: '_sys_x' }]), '[0].key'],
    [
      'a mount outside /data',
      ({ currentNotebooks }) => currentNotebooks.mountStorage(id, { category: 'OBS', mount_path: '/x', uri: 'u' }),
      'mount_path',
    ],
    [
      'an EFS mount without an id',
      ({ currentNotebooks }) => currentNotebooks.mountStorage(id, { category: 'EFS', mount_path: '/data/x', uri: 'u' }),
      'efs_id',
    ],
    [
      'an upper-case image name',
      ({ currentNotebooks }) => currentNotebooks.createImage(id, { name: 'A', namespace: 'n' }),
      'name',
    ],
    ['an empty id', ({ currentNotebooks }) => currentNotebooks.show(''), 'id'],
  ])('%s', async (_, call, where) => {
    expect((await problemsOf(call)).map((problem) => problem.path)).toContain(where);
  });
});

describe('responses', () => {
  test('the documented instance', async () => {
    const created = await answering(instance, 201).modelarts.currentNotebooks.create(request);
    const { token: _token, ...expected } = instance;
    expect(created).toMatchObject(expected);
    expect(created.pool).toBeUndefined();
  });

  test('other spellings, unknown words and fields, null and missing members', async () => {
    const shown = await answering({
      id,
      status: 'HIBERNATING',
      create_at: '1796040000000',
      lease: { create_at: '1796040000000', duration: '3600000', enable: 'true' },
      pool: null,
      endpoints: { service: 'SSH', ssh_keys: ['k'] },
      action_progress: [{ step: 1, status: 'WAITING', step_description: 's' }],
      extra: { a: 1 },
    }).modelarts.currentNotebooks.show(id);
    expect(shown).toMatchObject({
      status: 'HIBERNATING',
      create_at: 1_796_040_000_000,
      lease: { create_at: 1_796_040_000_000, duration: hour, enable: true },
      endpoints: [{ service: 'SSH', ssh_keys: ['k'], key_pair_names: [] }],
      action_progress: [{ step_description: 's' }],
      extra: { a: 1 },
      billing_items: [],
    });
    expect(shown).not.toHaveProperty('pool');
  });

  test('a renewed lease, and a renewal or delete without a body', async () => {
    const lease = {
      create_at: 1_796_040_000_000,
      duration: 3 * hour,
      enable: true,
      type: 'TIMING',
      update_at: 1_796_043_600_000,
    };
    expect(await answering(lease).modelarts.currentNotebooks.renewLease(id, { duration: 2 * hour })).toEqual(lease);
    const silent = answering('', 204).modelarts.currentNotebooks;
    expect(await silent.renewLease(id, { duration: hour })).toBeNull();
    expect(await silent.delete(id)).toBeNull();
    expect(await answering({}).modelarts.currentNotebooks.delete(id)).toBeNull();
  });

  test('flavors in data, or in flavors', async () => {
    const rows = [{ id: 'modelarts.vm.cpu.2u', sold_out: true, memory: 8_388_608 }];
    for (const body of [{ data: rows }, { flavors: rows }]) {
      const [flavor] = await answering(body).modelarts.currentNotebooks.flavors();
      expect(flavor).toMatchObject({ id: 'modelarts.vm.cpu.2u', sold_out: true, memory: '8388608' });
    }
  });

  test.each([[{ status: 'RUNNING' }], ['<html>']])('an instance without an id is malformed: %j', async (body) => {
    const error = await failureOf(answering(body).modelarts.currentNotebooks.create(request));
    expect(error).toMatchObject({ kind: 'malformed', outcomeUnknown: true });
  });

  test('a row without an id makes the list malformed', async () => {
    const list = answering({ data: [instance, { name: 'x' }], total: 2 }).modelarts.currentNotebooks.list();
    expect(await failureOf(list)).toMatchObject({ kind: 'malformed' });
  });
});

describe('errors', () => {
  test.each<[number, string, string]>([
    [400, '6404', 'notFound'],
    [400, '6309', 'notFound'],
    [200, '6404', 'notFound'],
    [400, '6357', 'stateConflict'],
    [400, '6304', 'stateConflict'],
    [400, '6347', 'stateConflict'],
    [400, '6400', 'rejected'],
    [401, '6401', 'auth'],
    [403, '6407', 'permission'],
    [400, '6716', 'soldOut'],
    [400, '6528', 'soldOut'],
    [500, '6200', 'soldOut'],
    [400, '0113', 'quota'],
    [400, '0118', 'quota'],
    [400, '6789', 'permission'],
    [400, '6797', 'rejected'],
    [400, '6355', 'unavailable'],
    [400, '6326', 'billing'],
    [500, '0010', 'unavailable'],
  ])('HTTP %i with %s is %s', async (status, code, kind) => {
    const body = { error_code: `ModelArts.${code}`, error_msg: 'no' };
    const error = await failureOf<ModelArtsError>(answering(body, status).modelarts.currentNotebooks.show(id));
    expect(error).toMatchObject({ kind, operation: 'currentNotebooks.show', subject: `notebook ${id}` });
  });

  test('a refusal in a response with a success status has no effect', async () => {
    for (const code of ['6400', '6768', '6792', '6797', '6870', '0102']) {
      const body = { error_code: `ModelArts.${code}`, error_msg: 'no' };
      const error = await failureOf(answering(body).modelarts.currentNotebooks.create(request));
      expect([code, error]).toEqual([code, expect.objectContaining({ kind: 'rejected', outcomeUnknown: false })]);
    }
  });

  test('an error code inside an instance does not fail the call', async () => {
    const shown = await answering({ ...instance, error_code: 'ModelArts.6404' }).modelarts.currentNotebooks.show(id);
    expect(shown.id).toBe(id);
  });
});

describe('the token', () => {
  const calls: readonly [string, (client: ModelArts) => Promise<unknown>][] = [
    ['create', ({ currentNotebooks }) => currentNotebooks.create(request)],
    ['show', ({ currentNotebooks }) => currentNotebooks.show(id)],
    ['update', ({ currentNotebooks }) => currentNotebooks.update(id, { description: 'd' })],
    ['delete', ({ currentNotebooks }) => currentNotebooks.delete(id)],
    ['start', ({ currentNotebooks }) => currentNotebooks.start(id, { duration: hour })],
    ['stop', ({ currentNotebooks }) => currentNotebooks.stop(id)],
    ['renew', ({ currentNotebooks }) => currentNotebooks.renewLease(id, { duration: hour })],
    ['list', ({ currentNotebooks }) => currentNotebooks.list()],
    ['listAll', ({ currentNotebooks }) => currentNotebooks.listAll()],
    ['access', ({ currentNotebooks }) => currentNotebooks.access(id)],
  ];
  const withToken = { ...instance, url: `https://host/${id}/lab?token=${secret}`, nested: [{ token: secret }] };

  test.each(calls)('%s shows it nowhere', async (_, call) => {
    const records: unknown[] = [];
    const { modelarts } = connect(() => ({ body: { ...withToken, data: [withToken], total: 1 } }), {
      onCall: (record) => records.push(record),
    });
    const result = await call(modelarts);
    for (const text of [JSON.stringify(result), inspect(result, { depth: 9 }), inspect(records, { depth: 9 })])
      expect(text).not.toContain(secret);
  });

  test.each<[string, Reply]>([
    ['a failed call that returns the instance', { status: 500, body: withToken }],
    [
      'an error with the instance inside',
      { status: 400, body: { error_code: 'ModelArts.6400', error_msg: `token: ${secret}`, data: withToken } },
    ],
    ['a truncated response', { status: 200, body: JSON.stringify(withToken).slice(0, -3) }],
    ['a truncated error', { status: 502, body: JSON.stringify(withToken).slice(0, -3) }],
    ['an instance without an id', { status: 200, body: { ...withToken, id: '', data: [{ ...withToken, id: '' }] } }],
  ])('%s does not show it in the error', async (_, reply) => {
    for (const [, call] of calls) {
      const records: unknown[] = [];
      const { modelarts } = connect(() => reply, { onCall: (record) => records.push(record) });
      const outcome = await call(modelarts).catch((error: unknown) => error);
      for (const text of [inspect(outcome, { depth: 9 }), JSON.stringify(outcome), inspect(records)])
        expect(text).not.toContain(secret);
      expect(outcome instanceof Error ? outcome.message : '').not.toContain(secret);
    }
  });

  test('only `access` returns it, on request', async () => {
    const access = await answering(withToken).modelarts.currentNotebooks.access(id);
    expect(access).toMatchObject({ id, status: 'CREATING', url: `https://host/${id}/lab` });
    expect(access.token?.reveal()).toBe(secret);
    const none = await answering({ id, token: null }).modelarts.currentNotebooks.access(id);
    expect(none).toEqual({ id, status: null, url: null, token: null });
  });
});

describe('the watcher', () => {
  test('lists the workspace, and reads what is missing by id', async () => {
    const clock = new FakeClock();
    const workspace = 'b'.repeat(32);
    const { modelarts, seen } = connect(
      ({ url }) => {
        if (url.pathname === collection) return { body: { data: [{ ...instance, id: 'listed' }], total: 1 } };
        if (url.pathname.endsWith('/hidden')) return { body: { ...instance, id: 'hidden', status: 'ERROR' } };
        return { status: 400, body: { error_code: 'ModelArts.6404', error_msg: 'no' } };
      },
      { now: clock.now, sleep: clock.sleep },
    );
    const watcher = createWatchers(modelarts, {
      pace: { pollMinMs: 1_000, pollMaxMs: 10_000 },
      now: clock.now,
      sleep: clock.sleep,
    }).currentNotebooks;
    const found = new Map<string, unknown>();
    for (const target of ['listed', 'hidden', 'gone'])
      watcher.subscribe({ id: target, workspaceId: workspace }, ({ item }) => found.set(target, item?.status ?? item));
    await clock.advance(0);
    expect(Object.fromEntries(found)).toEqual({ listed: 'CREATING', hidden: 'ERROR', gone: null });
    expect(seen[0]?.url.searchParams.get('workspace_id')).toBe(workspace);
    expect(seen).toHaveLength(3);
    watcher.close();
  });
});
