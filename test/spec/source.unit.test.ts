import { describeProblems } from '../../src/spec/problem.js';
import { parseAssignment, parseSpecText } from '../../src/spec/source.js';
import { documents, main } from './documents.js';

function problemsOf(text: string): string[] {
  const checked = parseSpecText('launchNotebook', text, 'n.yaml');
  return checked.ok ? [] : describeProblems(checked.problems).split('\n');
}

const valid = 'name: team-a\nnotebook:\n  profileId: p\n  flavor: f\n  storage: {type: evs}\n';

describe('a spec as text', () => {
  it('may be YAML or JSON', () => {
    expect(problemsOf(valid)).toEqual([]);
    expect(parseSpecText(main, JSON.stringify(documents[main], null, 2), 'a.json').ok).toBe(true);
  });

  it('has problems located at the key', () => {
    expect(problemsOf(`${valid}  flavour: g\n`)).toEqual([
      'n.yaml:6:3 notebook.flavour: unknown key `flavour`; did you mean `flavor`?',
    ]);
    expect(problemsOf(`${valid}  extendStorage:\n    - {type: evs}\n`)).toEqual([
      expect.stringMatching(/^n\.yaml:7:8 notebook\.extendStorage\.0\.type: /),
    ]);
  });

  it('has a missing key located at its section', () => {
    expect(problemsOf('# a comment\nname: team-a\nnotebook:\n  flavor: f\n  storage: {type: evs}\n')).toEqual([
      expect.stringMatching(/^n\.yaml:3:1 notebook\.profileId: required.*`image`/),
    ]);
  });

  it('has syntax errors located too', () => {
    expect(problemsOf('name: [')[0]).toMatch(/^n\.yaml:1:8 /);
    expect(problemsOf('name:\n\tx: 1')[0]).toMatch(/^n\.yaml:2:1 .*tabs/);
    expect(problemsOf(`${valid}---\nname: b\n`)[0]).toMatch(/^n\.yaml:6:1 .*several documents/);
  });

  it('reports a duplicate key beside the other problems', () => {
    expect(problemsOf(`${valid}name: Bad\n`)).toEqual([
      'n.yaml:6:1 duplicate key',
      expect.stringMatching(/^n\.yaml:1:1 name: must be/),
    ]);
  });

  it('is refused when its aliases would expand to a huge document', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join()}]`,
    );
    expect(problemsOf(`l0: &l0 [x]\n${levels.join('\n')}\n`)).toEqual([expect.stringContaining('alias')]);
  });

  it.each(['', '# only a comment', '- a', 'text'])('is refused when it is %j', (text) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^n\.yaml:1:1 the document /)]);
  });

  it('keeps the text of a version number and of a long id', () => {
    const text = `${valid}  workspaceId: 440.10\n  aiProject: 12345678901234567890\n`;
    const checked = parseSpecText('launchNotebook', text, 'n.yaml');
    expect(checked.ok && checked.spec.notebook).toMatchObject({
      workspaceId: '440.10',
      aiProject: '12345678901234567890',
    });
  });
});

describe('merge keys, anchors and aliases', () => {
  const resources = (second: string) =>
    `name: team-a\npool:\n  network: n\n  scope: [Train]\n  resources:\n    - &first {flavor: a, count: 2}\n    - ${second}\n`;
  const problems = (text: string) => {
    const checked = parseSpecText('provisionPool', text, 'p.yaml');
    return checked.ok ? [] : describeProblems(checked.problems).split('\n');
  };

  it('are accepted, and keys beside a merge key override it', () => {
    const checked = parseSpecText('provisionPool', resources('{<<: *first, flavor: b}'), 'p.yaml');
    expect(checked.ok && checked.spec.pool?.resources).toEqual([
      { flavor: 'a', count: 2 },
      { flavor: 'b', count: 2 },
    ]);
    expect(problems(resources('{<<: [*first, {maxCount: 3}], flavor: b}'))).toEqual([]);
  });

  it.each([
    ['<<: 1', 'p.yaml:7:7 << takes a mapping'],
    ['{<<: [1], flavor: b}', 'p.yaml:7:8 << takes a mapping'],
    ['{<<: *second, flavor: b}', 'p.yaml:7:12 alias *second has no anchor'],
    ['&self {<<: *self, flavor: b}', 'p.yaml:7:18 alias *self contains itself'],
    ['&self [*self]', 'p.yaml:7:14 alias *self contains itself'],
  ])('are reported with their place in %s', (second, problem) => {
    expect(problems(resources(second))).toContainEqual(expect.stringContaining(problem));
  });

  it('treat a quoted << as an unknown key without a suggestion', () => {
    expect(problems(resources('{"<<": {count: 1}, flavor: b, count: 1}'))).toEqual([
      'p.yaml:7:8 pool.resources.1.<<: unknown key `<<`',
    ]);
  });
});

describe('a text that is too large', () => {
  const problemOf = (text: string) => {
    const checked = parseSpecText('provisionPoolThenLaunchNotebook', text, 'team-a.yaml');
    return checked.ok ? [] : describeProblems(checked.problems).split('\n');
  };

  it('is reported with its size and the limit, and not parsed when it is far beyond', () => {
    expect(problemOf(`name: a\ncomment: ${'x'.repeat(300_000)}\n`)).toEqual([
      expect.stringMatching(/^team-a\.yaml:1:1 .*\b300025 bytes.*\b262144 bytes/),
    ]);
    for (const megabytes of [3, 5])
      expect(problemOf(`name: a\ncomment: ${'x'.repeat(megabytes * 1_000_000)}\n`)).toEqual([
        expect.stringMatching(new RegExp(`^team-a\\.yaml:1:1 .*\\b${megabytes}000018 bytes.*\\b1048576 bytes`)),
      ]);
  });

  it('may have long comments', () => {
    expect(problemOf(`# ${'x'.repeat(600_000)}\nname: a\nwrong: 1\n`).some((line) => line.includes('wrong'))).toBe(
      true,
    );
  });
});

