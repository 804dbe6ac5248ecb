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

  it('has its problems located at the key', () => {
    expect(problemsOf(`${valid}  flavour: g\n`)).toEqual([
      'n.yaml:6:3 notebook.flavour: unknown key `flavour`; did you mean `flavor`?',
    ]);
    expect(problemsOf(`${valid}  extendStorage:\n    - {type: evs}\n`)).toEqual([
      'n.yaml:7:8 notebook.extendStorage.0.type: must be obsfs in extendStorage',
    ]);
  });

  it('has a missing key located at the section that lacks it', () => {
    expect(problemsOf('# a comment\nname: team-a\nnotebook:\n  flavor: f\n  storage: {type: evs}\n')).toEqual([
      'n.yaml:3:1 notebook.profileId: is required',
    ]);
  });

  it('has syntax errors located too', () => {
    expect(problemsOf('name: [')[0]).toMatch(/^n\.yaml:1:8 /);
    expect(problemsOf('name:\n\tx: 1')[0]).toMatch(/^n\.yaml:2:1 .*Tabs/);
    expect(problemsOf(`${valid}---\nname: b\n`)[0]).toMatch(/^n\.yaml:6:1 .*several documents/);
  });

  it('names a key that is given twice, and what else is wrong', () => {
    expect(problemsOf(`${valid}name: Bad\n`)).toEqual([
      'n.yaml:6:1 the same key is given twice in one group',
      expect.stringMatching(/^n\.yaml:1:1 name: must be/),
    ]);
  });

  it('is refused, not expanded, when its aliases explode', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join()}]`,
    );
    expect(problemsOf(`l0: &l0 [x]\n${levels.join('\n')}\n`)).toEqual([expect.stringContaining('alias')]);
  });

  it.each(['', '# only a comment', '- a', 'text'])('is refused when it is %j', (text) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^n\.yaml:1:1 the document /)]);
  });

  it('keeps a version number and a long id as they are written', () => {
    const text = `${valid}  workspaceId: 440.10\n  aiProject: 12345678901234567890\n`;
    const checked = parseSpecText('launchNotebook', text, 'n.yaml');
    expect(checked.ok && checked.spec.notebook).toMatchObject({
      workspaceId: '440.10',
      aiProject: '12345678901234567890',
    });
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
