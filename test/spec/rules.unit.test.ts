import { problemsWith } from './documents.js';

const npu = 'modelarts.bm.4u8g.d910';
const resources = [{ flavor: 'modelarts.vm.gpu.t4u8', count: 1 }];
const subscription = { mode: '1', periodNum: 1, periodType: '2' };
const kept = { onFailure: 'keep', onCancel: 'keep' };
const logical = { 'pool.type': 'Logical', 'pool.network': null, 'pool.scope': ['Train'] };
const bucket = { type: 'obs', path: '/bucket/folder/' };

type Case = readonly [why: string, settings: Record<string, unknown>, problem: string | null];

const poolCases: readonly Case[] = [
  ['a Dedicate pool without a network', { 'pool.network': null }, 'pool.network: is required'],
  ['a Logical pool without a network', logical, null],
  ['a Logical pool with a network', { ...logical, 'pool.network': 'n' }, 'pool.network: is not allowed'],
  ['a Logical pool with masters', { ...logical, 'pool.masters': [{ az: 'a' }] }, 'pool.masters: is not allowed'],
  ['a Logical pool with a driver', { ...logical, 'pool.driver': { gpuVersion: '1' } }, 'pool.driver: is not allowed'],
  ['a Logical pool for notebooks', { ...logical, 'pool.scope': ['Notebook'] }, 'pool.scope.0: a Logical pool'],
  ['an unknown scope', { 'pool.scope': ['Serve'] }, 'pool.scope.0: must be Train, Infer or Notebook'],
  ['no scope', { 'pool.scope': [] }, 'pool.scope: must name at least 1'],
  ['flavor and flavors', { 'pool.flavors': ['x'] }, 'pool.flavor: is short for'],
  ['neither flavor nor resources', { 'pool.flavor': null }, 'pool.flavors: is required'],
  [
    'more nodes than a zone has',
    { 'pool.count': 1_000_000_000_000 },
    'pool.count: must be a whole number from 1 to 2000',
  ],
  ['as many nodes as a zone may have', { 'pool.count': 2000 }, null],
  ['half a node', { 'pool.count': 1.5 }, 'pool.count: must be a whole number from 1 to 2000'],
  ...['count', 'maxCount'].map((key): [string, Record<string, unknown>, string] => [
    `too large a ${key} of a resource`,
    {
      'pool.resources': [{ flavor: 'f', count: 1, [key]: 2001 }],
      'pool.flavor': null,
      'pool.count': null,
    },
    `pool.resources.0.${key}: must be a whole number from 1 to 2000`,
  ]),
  [
    'too long a subscription',
    { 'pool.billing': { mode: '0', periodNum: '10000', periodType: '4' } },
    'pool.billing.periodNum: must be a whole number from 1 to 9999',
  ],
  ['no count', { 'pool.count': null }, 'pool.count: is required'],
  ['a flavor chosen twice', { 'pool.flavor': null, 'pool.flavors': ['x', 'x'] }, 'pool.flavors: must not name'],
  [
    'resources beside flavor',
    { 'pool.resources': resources, 'pool.count': null },
    'pool.flavor: `resources` stands in place',
  ],
  ['resources alone', { 'pool.resources': resources, 'pool.flavor': null, 'pool.count': null }, null],
  [
    'resources beside count',
    { 'pool.resources': resources, 'pool.flavor': null },
    'pool.count: `resources` stands in place',
  ],
  [
    'two resources of a flavor',
    {
      'pool.resources': [...resources, { flavor: 'modelarts.vm.gpu.t4u8', count: 2 }],
      'pool.flavor': null,
      'pool.count': null,
    },
    'pool.resources.1.flavor: is named by another',
  ],
  ['a GPU driver for GPUs', { 'pool.driver': { gpuVersion: '440.33' } }, null],
  [
    'a GPU driver for NPUs',
    { 'pool.driver': { gpuVersion: '1' }, 'pool.flavor': npu },
    'pool.driver.gpuVersion: needs GPU',
  ],
  ['an NPU driver for NPUs', { 'pool.driver': { npuVersion: 'C78' }, 'pool.flavor': npu }, null],
  ['an NPU driver for GPUs', { 'pool.driver': { npuVersion: 'C78' } }, 'pool.driver.npuVersion: needs NPU'],
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
  ['periodNum alone', { 'pool.billing': { periodNum: 1 } }, 'pool.billing.periodType: is required with periodNum'],
  ['periodType alone', { 'pool.billing': { periodType: '2' } }, 'pool.billing.periodNum: is required with periodType'],
  [
    'a subscription without a period',
    { 'pool.billing': { mode: 1 }, ...kept },
    'pool.billing.periodNum: is required with billing mode 1',
  ],
  ['a subscription that is kept', { 'pool.billing': subscription, ...kept }, null],
  ['a subscription that asks', { 'pool.billing': subscription, ...kept, onFailure: 'ask' }, null],
  [
    'a subscription that is rolled back',
    { 'pool.billing': subscription, onCancel: 'keep' },
    'onFailure: must be keep or ask',
  ],
  [
    'a subscription that a cancel rolls back',
    { 'pool.billing': subscription, onFailure: 'keep' },
    'onCancel: must be keep',
  ],
  [
    'a subscription with a lease',
    { 'pool.billing': subscription, ...kept, lease: { ttl: '1h' } },
    'lease: is not allowed',
  ],
  ['a description that just leaves room', { 'pool.description': 'a'.repeat(58) }, null],
  [
    'a description without room for the marker',
    { 'pool.description': 'a'.repeat(59) },
    'pool.description: must have at most 58',
  ],
  ['a forbidden character', { 'pool.description': 'R&D' }, 'pool.description: must not contain &'],
  ['a marker of its own', { 'pool.description': 'maops:keep' }, 'pool.description: must not contain maops:'],
];