describe('a deeply nested text', () => {
  it.each([
    ['[', ']'],
    ['{a: ', '}'],
    ['- ', ''],
  ])('of %j is refused without a stack overflow', (open, close) => {
    const text = `a:\n  ${open.repeat(20_000)}1${close.repeat(20_000)}`;
    expect(problemsOf(text)).toEqual([expect.stringContaining('64 levels')]);
    expect(parseAssignment(`a=${text.slice(5)}`)).toEqual({ path: 'a', value: text.slice(5) });
  });
});

describe('a suggestion', () => {
  it.each([
    ['flavour', '; did you mean `flavor`?'],
    ['profile_id', '; did you mean `profileId`?'],
    ['storrage', '; did you mean `storage`?'],
    ['picture', ''],
    ['disk', ''],
    ['xx', ''],
  ])('for %s is made only for a typo', (key, suggestion) => {
    expect(problemsOf(`${valid}  ${key}: 1\n`)).toEqual([
      `n.yaml:6:3 notebook.${key}: unknown key \`${key}\`${suggestion}`,
    ]);
  });
});

describe('an assignment', () => {
  it.each([
    ['pool.count=3', 'pool.count', 3],
    ['pool.flavors=[a, b]', 'pool.flavors', ['a', 'b']],
    ['pool.driver.gpuVersion=440.10', 'pool.driver.gpuVersion', '440.10'],
    ['notebook.storage.path=/a/b=c/', 'notebook.storage.path', '/a/b=c/'],
    ['pool.flavor=a: [', 'pool.flavor', 'a: ['],
  ])('%s is read like YAML', (text, path, value) => {
    expect(parseAssignment(text)).toEqual({ path, value });
  });

  it.each(['pool.count', '=3', 'a b=3'])('is not read from %j', (text) => {
    expect(parseAssignment(text)).toBeNull();
  });
});
