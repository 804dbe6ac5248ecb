import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { configurationPage } from '../../src/config/page.js';

test('docs/configuration.md is generated from the declarations', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/configuration.md'), 'utf8');
  expect(page).toBe(configurationPage());
});
