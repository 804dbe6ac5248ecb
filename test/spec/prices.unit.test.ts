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
    ['currency: EUR\nflavors: {}\ntax: 19', ['unknown key `tax`']],
    ['currency: EUR\nflavors: {}\nflavor: 1', ['unknown key `flavor`; did you mean `flavors`?']],
    ['currency: [', [expect.stringMatching(/^line 1, column 12: /)]],
    ['currency: EUR\nflavors: {a: 1e10}', ['flavors.a: must be at most 1000000000']],
    ['currency: EUR\nflavors: {a: .inf}', ['flavors.a: must be a number: money per hour']],
  ])('%j is refused with every problem', (text, problems) => {
    expect(parsePrices(text)).toEqual({ ok: false, problems });
  });

  test('may have amounts with zeros at their end, and merge keys', () => {
    const text = 'currency: EUR\nflavors: {<<: {a: 1.10}, b: 6.60}';
    expect(parsePrices(text)).toEqual({ ok: true, table: { currency: 'EUR', flavors: { a: 1.1, b: 6.6 } } });
  });

  test('that is not there is named', () => {
    expect(readPriceFile('/nowhere/prices.yaml')).toEqual({
      ok: false,
      problems: ['/nowhere/prices.yaml cannot be read (ENOENT)'],
    });
  });
});
