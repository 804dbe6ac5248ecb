import { createManualClock } from '../../src/simulator/clock.js';
import { isLost } from '../../src/simulator/http-messages.js';
import { notebookGenerationOf, OPERATIONS } from '../../src/simulator/operations.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { connect, failureOf } from '../modelarts/fake-service.js';
import { currentNotebookBody, MINUTE } from '../simulator/caller.js';

/**
 * Our client and the simulator were written from docs/api/notebooks-current.md, and neither from the other. Here they
 * meet: every call of the current notebook API.
 */

const HOUR = 60 * MINUTE;

function meet() {
  const clock = createManualClock();
  const simulator = createSimulator({ clock, placed: { pools: [{ name: 'team-a' }] } });
  const { modelarts } = connect(async ({ method, url, headers, text }) => {
    const own = { ...headers, 'x-auth-token': 'simulator-only-token' };
    const path = url.pathname + url.search;
    const reply = await simulator.handle({ method, path, headers: own, ...(text === null ? {} : { body: text }) });
    if (isLost(reply)) throw new Error('no fault was planned');
    return { status: reply.status, headers: reply.headers, body: reply.body };
  });
  const create = async (name = 'nb') => {
    const volume = { category: 'EVS', ownership: 'MANAGED', capacity: 5 } as const;
    const { id } = await modelarts.currentNotebooks.create({ ...currentNotebookBody(name), volume });
    clock.advance(MINUTE);
    return id;
  };
  return { ...modelarts, simulator, clock, create };
}

type World = ReturnType<typeof meet>;

async function life(world: World): Promise<void> {
  const { currentNotebooks, clock, create } = world;
  const id = await create();
  const shown = await currentNotebooks.show(id);
  expect([shown.status, shown.lease?.duration, shown.volume?.capacity]).toEqual(['RUNNING', HOUR, 5]);
  expect(JSON.stringify(shown)).not.toContain('token');
  const first = await currentNotebooks.access(id);
  expect((await currentNotebooks.update(id, { description: 'maops:keep' })).description).toBe('maops:keep');
  expect((await currentNotebooks.renewLease(id, { duration: 2 * HOUR }))?.duration).toBe(2 * HOUR + MINUTE);
  expect((await currentNotebooks.showLease(id)).type).toBe('TIMING');
  expect((await currentNotebooks.stop(id)).status).toBe('STOPPING');
  clock.advance(MINUTE);
  expect((await currentNotebooks.start(id, { duration: HOUR, type: 'IDLE' })).lease?.type).toBe('IDLE');
  expect(await currentNotebooks.access(id)).not.toEqual(first);
  expect((await currentNotebooks.delete(id))?.status).toBe('DELETING');
  clock.advance(MINUTE);
  expect(await failureOf(currentNotebooks.show(id))).toMatchObject({ kind: 'notFound' });
}

async function rows(world: World): Promise<void> {
  const { currentNotebooks, create } = world;
  for (let index = 0; index < 51; index += 1) await create(`nb-${index}`);
  expect(await currentNotebooks.list()).toHaveLength(51);
  expect(await currentNotebooks.list({ name: 'nb-5' })).toHaveLength(2);
  expect(await currentNotebooks.listAll()).toHaveLength(51);
}

async function extras(world: World): Promise<void> {
  const { currentNotebooks, images, clock, create } = world;
  const id = await create();
  const request = { category: 'OBSFS', mount_path: '/data/in/', uri: 'obs://pfs-a/in/' } as const;
  const mount = await currentNotebooks.mountStorage(id, request);
  clock.advance(MINUTE);
  expect((await currentNotebooks.showStorage(id, mount.id)).status).toBe('MOUNTED');
  expect(await currentNotebooks.listStorage(id)).toHaveLength(1);
  await currentNotebooks.unmountStorage(id, mount.id);
  await currentNotebooks.addTags(id, [{ key: 'team', value: 'a' }]);
  expect((await currentNotebooks.listTags()).tags).toEqual([{ key: 'team', values: ['a'] }]);
  await currentNotebooks.removeTags(id, [{ key: 'team' }]);
  expect((await currentNotebooks.show(id)).tags).toEqual([]);
  const saved = await currentNotebooks.createImage(id, { name: 'mine', namespace: 'team-a', tag: '1' });
  clock.advance(2 * MINUTE);
  expect((await images.show(saved.id)).status).toBe('ACTIVE');
  const registered = await images.register({ swr_path: 'swr.example.com/team-a/mine:2', arch: 'AARCH64' });
  expect(registered.tag).toBe('2');
  expect(await images.list({ type: 'DEDICATED' })).toHaveLength(2);
  expect(await images.groups({ type: 'DEDICATED' })).toMatchObject([{ name: 'mine', version_count: 2 }]);
  await images.delete(registered.id, { force: true });
  expect(await failureOf(images.show(registered.id))).toMatchObject({ kind: 'notFound' });
}

async function service(world: World): Promise<void> {
  const { currentNotebooks, features, clusters, create } = world;
  const id = await create();
  expect((await currentNotebooks.flavors({ type: 'DEDICATED' })).map(({ id: flavor }) => flavor)).toContain(
    'modelarts.vm.cpu.2u',
  );
  expect(await currentNotebooks.changeableFlavors(id)).toHaveLength(2);
  expect(await features.show()).toMatchObject({ enabled: true, used: 1 });
  const [cluster] = await clusters.list({ type: 'DEDICATED' });
  expect(cluster?.status).toBe('ACTIVE');
  expect((await clusters.show(cluster?.logic_cluster_id ?? '')).pool_id).toBe(cluster?.pool_id);
}

test.each([
  ['a notebook lives from its create to 6404', life],
  ['all rows are read, page by page', rows],
  ['storage, tags and images', extras],
  ['flavors, the quota and the clusters', service],
])('%s', async (_title, scenario) => scenario(meet()));

test('no operation of the API is left out', async () => {
  const called = new Set<string>();
  for (const scenario of [life, rows, extras, service]) {
    const world = meet();
    await scenario(world);
    for (const operation of Object.keys(world.simulator.summary())) called.add(operation);
  }
  const current = OPERATIONS.filter((operation) => notebookGenerationOf(operation) === 'current');
  expect(current.filter((operation) => !called.has(operation))).toEqual([]);
});
