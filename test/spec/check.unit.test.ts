import * as fc from 'fast-check';
import { specKinds } from '../../src/contract/spec.js';
import { checkSpec } from '../../src/spec/check.js';
import { specHash } from '../../src/spec/hash.js';
import { knownKeys } from '../../src/spec/json-schema.js';
import { describeProblems } from '../../src/spec/problem.js';
import { anyDocument, documents, main, problemsWith, specWith } from './documents.js';

describe('a normalised spec', () => {
  it.each(specKinds)('of %s is a valid document, and normalising it again changes nothing', (kind) => {
    fc.assert(
      fc.property(anyDocument[kind], (document) => {
        const once = checkSpec(kind, document);
        if (!once.ok) throw new Error(describeProblems(once.problems));
        const again = checkSpec(kind, once.spec);
        expect(JSON.stringify(again)).toBe(JSON.stringify(once));
      }),
      { numRuns: 150 },
    );
  });

  it('has every default filled in and every duration in canonical text', () => {
    expect(specWith({ lease: { ttl: '480m' }, 'notebook.autoStop': '60m', approval: {} })).toEqual({
      name: 'team-a',
      pool: {
        flavors: ['modelarts.vm.gpu.t4u8'],
        count: 2,
        network: 'net-01',
        type: 'Dedicate',
        scope: ['Train', 'Notebook'],
      },
      notebook: {
        name: 'team-a',
        profileId: 'Python3-gpu',
        flavor: 'modelarts.vm.gpu.p100',
        storage: { type: 'evs', volumeSize: 5 },
        autoStop: { enable: true, duration: '1h' },
      },
      lease: { ttl: '8h', max: '3d', warnings: ['2h', '30m'] },
      approval: { required: true, timeout: '1d' },
      deadlines: { pool: '90m', notebook: '20m', capacity: '12h', ask: '1d', undo: '30m' },
      onFailure: 'rollback',
      onCancel: 'rollback',
    });
  });

  it('is the same, and has the same hash, for a duration of one unit and of several', () => {
    const several = specWith({ lease: { ttl: '1h30m' }, 'notebook.autoStop': '1h30m', 'deadlines.pool': '1h30m' });
    const one = specWith({ lease: { ttl: '90m' }, 'notebook.autoStop': '90m', 'deadlines.pool': '90m' });
    expect(several).toEqual(one);
    expect(specHash(several)).toBe(specHash(one));
  });

  it('takes numbers where the API wants text', () => {
    const spec = specWith({
      'pool.workspaceId': 0,
      'pool.driver': { gpuVersion: 440.33 },
      'pool.billing': { mode: 0, periodNum: 2, periodType: 4 },
    });
    expect(spec.pool).toMatchObject({
      workspaceId: '0',
      driver: { gpuVersion: '440.33' },
      billing: { mode: '0', periodNum: '2', periodType: '4' },
    });
  });

  it('is the same for null, empty and absent optional values', () => {
    const hash = specHash(specWith({}));
    expect(
      specHash(specWith({ lease: null, 'pool.masters': [], 'pool.driver': {}, 'notebook.description': '  ' })),
    ).toBe(hash);
  });

  it('has max as long as ttl when ttl is longer than the default maximum, and only warnings that fit', () => {
    expect(specWith({ lease: { ttl: '5d' } }).lease).toEqual({ ttl: '5d', max: '5d', warnings: ['2h', '30m'] });
    expect(specWith({ lease: { ttl: '1h' } }).lease).toEqual({ ttl: '1h', max: '3d', warnings: ['30m'] });
  });

  it('orders lease warnings from the first to the last that comes', () => {
    expect(specWith({ lease: { ttl: '8h', warnings: ['30m', '2h', '1h'] } }).lease?.warnings).toEqual([
      '2h',
      '1h',
      '30m',
    ]);
  });
});

