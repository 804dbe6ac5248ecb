import { isCurrentNotebook } from '../../src/contract/spec.js';
import { noFacts, type SpecFacts } from '../../src/spec/facts.js';
import { checkFeasibility } from '../../src/spec/feasibility.js';
import { specHash } from '../../src/spec/hash.js';
import { currentNotebookDocument, documents, main, pathsWith, problemsWith, specWith } from './documents.js';

const uuid = '0b6d0c1e-7f1d-4a53-9d55-0d6a3c7c2f10';
const current = currentNotebookDocument();

/** Settings of the small document with this notebook, changed at dotted paths. */
const having = (settings: Record<string, unknown> = {}) => ({
  notebook: current,
  ...Object.fromEntries(Object.entries(settings).map(([path, value]) => [`notebook.${path}`, value])),
});

test('the normalised notebook: defaults, canonical durations, no api', () => {
  const { notebook } = specWith(
    having({ api: 'current', autoStop: '240m', tags: {}, dataVolumes: [{ type: 'obs', uri: 'obs://b/f/' }] }),
  );
  expect(notebook).toEqual({
    name: 'team-a',
    image: 'pytorch',
    flavor: 'modelarts.vm.gpu.t4u8',
    storage: { type: 'evs', ownership: 'managed', volumeSize: 5 },
    dataVolumes: [{ type: 'obs', ownership: 'dedicated', uri: 'obs://b/f/' }],
    autoStop: '4h',
  });
  expect(notebook !== undefined && isCurrentNotebook(notebook)).toBe(true);
});

test('every documented field is accepted', () => {
  const full = {
    image: uuid,
    customSpec: {
      cpu: 0.5,
      memory: 1024,
      gpu: 0.5,
      gpuType: 't4',
      arch: 'X86_64',
      nodeFlavor: 'modelarts.vm.gpu.t4u8',
    },
    flavor: null,
    storage: { type: 'efs', ownership: 'dedicated', uri: 'a.sfsturbo.internal:/', id: uuid, mountPath: '/data/x' },
    dataVolumes: [{ type: 'obs', ownership: 'dedicated', uri: 'obs://b/f/', secretName: 'key', readOnly: true }],
    ssh: { keyPairs: ['ops'], allowedIps: ['203.0.113.7'] },
    hooks: { preStart: { script: '/home/a.sh' }, postStart: { command: 'pip install x', mode: 'block' } },
    tags: { team: 'a', 'cost centre': '7/8' },
    workspaceId: 0,
    description: 'for team a',
  };
  expect(problemsWith(having(full))).toEqual([]);
});

test('the name leaves room for the project in the id of the pool', () => {
  const name = 'a'.repeat(32);
  expect(pathsWith({ ...having(), name: 'a'.repeat(31) })).toEqual([]);
  expect(pathsWith({ ...having(), name })).toEqual(['name']);
  expect(pathsWith({ name })).toEqual([]);
});

describe('which API', () => {
  test('api repeats what image and profileId say, and changes no hash', () => {
    const historical = specWith({});
    expect(specHash(specWith({ 'notebook.api': 'historical' }))).toBe(specHash(historical));
    expect(specHash(historical)).toBe('a6731619');
    expect(specHash(specWith(having({ api: 'current' })))).toBe(specHash(specWith(having())));
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['both', { 'notebook.image': 'pytorch' }, ['notebook.image']],
    [
      'both, with a field of the current API',
      { 'notebook.image': 'x', 'notebook.ssh': { keyPairs: ['k'] } },
      ['notebook.profileId'],
    ],
    ['neither', { 'notebook.profileId': null }, ['notebook.profileId']],
    ['neither, with api', { 'notebook.profileId': null, 'notebook.api': 'current' }, ['notebook.image']],
    ['image with api historical', having({ api: 'historical' }), ['notebook.api']],
    ['profileId with api current', { 'notebook.api': 'current' }, ['notebook.api']],
    ['annotations with image', having({ annotations: { a: 'b' } }), ['notebook.annotations']],
    ['tags with profileId', { 'notebook.tags': { a: 'b' } }, ['notebook.tags']],
    [
      'an auto stop of the historical API',
      having({ autoStop: { enable: true, duration: '2h' } }),
      ['notebook.autoStop'],
    ],
    ['never with profileId', { 'notebook.autoStop': 'never' }, ['notebook.autoStop']],
  ])('%s', (_, settings, paths) => {
    const problems = problemsWith(settings);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(paths);
  });

  test('both together says which to remove', () => {
    expect(problemsWith({ 'notebook.image': 'x' })[0]).toMatch(/image.*profileId.*Remove one/);
  });
});

