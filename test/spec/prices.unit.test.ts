import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parsePrices, readPriceFile } from '../../src/spec/prices.js';

describe('a price table', () => {
  test('is read from the example file', () => {
    const checked = readPriceFile(path.join(__dirname, '../../examples/prices.yaml'));
    expect(checked).toMatchObject({ ok: true, table: { currency: 'EUR' } });
  });

  test.each([
    ['', ['currency', 'flavors']],
    ['currency: EUR', ['flavors']],
    ['flavors: {a: 1}', ['currency']],
    ['currency: EUR\nflavors: {a: cheap, b: -1}', ['flavors.a', 'flavors.b']],
    ['currency: EUR\nflavors: {a: null}', ['flavors.a']],
    ['currency: EUR\nflavors: {}\ntax: 19', ['tax']],
    ['currency: EUR\nflavors: {}\nflavor: 1', ['flavor']],
    ['currency: [', ['line 1, column 12']],
    ['currency: EUR\nflavors: {a: 1e10}', ['flavors.a']],
    ['currency: EUR\nflavors: {a: .inf}', ['flavors.a']],
  ])('%j is refused with every problem', (text, places) => {
    const checked = parsePrices(text);
    expect(checked.ok ? [] : checked.problems.map((problem) => problem.split(': ')[0])).toEqual(places);
  });

  test('may have trailing zeros in amounts, and merge keys', () => {
    const text = 'currency: EUR\nflavors: {<<: {a: 1.10}, b: 6.60}';
    expect(parsePrices(text)).toEqual({ ok: true, table: { currency: 'EUR', flavors: { a: 1.1, b: 6.6 } } });
  });

  test('that does not exist is reported with its path', () => {
    expect(readPriceFile('/nowhere/prices.yaml')).toEqual({
      ok: false,
      problems: [expect.stringMatching(/\/nowhere\/prices\.yaml .*ENOENT/)],
    });
  });
});
