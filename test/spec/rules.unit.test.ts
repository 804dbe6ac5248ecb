import { pathsWith, problemsWith } from './documents.js';

const npu = 'modelarts.bm.4u8g.d910';
const resources = [{ flavor: 'modelarts.vm.gpu.t4u8', count: 1 }];
const subscription = { mode: '1', periodNum: 1, periodType: '2' };
const kept = { onFailure: 'keep', onCancel: 'keep' };
const logical = { 'pool.type': 'Logical', 'pool.network': null, 'pool.scope': ['Train'] };
const bucket = { type: 'obs', path: '/bucket/folder/' };

/** The path of the problem, or null when the document is valid. */
type Case = readonly [document: string, settings: Record<string, unknown>, path: string | null];

const poolCases: readonly Case[] = [
  ['a Dedicate pool without a network', { 'pool.network': null }, 'pool.network'],
  ['a Logical pool without a network', logical, null],
  ['a Logical pool with a network', { ...logical, 'pool.network': 'n' }, 'pool.network'],
  ['a Logical pool with masters', { ...logical, 'pool.masters': [{ az: 'a' }] }, 'pool.masters'],
  ['a Logical pool with a driver', { ...logical, 'pool.driver': { gpuVersion: '1' } }, 'pool.driver'],
  ['a Logical pool for notebooks', { ...logical, 'pool.scope': ['Notebook'] }, 'pool.scope.0'],
  ['an unknown scope', { 'pool.scope': ['Serve'] }, 'pool.scope.0'],
  ['no scope', { 'pool.scope': [] }, 'pool.scope'],
  ['flavor and flavors', { 'pool.flavors': ['x'] }, 'pool.flavor'],
  ['neither flavor nor resources', { 'pool.flavor': null }, 'pool.flavors'],
  ['more nodes than a zone has', { 'pool.count': 1_000_000_000_000 }, 'pool.count'],
  ['as many nodes as a zone may have', { 'pool.count': 2000 }, null],
  ['half a node', { 'pool.count': 1.5 }, 'pool.count'],
  ...['count', 'maxCount'].map((key): [string, Record<string, unknown>, string] => [
    `too large a ${key} of a resource`,
    {
      'pool.resources': [{ flavor: 'f', count: 1, [key]: 2001 }],
      'pool.flavor': null,
      'pool.count': null,
    },
    `pool.resources.0.${key}`,
  ]),
  [
    'too long a subscription',
    { 'pool.billing': { mode: '0', periodNum: '10000', periodType: '4' } },
    'pool.billing.periodNum',
  ],
  ['no count', { 'pool.count': null }, 'pool.count'],
  ['a flavor chosen twice', { 'pool.flavor': null, 'pool.flavors': ['x', 'x'] }, 'pool.flavors'],
  ['resources beside flavor', { 'pool.resources': resources, 'pool.count': null }, 'pool.flavor'],
  ['resources alone', { 'pool.resources': resources, 'pool.flavor': null, 'pool.count': null }, null],
  ['resources beside count', { 'pool.resources': resources, 'pool.flavor': null }, 'pool.count'],
  [
    'two resources of a flavor',
    {
      'pool.resources': [...resources, { flavor: 'modelarts.vm.gpu.t4u8', count: 2 }],
      'pool.flavor': null,
      'pool.count': null,
    },
    'pool.resources.1.flavor',
  ],
  ['a GPU driver for GPUs', { 'pool.driver': { gpuVersion: '440.33' } }, null],
  ['a GPU driver for NPUs', { 'pool.driver': { gpuVersion: '1' }, 'pool.flavor': npu }, 'pool.driver.gpuVersion'],
  ['an NPU driver for NPUs', { 'pool.driver': { npuVersion: 'C78' }, 'pool.flavor': npu }, null],
  ['an NPU driver for GPUs', { 'pool.driver': { npuVersion: 'C78' } }, 'pool.driver.npuVersion'],
  [
    'a driver for unknown hardware',
    { 'pool.driver': { npuVersion: 'C78' }, 'pool.flavor': 'modelarts.kat1.xlarge' },
    null,
  ],
  [
    'a GPU driver when only one resource has GPUs',
    {
      'pool.driver': { gpuVersion: '1' },
      'pool.resources': [...resources, { flavor: 'modelarts.vm.cpu.8ud', count: 1 }],
      'pool.flavor': null,
      'pool.count': null,
    },
    null,
  ],
  ['periodNum alone', { 'pool.billing': { periodNum: 1 } }, 'pool.billing.periodType'],
  ['periodType alone', { 'pool.billing': { periodType: '2' } }, 'pool.billing.periodNum'],
  ['a subscription without a period', { 'pool.billing': { mode: 1 }, ...kept }, 'pool.billing.periodNum'],
  ['a subscription that is kept', { 'pool.billing': subscription, ...kept }, null],
  ['a subscription that asks', { 'pool.billing': subscription, ...kept, onFailure: 'ask' }, 'onFailure'],
  ['a subscription that is rolled back', { 'pool.billing': subscription, onCancel: 'keep' }, 'onFailure'],
  ['a subscription that a cancel rolls back', { 'pool.billing': subscription, onFailure: 'keep' }, 'onCancel'],
  ['a subscription with a lease', { 'pool.billing': subscription, ...kept, lease: { ttl: '1h' } }, 'lease'],
  ['a description that just leaves room', { 'pool.description': 'a'.repeat(58) }, null],
  ['a description without room for the marker', { 'pool.description': 'a'.repeat(59) }, 'pool.description'],
  ['a forbidden character', { 'pool.description': 'R&D' }, 'pool.description'],
  ['a marker of its own', { 'pool.description': 'maops:keep' }, 'pool.description'],
];

