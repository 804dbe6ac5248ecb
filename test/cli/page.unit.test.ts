import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { readCatalogue } from '../../src/cli/catalogue.js';
import { commandLinePage } from '../../src/cli/page.js';

const file = path.join(__dirname, '../../docs/cli.md');

test('docs/cli.md is generated from the commands (to write it again: npx tsx scripts/cli-page.ts)', async () => {
  expect(readFileSync(file, 'utf8')).toBe(commandLinePage(readCatalogue()));
});

test('every link inside the page has a target', () => {
  const page = readFileSync(file, 'utf8');
  const anchors = new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title?.toLowerCase().replaceAll(' ', '-')),
  );
  for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
});
