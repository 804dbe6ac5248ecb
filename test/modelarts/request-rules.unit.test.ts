import type { InvalidRequestError } from '../../src/modelarts/errors.js';
import type { NotebookCreate } from '../../src/modelarts/schemas/notebook-request.js';
import type { PoolCreate } from '../../src/modelarts/schemas/pool-request.js';
import { failureOf, fixture } from './fake-service.js';
import { changed, connectToAnything, problemsOf } from './invalid-requests.js';

const pool: PoolCreate = fixture('pool-create.request');
const notebook: NotebookCreate = fixture('notebook-create-evs.request');

const logical = {
  metadata: { labels: { 'os.modelarts/name': 'pool-logic' } },
  spec: { type: 'Logical', scope: ['Train'], resources: [{ flavor: 'modelarts.vm.gpu.t4u8', count: 2 }] },
};
const name = ['metadata', 'labels', 'os.modelarts/name'];
const notes = (key: string) => ['metadata', 'annotations', `os.modelarts/${key}`];
const resource = pool.spec.resources[0];

describe('an invalid pool create is not sent, and the error has the path of the problem', () => {
  test.each<[string, unknown, readonly (string | number)[], unknown, string]>([
    ['an unknown key', pool, ['spec', 'flavour'], 'x', 'spec'],
    ['no name', pool, name, undefined, 'metadata.labels["os.modelarts/name"]'],
    ['a short name', pool, name, 'abc', 'metadata.labels["os.modelarts/name"]'],
    ['a long name', pool, name, 'a'.repeat(33), 'metadata.labels["os.modelarts/name"]'],
    ['a name that ends with -', pool, name, 'pool-', 'metadata.labels["os.modelarts/name"]'],
    ['an upper-case name', pool, name, 'Pool1', 'metadata.labels["os.modelarts/name"]'],
    [
      'a description with a forbidden character',
      pool,
      notes('description'),
      "it's",
      'metadata.annotations["os.modelarts/description"]',
    ],
    [
      'a description that is too long',
      pool,
      notes('description'),
      'x'.repeat(101),
      'metadata.annotations["os.modelarts/description"]',
    ],
    ['period.num alone', pool, notes('period.num'), '2', 'metadata.annotations["os.modelarts/period.type"]'],
    [
      'billing mode 1 without a period',
      pool,
      notes('billing.mode'),
      '1',
      'metadata.annotations["os.modelarts/period.num"]',
    ],
    ['an unknown period type', pool, notes('period.type'), '5', 'metadata.annotations["os.modelarts/period.type"]'],
    ['the type Dedicated', pool, ['spec', 'type'], 'Dedicated', 'spec.type'],
    ['no scope', pool, ['spec', 'scope'], [], 'spec.scope'],
    ['scope left out', pool, ['spec', 'scope'], undefined, 'spec.scope'],
    ['an unknown scope', pool, ['spec', 'scope'], ['Play'], 'spec.scope[0]'],
    ['no network', pool, ['spec', 'network'], undefined, 'spec.network'],
    ['no flavors', pool, ['spec', 'resources'], [], 'spec.resources'],
    [
      'eleven flavors',
      pool,
      ['spec', 'resources'],
      Array.from({ length: 11 }, (_, n) => ({ flavor: `f${n}`, count: 1 })),
      'spec.resources',
    ],
    ['a flavor named twice', pool, ['spec', 'resources'], [resource, resource], 'spec.resources[1].flavor'],
    ['count 0', pool, ['spec', 'resources', 0, 'count'], 0, 'spec.resources[0].count'],
    ['half a node', pool, ['spec', 'resources', 0, 'count'], 1.5, 'spec.resources[0].count'],
    ['count as text', pool, ['spec', 'resources', 0, 'count'], '1', 'spec.resources[0].count'],
    [
      'zones with more nodes than the flavor',
      pool,
      ['spec', 'resources', 0, 'azs'],
      [{ az: 'a', count: 2 }],
      'spec.resources[0].azs',
    ],
    [
      'a zone without nodes',
      pool,
      ['spec', 'resources', 0, 'azs'],
      [{ az: 'a', count: 0 }],
      'spec.resources[0].azs[0].count',
    ],
    ['maxCount above count', pool, ['spec', 'resources', 0, 'maxCount'], 2, 'spec.resources[0].maxCount'],
    ['a GPU driver on CPU flavors', pool, ['spec', 'driver'], { gpuVersion: '440.33' }, 'spec.driver.gpuVersion'],
    ['an unknown update strategy', pool, ['spec', 'driver'], { updateStrategy: 'soon' }, 'spec.driver.updateStrategy'],
    [
      'data volumes without groups',
      pool,
      ['spec', 'resources', 0, 'dataVolumes'],
      [{ volumeType: 'SSD', size: '100Gi' }],
      'spec.resources[0].volumeGroupConfigs',
    ],
    [
      'a small docker size',
      pool,
      ['spec', 'resources', 0, 'extendParams'],
      { dockerBaseSize: '10' },
      'spec.resources[0].extendParams.dockerBaseSize',
    ],
    ['a network of a logical pool', logical, ['spec', 'network'], { name: 'n' }, 'spec.network'],
    ['masters of a logical pool', logical, ['spec', 'masters'], [{ az: 'a' }], 'spec.masters'],
    ['a driver of a logical pool', logical, ['spec', 'driver'], { gpuVersion: '440.33' }, 'spec.driver'],
    ['notebooks on a logical pool', logical, ['spec', 'scope'], ['Train', 'Notebook'], 'spec.scope'],
  ])('%s', async (_, base, path, value, where) => {
    const problems = await problemsOf((modelarts) => modelarts.pools.create(changed(base, path, value)));
    expect(problems.map((problem) => problem.path)).toContain(where);
  });

  test('all problems are listed, also in the message', async () => {
    const { modelarts } = connectToAnything();
    const broken = changed(changed(pool, name, 'A'), ['spec', 'resources', 0, 'count'], 0);
    const error = await failureOf<InvalidRequestError>(modelarts.pools.create(broken));
    expect(error.problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['spec.resources[0].count', 'metadata.labels["os.modelarts/name"]']),
    );
    expect(error.message).toContain('spec.resources[0].count: at least 1');
  });

  test('a move together with another change, and an empty change', async () => {
    const move = {
      metadata: { labels: { 'os.modelarts/workspace.id': '1', 'os.modelarts/sharing': 'shared' as const } },
    };
    expect((await problemsOf((modelarts) => modelarts.pools.patch('p', move)))[0]?.path).toBe(
      'metadata.labels["os.modelarts/workspace.id"]',
    );
    expect((await problemsOf((modelarts) => modelarts.pools.patch('p', {})))[0]?.message).toBe('nothing to change');
  });
});

