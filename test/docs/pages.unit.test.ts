import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = path.resolve(__dirname, '../..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((page) => page.endsWith('.md') && !page.startsWith('docs/api/'));
const read = (page: string) => readFileSync(path.join(root, page), 'utf8');

describe.each(pages)('%s', (page) => {
  test('has only links and paths that exist', () => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !isLink(page, target));
    const paths = [...text.matchAll(/`((?:src|test|docs|examples|scripts|bench|deploy|bin)\/[\w./-]+)`/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(path.join(root, target)));
    expect([...links, ...paths]).toEqual([]);
  });

  test('has short lines and short table cells', () => {
    // Generated pages take their texts from the code.
    const lines = /docs\/(cli|configuration)\.md/.test(page) ? [] : prose(read(page));
    const long = lines.filter((line) => line.length > 120 && !/^\s*\|/.test(line));
    const wordy = lines
      .filter((line) => /^\s*\|/.test(line))
      .flatMap((line) => line.split('|'))
      .filter((cell) => cell.split(/\s+/).filter((word) => /\w/.test(word)).length > 25);
    expect([...long, ...wordy]).toEqual([]);
  });
});

/** The lines of a page outside its code blocks. */
function prose(text: string): string[] {
  let isCode = false;
  return text.split('\n').filter((line) => {
    if (line.startsWith('```')) isCode = !isCode;
    return !isCode;
  });
}

function isLink(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const to = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(root, to))) return false;
  return anchor === undefined || anchorsOf(to).includes(anchor);
}

/** Anchors as GitHub derives them from headings. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