const notebookCases: readonly Case[] = [
  ['a folder in a bucket', { 'notebook.storage': bucket }, null],
  ['obs without a path', { 'notebook.storage': { type: 'obs' } }, 'notebook.storage.path: is required'],
  [
    'obs without the last slash',
    { 'notebook.storage': { ...bucket, path: '/b/c' } },
    'notebook.storage.path: must end with /',
  ],
  [
    'the root of a bucket',
    { 'notebook.storage': { ...bucket, path: '/b/' } },
    'notebook.storage.path: must be a folder',
  ],
  [
    'obs with a volume',
    { 'notebook.storage': { ...bucket, volumeSize: 5 } },
    'notebook.storage.volumeSize: goes only with',
  ],
  ['evs with a path', { 'notebook.storage': { type: 'evs', path: '/b/c/' } }, 'notebook.storage.path: goes only with'],
  [
    'evs with access modes',
    { 'notebook.storage.accessModes': 'ReadOnlyMany' },
    'notebook.storage.accessModes: goes only with',
  ],
  ['evs with a mount path', { 'notebook.storage.mountPath': '/x' }, 'notebook.storage.mountPath: goes only with'],
  ['a volume of 4 GB', { 'notebook.storage.volumeSize': 4 }, 'notebook.storage.volumeSize: must be'],
  ['a volume of 4096 GB', { 'notebook.storage.volumeSize': 4096 }, null],
  ['a volume of 4097 GB', { 'notebook.storage.volumeSize': 4097 }, 'notebook.storage.volumeSize: must be'],
  ['obsfs on the pool that is made', { 'notebook.storage': { type: 'obsfs', path: 'pfs', mountPath: '/x' } }, null],
  ['obsfs without a path', { 'notebook.storage': { type: 'obsfs' } }, 'notebook.storage.path: is required'],
  [
    'a folder in obsfs',
    { 'notebook.storage': { type: 'obsfs', path: 'pfs/a' } },
    'notebook.storage.path: must be the name',
  ],
  ['extended storage', { 'notebook.extendStorage': [{ type: 'obsfs', path: 'pfs' }] }, null],
  ['extended evs', { 'notebook.extendStorage': [{ type: 'evs' }] }, 'notebook.extendStorage.0.type: must be obsfs'],
  ['an auto stop below 1h', { 'notebook.autoStop': '59m' }, 'notebook.autoStop: must be from 1h to 24h'],
  [
    'an auto stop above 24h',
    { 'notebook.autoStop': { enable: true, duration: '25h' } },
    'notebook.autoStop.duration: must be from',
  ],
  ['an auto stop of a day', { 'notebook.autoStop': '1d' }, null],
  ['an auto stop in half seconds', { 'notebook.autoStop': '3600500ms' }, 'notebook.autoStop: must be whole seconds'],
  [
    'an auto stop without duration',
    { 'notebook.autoStop': { enable: true } },
    'notebook.autoStop.duration: is required',
  ],
  ['no auto stop', { 'notebook.autoStop': { enable: false } }, null],
  ['a CPU profile on a GPU flavor', { 'notebook.profileId': 'x-cpu' }, 'notebook.profileId: is for CPU'],
  ['a profile of unknown hardware', { 'notebook.profileId': 'Multi-Engine 2.0 (python3)' }, null],
  ['a GPU profile on a flavor of unknown hardware', { 'notebook.flavor': 'modelarts.kat1.xlarge' }, null],
  ['a pool in the main job', { 'notebook.pool': { id: 'p' } }, 'notebook.pool: is only for launchNotebook'],
  ['a name with a space', { 'notebook.name': 'a b' }, 'notebook.name: must be 1 to 64'],
  ['a description that just leaves room', { 'notebook.description': 'a'.repeat(470) }, null],
  [
    'a description without room for the marker',
    { 'notebook.description': 'a'.repeat(471) },
    'notebook.description: must have at most 470',
  ],
  ['a slash in the description', { 'notebook.description': 'a/b' }, 'notebook.description: must not contain /'],
];

