import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runbookOf } from '../../src/cli/output/next.js';
import { failureTypes } from '../../src/contract/failures.js';
import { phases } from '../../src/contract/phases.js';
import { headings, readPage } from './page.js';
import { describeDifference, isAsExpected } from './printed.js';

const root = path.resolve(__dirname, '../..');
const folder = path.join(root, 'docs/runbooks');
const files = readdirSync(folder);
const pages = files.filter((file) => file !== 'README.md').map((file) => path.basename(file, '.md'));

describe.each(pages)('the page %s', (page) => {
  test('has the five headings, commands, and a test that runs it', () => {
    const { sections, commands } = readPage(page);
    expect(sections.filter((section) => !section.includes(':'))).toEqual([...headings]);
    expect(commands.length).toBeGreaterThan(0);
    expect(existsSync(path.join(__dirname, `${page}.e2e.test.ts`))).toBe(true);
  });
});

test.each(files)('the links of %s exist', (file) => {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
  for (const link of links) {
    const [target = '', anchor] = link.split('#');
    const page = target === '' ? path.join(folder, file) : path.join(folder, target);
    expect({ link, exists: existsSync(page) }).toEqual({ link, exists: true });
    if (anchor !== undefined)
      expect({ link, anchors: anchorsOf(page) }).toMatchObject({ link, anchors: expect.arrayContaining([anchor]) });
  }
});

test('the index links every page', () => {
  const index = readFileSync(path.join(folder, 'README.md'), 'utf8');
  expect(pages.filter((page) => !index.includes(`(${page}.md)`))).toEqual([]);
});

test('the pages that `env why` names exist', () => {
  const failure = { step: null, message: '', errorCode: null, requestId: null, hint: null };
  const since = '2026-11-21T08:00:00Z';
  const page = (stand: Parameters<typeof runbookOf>[0], minutes = 600) =>
    runbookOf(stand, Date.parse(since) + minutes * 60_000);
  const still = {
    phase: 'Validating',
    phaseSince: since,
    failure: null,
    heldUpBy: null,
    retrying: null,
    inTheWay: null,
  } as const;
  const named = [
    ...failureTypes.map((type) => page({ ...still, phase: 'Failed', failure: { ...failure, type } })),
    ...phases.map((phase) => page({ ...still, phase })),
    page({ ...still, heldUpBy: 'throttled' }),
  ].filter((one) => one !== null);
  expect(page({ ...still, phase: 'Failed' })).toBe('docs/runbooks/orphan-found.md');
  expect(page({ ...still, heldUpBy: 'no worker' })).toBe('docs/runbooks/worker-down.md');
  expect(page({ ...still, phase: 'AwaitingPool', heldUpBy: 'not authorised' })).toBe(
    'docs/runbooks/wrong-credentials.md',
  );
  expect(new Set(named).size).toBeGreaterThan(5);
  expect(named.filter((one) => !existsSync(path.join(root, one)))).toEqual([]);
  for (const [phase, minutes] of [
    ['CreatingPool', 5],
    ['AwaitingPool', 30],
    ['CreatingNotebook', 5],
    ['AwaitingNotebook', 10],
  ] as const) {
    expect(page({ ...still, phase }, minutes)).toBeNull();
    expect(page({ ...still, phase }, minutes + 1)).toBe('docs/runbooks/stuck-creating.md');
  }
});

describe('the comparison of output with a page', () => {
  const expected = ['pool  …, Running', '…', 'done in … s'];

  test('accepts any text for dots, and columns of any width', () => {
    expect(isAsExpected(expected, 'pool      team-a-1, Running\nx\n\ny\ndone in 12 s\n')).toBe(true);
    expect(isAsExpected(expected, 'pool team-a-1, Running\ndone in 12 s')).toBe(true);
    expect(isAsExpected([], '')).toBe(true);
  });

  test('names the line that is missing, changed or added', () => {
    expect(isAsExpected(expected, 'pool team-a-1, Creating\ndone in 12 s\n')).toBe(false);
    expect(isAsExpected(expected, 'pool team-a-1, Running\n')).toBe(false);
    expect(isAsExpected(expected, 'pool team-a-1, Running\ndone in 12 s\nmore\n')).toBe(false);
    expect(isAsExpected([], 'more\n')).toBe(false);
    expect(describeDifference(expected, 'pool team-a-1, Running\nfailed\n')).toContain(
      'missing in the output:\n  done in … s',
    );
    expect(describeDifference(['a'], 'a\nb\n')).toContain('there is more output than on the page');
  });
});

/** The anchors that GitHub generates from headings. */
function anchorsOf(page: string): string[] {
  const titles = [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
}
