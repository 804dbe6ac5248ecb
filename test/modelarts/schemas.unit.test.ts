import { Secret } from '../../src/modelarts/secret.js';
import { connect, fixture, type Reply } from './fake-service.js';

const answering = (body: unknown) => connect((): Reply => ({ body }));
const notebook = fixture('notebook-create.response');

describe('documented responses', () => {
  test('a pool list', async () => {
    const { items } = await answering(fixture('pool-list.response')).modelarts.pools.list();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      metadata: {
        name: 'auto-pool-os-86c13962597848eeb29c5861153a391f',
        labels: { 'os.modelarts/name': 'auto-pool-os' },
        annotations: { 'os.modelarts/billing.mode': '0' },
      },
      spec: { scope: ['Train', 'Infer'], resources: [{ flavor: 'modelarts.vm.cpu.4ud', count: 2 }] },
      status: {
        phase: 'Running',
        scope: [
          { scopeType: 'Train', state: 'Enabled' },
          { scopeType: 'Infer', state: 'Enabled' },
        ],
        resources: { available: [{ count: 2, azs: [{ az: 'cn-north-7c', count: 2 }] }], creating: [], abnormal: [] },
      },
    });
  });

  test('a created pool has no phase yet', async () => {
    const body = fixture('pool-create.request');
    const pool = await answering(fixture('pool-create.response')).modelarts.pools.create(body);
    expect(pool.metadata.name).toBe('pool-ae01-6f5da086876d4cd084d36f8bd3346036');
    expect(pool.status.phase).toBeUndefined();
    expect(pool.status.resources.available).toEqual([]);
  });

  test('a patched pool shows nodes being created', async () => {
    const status = fixture('pool-patch-status.response');
    const change = fixture('pool-patch.request');
    const pool = await answering({ metadata: { name: 'p' }, status }).modelarts.pools.patch('p', change);
    expect(pool.status.resources.creating).toMatchObject([{ flavor: 'modelarts.vm.cpu.4ud', count: 1 }]);
  });

  test('a deleted pool, with and without a deletion time', async () => {
    const [pool] = fixture('pool-list.response').items;
    expect((await answering(pool).modelarts.pools.delete('p'))?.metadata.deletionTimestamp).toBeUndefined();
    expect(await answering('').modelarts.pools.delete('p')).toBeNull();
  });

  test('a page of flavors', async () => {
    const page = await answering(fixture('flavor-list.response')).modelarts.flavors.listPage();
    expect(page.items[0]).toMatchObject({
      metadata: { name: 'modelarts.vm.cpu8u32g' },
      spec: { cpu: '8', memory: '32Gi', billingModes: [0], dataVolumes: [{ size: '500Gi' }] },
      status: { phase: { 'xxxxxx-7a': 'soldout', 'xxxxxx-7c': 'normal' } },
    });
  });

  test('a network: new, active, being deleted', async () => {
    const fresh = fixture('network-create.response');
    expect((await answering(fresh).modelarts.networks.show('n')).status?.phase).toBe('');
    const active = { ...fresh, status: { phase: 'Active', connectionStatus: {} } };
    expect((await answering({ items: [active] }).modelarts.networks.list()).items[0]?.status?.phase).toBe('Active');
    const deleted = { ...active, metadata: { ...fresh.metadata, deletionTimestamp: '2022-09-16T10:06:27Z' } };
    expect((await answering(deleted).modelarts.networks.show('n')).metadata.deletionTimestamp).toBe(
      '2022-09-16T10:06:27Z',
    );
  });

  test('a created notebook', async () => {
    const created = await answering(notebook).modelarts.notebooks.create(fixture('notebook-create-evs.request'));
    expect(created).toMatchObject({
      id: 'DE-0a1b2c3d-c73d-11ea-964c-0255ac100033',
      status: 'CREATING',
      creation_timestamp: '2020-07-16T08:22:29Z',
      flavor_details: { params: { CPU: 8, GPU: 1 }, status: 'onSale' },
      spec: { annotations: { url: '' }, auto_stop: { enable: true, duration: 3600 }, extend_storage: [] },
    });
    expect(created.spec.failed_reasons).toBeUndefined();
  });

  test.each<[string, object]>([
    [
      'running',
      {
        status: 'RUNNING',
        spec: {
          auto_stop: { enable: true, duration: 3600, prompt: true, remain_time: 3336, stop_timestamp: 1594891408723 },
          annotations: { url: 'https://h:32000/x' },
        },
      },
    ],
    [
      'failed',
      { status: 'CREATE_FAILED', spec: { failed_reasons: { code: 'ModelArts.6360', message: '…', detail: {} } } },
    ],
    [
      'queued',
      {
        status: 'CREATE_QUEUING',
        queuing_info: { id: 'DE-1', flavor: 'modelarts.vm.gpu.free', remain_time: 600, rank: 3 },
      },
    ],
  ])('a notebook that is %s', async (_, change) => {
    const shown = await answering({ ...notebook, ...change }).modelarts.notebooks.show('DE-1');
    expect(shown).toMatchObject(change);
  });

  test('list, delete, action and token of notebooks', async () => {
    const list = await answering({ instances: [notebook, notebook], total_count: 2 }).modelarts.notebooks.list();
    expect(list.total_count).toBe(2);
    expect(list.instances).toHaveLength(2);
    expect(await answering({ instance_id: 'DE-1' }).modelarts.notebooks.delete('DE-1')).toEqual({
      instance_id: 'DE-1',
    });
    const action = { current_status: 'STARTING', previous_state: 'STOPPED' };
    expect(await answering(action).modelarts.notebooks.start('DE-1')).toEqual(action);
    const { token } = await answering({ token: '7211546f57cd432790643bb6612da19d' }).modelarts.notebooks.token('DE-1');
    expect(token).toBeInstanceOf(Secret);
    expect(token.reveal()).toBe('7211546f57cd432790643bb6612da19d');
  });
});