const lifetimeCases: readonly Case[] = [
  ['a lease beyond its maximum', { lease: { ttl: '8h', max: '4h' } }, 'lease.ttl: must not be longer than max'],
  [
    'a warning as long as the lease',
    { lease: { ttl: '8h', warnings: ['1h', '480m'] } },
    'lease.warnings.1: must be shorter',
  ],
  ['a lease without ttl', { lease: { max: '8h' } }, 'lease.ttl: is required'],
  ['a webhook', { lease: { ttl: '8h', webhook: 'https://hooks.example.com/a' } }, null],
  ['a webhook on this machine', { lease: { ttl: '8h', webhook: 'http://127.0.0.1:8080/a' } }, null],
  ['a webhook that is a file', { lease: { ttl: '8h', webhook: 'file:///a' } }, 'lease.webhook: must be an http'],
];

describe.each([
  ['pool', poolCases],
  ['notebook', notebookCases],
  ['lifetime', lifetimeCases],
])('the rules of %s', (_section, cases) => {
  it.each(cases.filter(([, , problem]) => problem === null))('take %s', (_why, settings) => {
    expect(problemsWith(settings)).toEqual([]);
  });

  it.each(cases.filter(([, , problem]) => problem !== null))('refuse %s', (_why, settings, problem) => {
    expect(problemsWith(settings)).toContainEqual(expect.stringContaining(problem ?? ''));
  });
});

describe('launchNotebook', () => {
  it('takes obsfs only with a pool', () => {
    const storage = { type: 'obsfs', path: 'pfs' };
    expect(problemsWith({ 'notebook.storage': storage }, 'launchNotebook')).toEqual([
      'notebook.storage.type: obsfs needs a dedicated pool: give `notebook.pool`',
    ]);
    expect(problemsWith({ 'notebook.storage': storage, 'notebook.pool': { id: 'p' } }, 'launchNotebook')).toEqual([]);
  });
});
