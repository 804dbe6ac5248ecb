import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(__dirname, '..', '..');
const pages = 'docs/api';

/** Every text file of the project that may cite an API page. */
function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (statSync(join(root, path)).isDirectory()) return filesIn(path);
    return /\.(ts|md|js)$/.test(name) ? [path] : [];
  });
}

const sources = ['src', 'test', 'scripts', 'bench', 'docs']
  .flatMap(filesIn)
  .filter((path) => !path.startsWith(`${pages}/`) && path !== 'test/docs/citations.unit.test.ts');

function headingsOf(page: string): string[] {
  const lines = readFileSync(join(root, pages, page), 'utf8').split('\n');
  return lines.filter((line) => /^#{2,4} /.test(line)).map((line) => line.replace(/^#+ /, ''));
}

/** A citation may be broken at the end of a line of a comment. */
function unwrapped(text: string): string {
  return text.replaceAll(/\n *(?:\*|\/\/) /g, ' ');
}

describe('citations of the API pages', () => {
  const citations = sources.flatMap((path) =>
    [
      ...unwrapped(readFileSync(join(root, path), 'utf8')).matchAll(
        /docs\/api\/([\w-]+\.md)((?:,? (?:and |to |with the rules of )?"[^"]+")+)/g,
      ),
    ].flatMap(([, page = '', list = '']) =>
      [...list.matchAll(/"([^"]+)"/g)].map(([, heading = '']) => ({ path, page, heading })),
    ),
  );

  test('name a heading of the page', () => {
    const wrong = citations.filter(({ page, heading }) => !headingsOf(page).some((one) => one.startsWith(heading)));
    expect(wrong).toEqual([]);
    expect(citations.length).toBeGreaterThan(100);
  });

  test('never name a bare number, or a page outside the repository', () => {
    const bare =
      /(?:pools-and-flavors|notebooks-and-auth|notebooks-current|workloads-and-operations)\.md,? (?:section )?\d|TEMPORAL\.md|DESIGN(?:\.md)? (?:section )?\d|desig[n] section/i;
    const found = sources.flatMap((path) =>
      readFileSync(join(root, path), 'utf8')
        .split('\n')
        .flatMap((line, index) => (bare.test(line) ? [`${path}:${index + 1}`] : [])),
    );
    expect(found).toEqual([]);
  });
});