describe('responses that differ from the documentation', () => {
  const show = async (pool: object) => answering({ metadata: { name: 'p' }, ...pool }).modelarts.pools.show('p');

  test('counts as text, one object for an array, null for absence, numbers in annotations', async () => {
    const pool = await show({
      metadata: { name: 'p', labels: null, annotations: { 'os.modelarts/billing.mode': 0 } },
      spec: null,
      status: { resources: { available: { flavor: 'f', count: '2' }, abnormal: null }, scope: null, message: null },
    });
    expect(pool.status.resources.available).toMatchObject([{ flavor: 'f', count: 2 }]);
    expect(pool.status.resources.abnormal).toEqual([]);
    expect(pool.metadata.annotations).toEqual({ 'os.modelarts/billing.mode': '0' });
    expect(pool.metadata.labels).toEqual({});
    expect(pool.spec.scope).toEqual([]);
    expect(pool.status).not.toHaveProperty('message');
  });

  test('unknown statuses and fields are kept', async () => {
    const pool = await show({ status: { phase: 'Hibernating', newField: { a: 1 } }, extra: [1] });
    expect(pool).toMatchObject({ status: { phase: 'Hibernating', newField: { a: 1 } }, extra: [1] });
  });

  test('a field of an unexpected type counts as absent', async () => {
    const pool = await show({ status: { phase: ['Running'], resources: 'none', scope: 'Train' } });
    expect(pool.status.phase).toBeUndefined();
    expect(pool.status.resources.available).toEqual([]);
    expect(pool.status.scope).toEqual([]);
  });

  test.each([{ items: null }, { items: [] }, {}])('a list without items is empty: %j', async (body) => {
    expect((await answering(body).modelarts.pools.list()).items).toEqual([]);
  });

  test.each([
    [{ status: {} }, 'metadata'],
    [{ items: [{ metadata: {} }] }, 'items[0].metadata.name'],
  ])('a response without an id is malformed: %j', async (body, path) => {
    const { pools } = answering(body).modelarts;
    const call = 'items' in body ? pools.list() : pools.show('p');
    await expect(call).rejects.toMatchObject({
      kind: 'malformed',
      outcomeUnknown: false,
      message: expect.stringContaining(path),
    });
  });
});

describe('paging of flavors', () => {
  const page = (names: string[], next?: string) => ({
    items: names.map((name) => ({ metadata: { name } })),
    metadata: next === undefined ? {} : { continue: next, remainingItemCount: 1 },
  });

  test('continues while there is a page token, with the same filter', async () => {
    const pages = [page(['a', 'b'], 'next/1'), page(['c'], '')];
    const { modelarts, seen } = connect((_, index) => ({ body: pages[index] }));
    const names: string[] = [];
    for await (const flavor of modelarts.flavors.list({ labelSelector: 'os.modelarts/scope', limit: 2 }))
      names.push(flavor.metadata.name);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(seen.map(({ url }) => url.search)).toEqual([
      '?labelSelector=os.modelarts%2Fscope&limit=2',
      '?labelSelector=os.modelarts%2Fscope&limit=2&continue=next%2F1',
    ]);
  });

  test('fails when a page token is repeated', async () => {
    const { modelarts, seen } = connect(() => ({ body: page(['a'], 'again') }));
    const all = (async () => {
      for await (const flavor of modelarts.flavors.list()) void flavor;
    })();
    await expect(all).rejects.toMatchObject({ kind: 'malformed' });
    expect(seen).toHaveLength(2);
  });
});