describe('checking a document', () => {
  it('names every problem at once, sorted by path', () => {
    const lines = problemsWith({
      name: 'Ab',
      'pool.count': 0,
      'notebook.storage': { type: 'obs' },
      onFailure: 'never',
      'pool.type': 'Logical',
    });
    expect(lines).toEqual([
      'name: must be 4 to 30 of a-z 0-9 -, start with a letter and not end with -',
      'notebook.storage.path: is required for obs: a folder in a bucket, such as /bucket/folder/',
      'onFailure: must be rollback, ask or keep',
      'pool.count: must be a whole number from 1 to 2000',
      'pool.network: is not allowed for a Logical pool',
      'pool.scope.1: a Logical pool has only the scope Train',
    ]);
  });

  it.each([
    ['pool.netwrok', '`network`'],
    ['pool.work_space_id', '`workspaceId`'],
    ['notebook.profile_id', '`profileId`'],
    ['notebook.storage.volume_size', '`volumeSize`'],
    ['notebook.autoStop.durration', '`duration`'],
    ['pool.driver.gpuversion', '`gpuVersion`'],
    ['deadlines.notebok', '`notebook`'],
    ['onFail', '`onFailure`'],
  ])('names the nearest known key for %s', (path, nearest) => {
    const line = problemsWith({ [path]: 'x' }).find((problem) => problem.startsWith(path));
    expect(line).toBe(`${path}: unknown key \`${path.split('.').at(-1)}\`; did you mean ${nearest}?`);
  });

  it('reports an unknown key even when its value is null', () => {
    expect(problemsWith({ 'pool.netwrok': null })).toEqual([
      'pool.netwrok: unknown key `netwrok`; did you mean `network`?',
    ]);
  });

  it('says of which kinds a section is, when this kind has none', () => {
    expect(problemsWith({ notebook: documents.launchNotebook.notebook }, 'provisionPool')).toEqual([
      'notebook: unknown key `notebook`: a spec of provisionPool has none, only of provisionPoolThenLaunchNotebook and launchNotebook',
    ]);
    expect(problemsWith({ lease: { ttl: '1h' } }, 'launchNotebook')[0]).toMatch(/^lease: unknown key/);
  });

  it.each([undefined, null, 'text', 5, []])('refuses %j as a document', (document) => {
    expect(checkSpec(main, document)).toMatchObject({ ok: false, problems: [{ path: '' }] });
  });

  it('is not led astray by keys that every object has', () => {
    const document = JSON.parse('{"name":"team-a","__proto__":{"lease":1},"constructor":{"a":1},"toString":null}');
    const checked = checkSpec('launchNotebook', document);
    expect(checked.ok ? [] : checked.problems.map(({ path }) => path)).toEqual([
      '__proto__',
      'constructor',
      'notebook',
      'toString',
    ]);
  });

  it('has words of its own for every field, whatever stands in it', () => {
    const odd = [
      '',
      ' ',
      'x'.repeat(600),
      -1,
      0.5,
      1e300,
      Number.NaN,
      true,
      [],
      [[]],
      [''],
      {},
      { a: 1 },
      { '': null },
    ];
    const sections = [
      '',
      'pool',
      'pool.driver',
      'pool.billing',
      'pool.resources.0',
      'pool.resources.0.azs.0',
      'pool.masters.0',
    ];
    sections.push('notebook', 'notebook.storage', 'notebook.autoStop', 'lease', 'approval', 'deadlines');
    const paths = sections.flatMap((section) => {
      const way = section.split('.').filter(Boolean);
      const keys =
        knownKeys(
          main,
          way.map((step) => (step === '0' ? 0 : step)),
        ) ?? [];
      return keys.map((key) => [...way, key].join('.'));
    });
    expect(paths.length).toBeGreaterThan(70);
    const messages = paths.flatMap((path) => odd.flatMap((value) => problemsWith({ [path]: value })));
    expect(messages.filter((message) => /invalid|too (small|big)|expected|undefined/i.test(message))).toEqual([]);
  });

  it('never shows the webhook in a message, because its path may be a password', () => {
    expect(problemsWith({ lease: { ttl: '1h', webhook: 'ftp://host/secret' } })).toEqual([
      'lease.webhook: must be an http or https URL',
    ]);
  });

  it.each([
    ['lease.ttl', 8, '8'],
    ['deadlines.pool', '90', '90'],
    ['notebook.autoStop', 4, '4'],
  ])('refuses a bare number as %s and says which units there are', (path, value, number) => {
    const lines = problemsWith({ [path]: value });
    expect(lines).toEqual([
      `${path}: has no unit: write ${number}ms, ${number}s, ${number}m, ${number}h or ${number}d`,
    ]);
  });

  it.each(['abc', 'a'.repeat(31), '1abc', 'abc-', 'Team', 'team_a', ''])('refuses the name %j', (name) => {
    expect(problemsWith({ name })).toHaveLength(1);
  });

  it.each(['abcd', 'a'.repeat(30), 'a--1'])('takes the name %j', (name) => {
    expect(problemsWith({ name })).toEqual([]);
  });
});