describe('the rules between fields', () => {
  const efs = { type: 'efs', uri: 'x:/', id: uuid };
  test.each<[string, Record<string, unknown>, string | null]>([
    ['no flavor', { flavor: null }, 'flavor'],
    ['flavor and customSpec', { customSpec: { cpu: 1, memory: 1024 } }, 'customSpec'],
    ['little cpu', { flavor: null, customSpec: { cpu: 0.3, memory: 1024 } }, 'customSpec.cpu'],
    ['three decimals', { flavor: null, customSpec: { cpu: 0.555, memory: 1024 } }, 'customSpec.cpu'],
    ['little memory', { flavor: null, customSpec: { cpu: 1, memory: 512 } }, 'customSpec.memory'],
    ['a GPU without a type', { flavor: null, customSpec: { cpu: 1, memory: 1024, gpu: 1 } }, 'customSpec.gpuType'],
    ['a GPU type alone', { flavor: null, customSpec: { cpu: 1, memory: 1024, gpuType: 't4' } }, 'customSpec.gpu'],
    ['dedicated evs', { 'storage.ownership': 'dedicated' }, 'storage.ownership'],
    ['evs at a place', { 'storage.uri': 'x' }, 'storage.uri'],
    ['a small volume', { 'storage.volumeSize': 4 }, 'storage.volumeSize'],
    ['a large volume', { 'storage.volumeSize': 4097 }, 'storage.volumeSize'],
    ['obs without a place', { storage: { type: 'obs' } }, 'storage.uri'],
    ['obs with a size', { storage: { type: 'obs', uri: 'x', volumeSize: 5 } }, 'storage.volumeSize'],
    ['managed efs', { storage: { type: 'efs', volumeSize: 50 } }, null],
    ['dedicated efs', { storage: efs }, null],
    ['efs without an id', { storage: { ...efs, id: null } }, 'storage.id'],
    ['efs without a place', { storage: { ...efs, uri: null } }, 'storage.uri'],
    ['managed efs at a place', { storage: { type: 'efs', ownership: 'managed', uri: 'x' } }, 'storage.uri'],
    ['a relative mount path', { 'storage.mountPath': 'data' }, 'storage.mountPath'],
    ['a wrong volume among further ones', { dataVolumes: [{ type: 'obs' }] }, 'dataVolumes.0.uri'],
    ['less than 1h', { autoStop: '59m' }, 'autoStop'],
    ['1h', { autoStop: '1h' }, null],
    ['72h', { autoStop: '72h' }, null],
    ['more than 72h', { autoStop: '73h' }, 'autoStop'],
    ['a number', { autoStop: 4 }, 'autoStop'],
    ['never', { autoStop: 'never' }, null],
    ['ssh without a key', { ssh: {} }, 'ssh.keyPairs'],
    ['ssh with no key', { ssh: { keyPairs: [] } }, 'ssh.keyPairs'],
    [
      'six addresses',
      { ssh: { keyPairs: ['k'], allowedIps: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4', '1.1.1.5', '1.1.1.6'] } },
      'ssh.allowedIps',
    ],
    ['a host name', { ssh: { keyPairs: ['k'], allowedIps: ['host'] } }, 'ssh.allowedIps.0'],
    ['a hook with both', { hooks: { preStart: { script: '/a', command: 'b' } } }, 'hooks.preStart'],
    ['a hook with neither', { hooks: { postStart: { mode: 'block' } } }, 'hooks.postStart'],
    ['a reserved tag', { tags: { _sys_a: 'b' } }, 'tags._sys_a'],
    ['a workspace name', { workspaceId: 'team' }, 'workspaceId'],
    ['a pool in the main job', { pool: { id: 'pool-1' } }, 'pool'],
    ['a name with a space', { name: 'a b' }, 'name'],
    ['a slash in the description', { description: 'a/b' }, 'description'],
    ['no room for the marker', { description: 'a'.repeat(471) }, 'description'],
  ])('%s', (_, settings, path) => {
    expect(pathsWith(having(settings))).toEqual(path === null ? [] : [`notebook.${path}`]);
  });

  test('without a pool', () => {
    const alone = (settings: Record<string, unknown>) => pathsWith(having(settings), 'launchNotebook');
    expect(alone({})).toEqual([]);
    expect(alone({ storage: efs })).toEqual(['notebook.storage.type']);
    expect(alone({ flavor: null, customSpec: { cpu: 1, memory: 1024 } })).toEqual(['notebook.customSpec']);
    expect(alone({ storage: efs, pool: { id: 'pool-1' } })).toEqual([]);
    expect(alone({ pool: { id: 'Pool_1' } })).toEqual(['notebook.pool.id']);
  });

  test('a notebook that never stops must not have a lease that ends', () => {
    const leased = { ...having({ autoStop: 'never' }), lease: { ttl: '8h' } };
    expect(pathsWith(leased)).toEqual(['notebook.autoStop']);
    expect(pathsWith({ ...having({ autoStop: '2h' }), lease: { ttl: '8h' } })).toEqual([]);
    expect(pathsWith({ ...documents[main], ...having({ autoStop: 'never' }) })).toEqual([]);
  });
});

describe('the check against the project', () => {
  const image = { id: uuid, name: 'pytorch', tag: '2.1', status: 'ACTIVE', services: ['NOTEBOOK', 'SSH'] };
  const flavors = [{ name: 'modelarts.vm.gpu.t4u8', isSoldOut: false }];
  const facts = (more: Partial<SpecFacts>): SpecFacts => ({
    ...noFacts,
    images: [image],
    notebookFlavors: flavors,
    ...more,
  });
  const problems = (settings: Record<string, unknown>, more: Partial<SpecFacts> = {}) =>
    checkFeasibility(specWith(having(settings)), facts(more)).problems.map(({ path }) => path);

  test('image by name, by name and tag, by id', () => {
    for (const written of ['pytorch', 'pytorch:2.1', uuid]) expect(problems({ image: written })).toEqual([]);
    expect(problems({ image: 'pytorch:2.2' })).toEqual(['notebook.image']);
    expect(problems({ image: 'other' })).toEqual(['notebook.image']);
  });

  test('a name that several images have needs an id', () => {
    const images = [image, { ...image, id: uuid.replace('0', '1'), tag: '2.2' }];
    expect(problems({ image: 'pytorch' }, { images })).toEqual(['notebook.image']);
    expect(problems({ image: 'pytorch:2.2' }, { images })).toEqual([]);
  });

  test('an image that only offers SSH needs ssh', () => {
    const images = [{ ...image, services: ['SSH'] }];
    expect(problems({}, { images })).toEqual(['notebook.ssh']);
    expect(problems({ ssh: { keyPairs: ['k'] } }, { images })).toEqual([]);
  });

  test('the pool needs the hardware of the flavor', () => {
    const spec = specWith({ ...having({}), 'pool.flavor': 'modelarts.vm.cpu.8ud' });
    expect(checkFeasibility(spec, facts({})).problems.map(({ path }) => path)).toEqual(['notebook.flavor']);
  });

  test('values that could not be checked are named', () => {
    const open = (more: Partial<SpecFacts>) =>
      checkFeasibility(specWith(having()), facts(more)).notChecked.map(({ field }) => field);
    expect(open({})).toEqual([]);
    expect(open({ images: null })).toEqual(['notebook.image']);
    expect(open({ notebookFlavors: null })).toEqual(['notebook.flavor']);
    expect(open({ notebookFlavors: [] })).toEqual(['notebook.flavor']);
  });
});
