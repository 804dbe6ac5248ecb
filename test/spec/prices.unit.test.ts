import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parsePrices, readPriceFile } from '../../src/spec/prices.js';

describe('a price table', () => {
  test('is read from the file that is shown as an example', () => {
    const checked = readPriceFile(path.join(__dirname, '../../examples/prices.yaml'));
    expect(checked).toMatchObject({ ok: true, table: { currency: 'EUR' } });
  });

  test.each([
    ['', ['must be a group of keys with values']],
    ['currency: EUR', ['flavors: is required: a group of flavor names with money per hour']],
    ['flavors: {a: 1}', ['currency: is required, as text such as EUR']],
    [
      'currency: EUR\nflavors: {a: cheap, b: -1}',
      ['flavors.a: must be a number: money per hour', 'flavors.b: must not be negative'],
    ],
    ['currency: EUR\nflavors: {}\ntax: 19', [expect.stringContaining('unknown key `tax`; did you mean')]],
    ['currency: [', [expect.stringMatching(/./)]],
  ])('%j is refused with every problem', (text, problems) => {
    expect(parsePrices(text)).toEqual({ ok: false, problems });
  });

  test('that is not there is named', () => {
    expect(readPriceFile('/nowhere/prices.yaml')).toEqual({
      ok: false,
      problems: ['/nowhere/prices.yaml cannot be read (ENOENT)'],
    });
  });
});