describe('an invalid notebook create is not sent, and the error has the path of the problem', () => {
  const storage = ['spec', 'storage'];
  const location = ['spec', 'storage', 'location'];
  const obs = (path?: string) => ({ type: 'obs', location: path === undefined ? {} : { path } });
  const share = { type: 'obsfs', location: { path: 'bucket' } };
  test.each<[string, readonly (string | number)[], unknown, string]>([
    ['R1 obs without a path', storage, obs(), 'spec.storage.location.path'],
    ['R1 obs without a location', storage, { type: 'obs' }, 'spec.storage.location.path'],
    ['R2 a path without / at its end', storage, obs('/bucket/dir'), 'spec.storage.location.path'],
    ['R3 the root of a bucket', storage, obs('/bucket/'), 'spec.storage.location.path'],
    ['R4 a volume that is too small', [...location, 'volume_size'], 4, 'spec.storage.location.volume_size'],
    ['R4 a volume that is too big', [...location, 'volume_size'], 4097, 'spec.storage.location.volume_size'],
    ['R4 a path with evs', [...location, 'path'], '/x/y/', 'spec.storage.location.path'],
    ['R5 a mount path with evs', [...location, 'mount_path'], '/home', 'spec.storage.location.mount_path'],
    ['R5 access modes with evs', [...location, 'access_modes'], 'ReadOnlyMany', 'spec.storage.location.access_modes'],
    ['R5 further storage that is not obsfs', ['spec', 'extend_storage'], [obs('/b/d/')], 'spec.extend_storage[0].type'],
    ['R6 auto stop without a duration', ['spec', 'auto_stop'], { enable: true }, 'spec.auto_stop.duration'],
    ['R7 a short duration', ['spec', 'auto_stop', 'duration'], 3599, 'spec.auto_stop.duration'],
    ['R7 a long duration', ['spec', 'auto_stop', 'duration'], 86_401, 'spec.auto_stop.duration'],
    ['R8 no storage', storage, undefined, 'spec.storage'],
    ['R9 no profile', ['profile_id'], undefined, 'profile_id'],
    ['R10 a duration as text', ['spec', 'auto_stop', 'duration'], '3600', 'spec.auto_stop.duration'],
    ['R11 a forbidden character in the name', ['name'], 'a b', 'name'],
    ['R11 a forbidden character in the description', ['description'], 'a/b', 'description'],
    ['a description that is too long', ['description'], 'x'.repeat(513), 'description'],
    ['R12 an unknown storage type', ['spec', 'storage', 'type'], 'efs', 'spec.storage.type'],
    ['R13 a gpu profile with a cpu flavor', ['flavor'], 'modelarts.vm.cpu.2u', 'flavor'],
    ['R14 a free flavor with Multi-Engine 2.0', ['profile_id'], 'Multi-Engine 2.0 (python3)', 'flavor'],
    [
      'obsfs with a directory',
      storage,
      { type: 'obsfs', location: { path: 'bucket/dir' } },
      'spec.storage.location.path',
    ],
    ['obsfs without a pool', storage, share, 'spec.storage.type'],
    ['further storage without a pool', ['spec', 'extend_storage'], [share], 'spec.extend_storage'],
    [
      'a volume size with obsfs',
      storage,
      { type: 'obsfs', location: { path: 'bucket', volume_size: 5 } },
      'spec.storage.location.volume_size',
    ],
    ['a pool without an id', ['pool'], { name: 'p' }, 'pool.id'],
    ['a number as workspace', ['workspace', 'id'], 0, 'workspace.id'],
  ])('%s', async (label, path, value, where) => {
    const base = label.startsWith('R14') ? changed(notebook, ['flavor'], 'modelarts.vm.cpu.free') : notebook;
    const problems = await problemsOf((modelarts) => modelarts.notebooks.create(changed(base, path, value)));
    expect(problems.map((problem) => problem.path)).toContain(where);
  });

  test('a profile that does not state its hardware is accepted', async () => {
    const { modelarts, seen } = connectToAnything();
    await modelarts.notebooks.create({
      ...notebook,
      profile_id: 'Multi-Engine 2.0 (python3)',
      flavor: 'modelarts.vm.cpu.2u',
    });
    expect(seen).toHaveLength(1);
  });
});
