import * as fc from 'fast-check';
import { specKinds } from '../../src/contract/spec.js';
import { checkSpec } from '../../src/spec/check.js';
import { knownKeys } from '../../src/spec/document.js';
import { specHash } from '../../src/spec/hash.js';
import { describeProblems } from '../../src/spec/problem.js';
import { specSchemas } from '../../src/spec/spec-schema.js';
import { anyDocument, documents, main, pathsWith, problemsWith, specWith } from './documents.js';

describe('a normalised spec', () => {
  it.each(specKinds)('of %s is a valid document that normalises to itself', (kind) => {
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

  it('has every default, and every duration in canonical text', () => {
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

  it('is the same, with the same hash, for a duration of one or several units', () => {
    const several = specWith({ lease: { ttl: '1h30m' }, 'notebook.autoStop': '1h30m', 'deadlines.pool': '1h30m' });
    const one = specWith({ lease: { ttl: '90m' }, 'notebook.autoStop': '90m', 'deadlines.pool': '90m' });
    expect(several).toEqual(one);
    expect(specHash(several)).toBe(specHash(one));
  });

  it('accepts numbers where the API wants text', () => {
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

  it('raises max to ttl if that is longer than the default, and drops warnings longer than ttl', () => {
    expect(specWith({ lease: { ttl: '5d' } }).lease).toEqual({ ttl: '5d', max: '5d', warnings: ['2h', '30m'] });
    expect(specWith({ lease: { ttl: '1h' } }).lease).toEqual({ ttl: '1h', max: '3d', warnings: ['30m'] });
  });

  it('sorts lease warnings by time', () => {
    expect(specWith({ lease: { ttl: '8h', warnings: ['30m', '2h', '1h'] } }).lease?.warnings).toEqual([
      '2h',
      '1h',
      '30m',
    ]);
  });
});

describe('checking a document', () => {
  it('reports every problem at once, sorted by path', () => {
    const paths = pathsWith({
      name: 'Ab',
      'pool.count': 0,
      'notebook.storage': { type: 'obs' },
      onFailure: 'never',
      'pool.type': 'Logical',
    });
    expect(paths).toEqual(['name', 'notebook.storage.path', 'onFailure', 'pool.count', 'pool.network', 'pool.scope.1']);
  });

  it.each([
    ['pool.netwrok', '`network`'],
    ['pool.work_space_id', '`workspaceId`'],
    ['notebook.profile_id', '`profileId`'],
    ['notebook.storage.volume_size', '`volumeSize`'],
    ['notebook.autoStop.durration', '`duration`'],
    ['notebook.imag', '`image`'],
    ['notebook.customspec', '`customSpec`'],
    ['pool.driver.gpuversion', '`gpuVersion`'],
    ['deadlines.notebok', '`notebook`'],
    ['onFail', '`onFailure`'],
  ])('suggests the nearest known key for %s', (path, nearest) => {
    const line = problemsWith({ [path]: 'x' }).find((problem) => problem.startsWith(path));
    expect(line).toBe(`${path}: unknown key \`${path.split('.').at(-1)}\`; did you mean ${nearest}?`);
  });

  it('reports an unknown key even when its value is null', () => {
    expect(problemsWith({ 'pool.netwrok': null })).toEqual([
      'pool.netwrok: unknown key `netwrok`; did you mean `network`?',
    ]);
  });

  it('names the kinds of spec that have a section which this kind lacks', () => {
    expect(problemsWith({ notebook: documents.launchNotebook.notebook }, 'provisionPool')).toEqual([
      expect.stringMatching(/^notebook: unknown key .* provisionPoolThenLaunchNotebook and launchNotebook/),
    ]);
    expect(problemsWith({ lease: { ttl: '1h' } }, 'launchNotebook')).toEqual([
      expect.stringMatching(/^lease: unknown key/),
    ]);
  });

  it.each([undefined, null, 'text', 5, []])('refuses %j as a document', (document) => {
    expect(checkSpec(main, document)).toMatchObject({ ok: false, problems: [{ path: '' }] });
  });

  it('treats the keys that every object has like other keys', () => {
    const document = JSON.parse('{"name":"team-a","__proto__":{"lease":1},"constructor":{"a":1},"toString":null}');
    const checked = checkSpec('launchNotebook', document);
    expect(checked.ok ? [] : checked.problems.map(({ path }) => path)).toEqual([
      '__proto__',
      'constructor',
      'notebook',
      'toString',
    ]);
  });

  it('has its own message for every field and every kind of value', () => {
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
    sections.push(
      'notebook',
      'notebook.storage',
      'notebook.customSpec',
      'notebook.ssh',
      'notebook.hooks.preStart',
      'notebook.autoStop',
      'lease',
      'approval',
      'deadlines',
    );
    const paths = sections.flatMap((section) => {
      const path = section.split('.').filter(Boolean);
      const keys =
        knownKeys(
          specSchemas[main],
          path.map((step) => (step === '0' ? 0 : step)),
        ) ?? [];
      return keys.map((key) => [...path, key].join('.'));
    });
    expect(paths.length).toBeGreaterThan(70);
    const messages = paths.flatMap((path) => odd.flatMap((value) => problemsWith({ [path]: value })));
    expect(messages.filter((message) => /invalid|too (small|big)|expected|undefined/i.test(message))).toEqual([]);
  });

  it('never shows the webhook in a message, because its path may be a password', () => {
    const [problem, ...others] = problemsWith({ lease: { ttl: '1h', webhook: 'ftp://host/secret' } });
    expect(others).toEqual([]);
    expect(problem).toMatch(/^lease\.webhook: /);
    expect(problem).not.toContain('secret');
  });

  it.each([
    ['lease.ttl', 8, '8'],
    ['deadlines.pool', '90', '90'],
    ['notebook.autoStop', 4, '4'],
  ])('refuses a bare number as %s and suggests units', (path, value, number) => {
    const [line = '', ...others] = problemsWith({ [path]: value });
    expect(others).toEqual([]);
    expect(line.startsWith(`${path}: `)).toBe(true);
    for (const unit of ['ms', 's', 'm', 'h', 'd']) expect(line).toMatch(new RegExp(`\\b${number}${unit}\\b`));
  });

  it.each(['abc', 'a'.repeat(33), '1abc', 'abc-', 'Team', 'team_a', ''])('refuses the name %j', (name) => {
    expect(problemsWith({ name })).toHaveLength(1);
  });

  it.each(['abcd', 'a'.repeat(30), 'a--1'])('accepts the name %j', (name) => {
    expect(problemsWith({ name })).toEqual([]);
  });
});
