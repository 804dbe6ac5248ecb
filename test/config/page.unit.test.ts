import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { configurationPage } from '../../src/config/page.js';

test('the configuration page says what the code reads', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/configuration.md'), 'utf8');
  expect(page).toBe(configurationPage());
});
