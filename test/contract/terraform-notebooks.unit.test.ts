import { type Caller, createCaller, MINUTE, type Response, SECOND } from '../simulator/caller.js';

/**
 * What the Terraform provider sends for a notebook, and what it needs to read, from its create to its delete
 * (docs/api/notebooks-current.md "14. What Terraform does (a0345b8)").
 */

const flavor = 'modelarts.vm.cpu.2u';
const image = '0b6d0c1e-7f1d-4a53-9d55-0d6a3c7c2f10';

const createBody = {
  description: 'demo',
  duration: -1,
  endpoints: [{ allowed_access_ips: [], key_pair_names: ['tf-key'], service: 'SSH' }],
  feature: 'NOTEBOOK',
  flavor,
  image_id: image,
  name: 'tf_notebook',
  volume: { capacity: 5, category: 'EVS', ownership: 'MANAGED' },
};

/** The calls of the provider, with its waits: a look after 10 s, then every 10 s. */
function provider({ call, clock, currentNotebooks }: Caller) {
  const at = (id: string) => `${currentNotebooks}/${id}`;
  const look = async (id: string, until: (response: Response) => boolean) => {
    for (let turn = 0; turn < 120; turn += 1) {
      clock.advance(10 * SECOND);
      const response = await call('GET', at(id));
      if (until(response)) return response;
      expect(['CREATE_FAILED', 'START_FAILED', 'DELETE_FAILED', 'ERROR']).not.toContain(response.body.status);
    }
    throw new Error('timeout');
  };
  const idle = (body: { volume?: { status?: string } }) => body.volume?.status === undefined;
  return {
    create: async (more: object = {}) => (await call('POST', currentNotebooks, { ...createBody, ...more })).body.id,
    running: (id: string) => look(id, ({ body }) => body.status === 'RUNNING' && idle(body)),
    stopped: (id: string) => look(id, ({ body }) => body.status === 'STOPPED'),
    gone: (id: string) =>
      look(id, ({ status, body }) => status === 400 && 'error_code' in body && body.error_code === 'ModelArts.6404'),
    read: (id: string) => call('GET', at(id)),
    update: (id: string, body: object) => call('PUT', at(id), body),
    stop: (id: string) => call('POST', `${at(id)}/stop`),
    start: (id: string) => call('POST', `${at(id)}/start?duration=-1`),
    remove: (id: string) => call('DELETE', at(id)),
    mounts: (id: string) => call('GET', `${at(id)}/storage`),
    tag: (id: string, tags: object[]) => call('POST', `${at(id)}/tags/create?workspace_id=0`, { tags }),
  };
}

test('a notebook is created, tagged after RUNNING, and read into the state', async () => {
  const terraform = provider(createCaller());
  const id = await terraform.create();
  await terraform.running(id);
  expect((await terraform.tag(id, [{ key: 'team', value: 'a' }])).status).toBe(204);
  const { body } = await terraform.read(id);
  expect(body).toMatchObject({
    name: 'tf_notebook',
    description: 'demo',
    flavor,
    feature: 'NOTEBOOK',
    workspace_id: '0',
    image: { id: image, name: expect.any(String), type: 'BUILD_IN', swr_path: expect.any(String) },
    lease: { enable: false },
    volume: { category: 'EVS', ownership: 'MANAGED', capacity: 5, mount_path: '/home/ma-user/work/' },
    url: expect.stringMatching(/^https:/),
    create_at: expect.any(Number),
    update_at: expect.any(Number),
    tags: [{ key: 'team', value: 'a' }],
  });
  const ssh = body.endpoints.find(({ service }: { service: string }) => service === 'SSH');
  expect(ssh).toMatchObject({
    key_pair_names: ['tf-key'],
    allowed_access_ips: [],
    uri: expect.stringMatching(/^ssh:/),
  });
  expect((await terraform.mounts(id)).body.data).toEqual([]);
});

test('it never stops by itself', async () => {
  const caller = createCaller();
  const terraform = provider(caller);
  const id = await terraform.create();
  await terraform.running(id);
  caller.clock.advance(100 * 60 * MINUTE);
  expect((await terraform.read(id)).body.status).toBe('RUNNING');
});

test('name, description and size change while RUNNING; flavor and image while STOPPED, with the present size', async () => {
  const terraform = provider(createCaller());
  const id = await terraform.create();
  await terraform.running(id);
  expect((await terraform.update(id, { name: 'tf_new', description: '' })).body.name).toBe('tf_new');
  expect((await terraform.update(id, { storage_new_size: 10 })).status).toBe(200);
  expect((await terraform.running(id)).body).toMatchObject({ volume: { capacity: 10 }, description: '' });
  await terraform.stop(id);
  await terraform.stopped(id);
  expect((await terraform.stop(id)).body.error_code).toBe('ModelArts.6357');
  const change = { flavor: 'modelarts.vm.cpu.8u', image_id: image, storage_new_size: 10 };
  expect((await terraform.update(id, change)).status).toBe(200);
  expect((await terraform.start(id)).body.lease.enable).toBe(false);
  expect((await terraform.running(id)).body).toMatchObject({ flavor: change.flavor, volume: { capacity: 10 } });
});

test.each(['CREATING', 'RUNNING'])('a %s notebook is deleted at once, until 400 with 6404', async (status) => {
  const terraform = provider(createCaller());
  const id = await terraform.create();
  if (status === 'RUNNING') await terraform.running(id);
  expect((await terraform.remove(id)).body.status).toBe('DELETING');
  await terraform.gone(id);
});

test('a dedicated pool is named by its id, and shown with its name', async () => {
  const caller = createCaller({ placed: { pools: [{ name: 'tf-pool' }] } });
  const terraform = provider(caller);
  const pool = `tf-pool-${caller.projectId}`;
  const id = await terraform.create({ pool_id: pool });
  expect((await terraform.running(id)).body.pool).toEqual({ id: pool, name: 'tf-pool' });
});

test('all pages of a list are read: the offset counts rows, and a short page is the last', async () => {
  const caller = createCaller();
  const terraform = provider(caller);
  for (let index = 0; index < 12; index += 1) await terraform.create();
  const sizes: number[] = [];
  for (let offset = 0; ; offset += sizes.at(-1) ?? 0) {
    const { body } = await caller.call('GET', `${caller.currentNotebooks}?limit=10&offset=${offset}`);
    sizes.push(body.data.length);
    if (body.data.length < 10) break;
  }
  expect(sizes).toEqual([10, 2]);
});
