import { applyChanges, setPath } from '../../src/spec/change.js';
import { describeDifferences, diffSpecs } from '../../src/spec/difference.js';
import { canonicalJson, ownerHash, specHash } from '../../src/spec/hash.js';
import { main, specWith } from './documents.js';

const anything = () => true;

describe('changing a spec', () => {
  const spec = specWith({});

  it('accepts dotted paths, a partial spec, or both', () => {
    const changed = applyChanges(main, spec, { 'pool.flavor': 'b', pool: { count: 3 } }, anything);
    expect(changed).toMatchObject({ ok: true, spec: { pool: { flavors: ['b'], count: 3, network: 'net-01' } } });
  });

  it('checks and normalises the result', () => {
    expect(applyChanges(main, spec, { 'deadlines.pool': '120m' }, anything)).toMatchObject({
      ok: true,
      spec: { deadlines: { pool: '2h' } },
    });
    expect(applyChanges(main, spec, { 'pool.count': 'two', 'pool.cuont': 1 }, anything)).toMatchObject({
      ok: false,
      problems: [{ path: 'pool.count' }, { path: 'pool.cuont', message: expect.stringContaining('`count`') }],
    });
  });

  it('refuses a forbidden change, by its path in the normalised spec', () => {
    const asked: string[] = [];
    const changed = applyChanges(main, spec, { 'pool.flavor': 'b', name: 'other' }, (path) => asked.push(path) > 1);
    expect(asked).toEqual(['pool.flavors', 'name']);
    expect(changed).toMatchObject({ ok: false, problems: [{ path: 'pool.flavors' }] });
  });

  it('removes a value with null', () => {
    const leased = specWith({ lease: { ttl: '1h' } });
    expect(applyChanges(main, leased, { lease: null }, anything)).toEqual({ ok: true, spec });
  });

  it('does not modify the given spec', () => {
    const before = JSON.stringify(spec);
    applyChanges(main, spec, { 'pool.scope.0': 'Infer' }, anything);
    expect(JSON.stringify(spec)).toBe(before);
  });
});

describe('setting a path', () => {
  it('creates missing sections and indexes lists', () => {
    expect(setPath({ a: [1, { b: 2 }] }, 'a.1.b', 3)).toEqual({ a: [1, { b: 3 }] });
    expect(setPath({}, 'a.b', 1)).toEqual({ a: { b: 1 } });
    expect(setPath({ a: [1] }, 'a.7', 2)).toEqual({ a: [1, 2] });
  });

  it('cannot reach the prototype of objects', () => {
    setPath({}, '__proto__.polluted', true);
    setPath({}, 'constructor.prototype.polluted', true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('comparing specs', () => {
  it('gives equal specs the same hash, however they are written', () => {
    const other = specWith({
      'pool.flavor': null,
      'pool.flavors': ['modelarts.vm.gpu.t4u8'],
      onFailure: 'rollback',
      deadlines: { ask: '24h' },
    });
    expect(specHash(other)).toBe(specHash(specWith({})));
    expect(specHash(other)).toMatch(/^[0-9a-f]{8}$/);
    expect(specHash(specWith({ 'pool.count': 3 }))).not.toBe(specHash(other));
  });

  it('hashes a workflow id with sha256', () => {
    expect(ownerHash('abc')).toBe('ba7816bf');
  });

  it('sorts keys at every depth and omits undefined', () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: 1 })).toBe('{"a":1,"b":[{"d":1}]}');
  });

  it('lists each value that differs, and only those', () => {
    const left = specWith({});
    const right = specWith({
      'pool.count': 3,
      'pool.scope': ['Train'],
      lease: { ttl: '1h', webhook: 'https://h.example/secret' },
    });
    const differences = diffSpecs(left, right);
    expect(diffSpecs(left, left)).toEqual([]);
    expect(differences).toContainEqual({ path: 'pool.count', left: 2, right: 3 });
    expect(differences).toContainEqual({ path: 'pool.scope', left: ['Train', 'Notebook'], right: ['Train'] });
    expect(differences).toContainEqual({ path: 'lease.webhook', left: null, right: 'https://h.example/…' });
    expect(describeDifferences(differences)).toContain('pool.count: 2, requested 3\n');
    expect(describeDifferences(differences)).toContain('lease.ttl: none, requested 1h\n');
  });
});