const notebookCases: readonly Case[] = [
  ['a folder in a bucket', { 'notebook.storage': bucket }, null],
  ['obs without a path', { 'notebook.storage': { type: 'obs' } }, 'notebook.storage.path'],
  ['obs without the last slash', { 'notebook.storage': { ...bucket, path: '/b/c' } }, 'notebook.storage.path'],
  ['the root of a bucket', { 'notebook.storage': { ...bucket, path: '/b/' } }, 'notebook.storage.path'],
  ['obs with a volume', { 'notebook.storage': { ...bucket, volumeSize: 5 } }, 'notebook.storage.volumeSize'],
  ['evs with a path', { 'notebook.storage': { type: 'evs', path: '/b/c/' } }, 'notebook.storage.path'],
  ['evs with access modes', { 'notebook.storage.accessModes': 'ReadOnlyMany' }, 'notebook.storage.accessModes'],
  ['evs with a mount path', { 'notebook.storage.mountPath': '/x' }, 'notebook.storage.mountPath'],
  ['a volume of 4 GB', { 'notebook.storage.volumeSize': 4 }, 'notebook.storage.volumeSize'],
  ['a volume of 4096 GB', { 'notebook.storage.volumeSize': 4096 }, null],
  ['a volume of 4097 GB', { 'notebook.storage.volumeSize': 4097 }, 'notebook.storage.volumeSize'],
  ['obsfs on the pool that is created', { 'notebook.storage': { type: 'obsfs', path: 'pfs', mountPath: '/x' } }, null],
  ['obsfs without a path', { 'notebook.storage': { type: 'obsfs' } }, 'notebook.storage.path'],
  ['a folder in obsfs', { 'notebook.storage': { type: 'obsfs', path: 'pfs/a' } }, 'notebook.storage.path'],
  ['extended storage', { 'notebook.extendStorage': [{ type: 'obsfs', path: 'pfs' }] }, null],
  ['extended evs', { 'notebook.extendStorage': [{ type: 'evs' }] }, 'notebook.extendStorage.0.type'],
  ['an auto stop below 1h', { 'notebook.autoStop': '59m' }, 'notebook.autoStop'],
  ['an auto stop above 24h', { 'notebook.autoStop': { enable: true, duration: '25h' } }, 'notebook.autoStop.duration'],
  ['an auto stop of a day', { 'notebook.autoStop': '1d' }, null],
  ['an auto stop in half seconds', { 'notebook.autoStop': '3600500ms' }, 'notebook.autoStop'],
  ['an auto stop without duration', { 'notebook.autoStop': { enable: true } }, 'notebook.autoStop.duration'],
  ['no auto stop', { 'notebook.autoStop': { enable: false } }, null],
  ['a CPU profile on a GPU flavor', { 'notebook.profileId': 'x-cpu' }, 'notebook.profileId'],
  ['a profile of unknown hardware', { 'notebook.profileId': 'Multi-Engine 2.0 (python3)' }, null],
  ['a GPU profile on a flavor of unknown hardware', { 'notebook.flavor': 'modelarts.kat1.xlarge' }, null],
  ['a pool in the main job', { 'notebook.pool': { id: 'p' } }, 'notebook.pool'],
  ['a name with a space', { 'notebook.name': 'a b' }, 'notebook.name'],
  ['a description that just leaves room', { 'notebook.description': 'a'.repeat(470) }, null],
  ['a description without room for the marker', { 'notebook.description': 'a'.repeat(471) }, 'notebook.description'],
  ['a slash in the description', { 'notebook.description': 'a/b' }, 'notebook.description'],
];

const lifetimeCases: readonly Case[] = [
  ['a lease beyond its maximum', { lease: { ttl: '8h', max: '4h' } }, 'lease.ttl'],
  ['a warning as long as the lease', { lease: { ttl: '8h', warnings: ['1h', '480m'] } }, 'lease.warnings.1'],
  ['a lease without ttl', { lease: { max: '8h' } }, 'lease.ttl'],
  ['a webhook', { lease: { ttl: '8h', webhook: 'https://hooks.example.com/a' } }, null],
  ['a webhook on this machine', { lease: { ttl: '8h', webhook: 'http://127.0.0.1:8080/a' } }, null],
  ['a webhook that is a file', { lease: { ttl: '8h', webhook: 'file:///a' } }, 'lease.webhook'],
];

describe.each([
  ['pool', poolCases],
  ['notebook', notebookCases],
  ['lifetime', lifetimeCases],
])('the rules of %s', (_section, cases) => {
  it.each(cases.filter(([, , path]) => path === null))('accept %s', (_document, settings) => {
    expect(problemsWith(settings)).toEqual([]);
  });

  it.each(cases.filter(([, , path]) => path !== null))('refuse %s', (_document, settings, path) => {
    expect(pathsWith(settings)).toContain(path);
  });

  it('have readable messages', () => {
    const refused = cases.filter(([, , path]) => path !== null);
    const messages = refused.map(([document, settings]) => `${document}\n  ${problemsWith(settings).join('\n  ')}`);
    expect(messages.join('\n')).toMatchSnapshot();
  });
});

describe('launchNotebook', () => {
  it('accepts obsfs only with a pool', () => {
    const storage = { 'notebook.storage': { type: 'obsfs', path: 'pfs' } };
    expect(pathsWith(storage, 'launchNotebook')).toEqual(['notebook.storage.type']);
    expect(pathsWith({ ...storage, 'notebook.pool': { id: 'p' } }, 'launchNotebook')).toEqual([]);
  });
});
