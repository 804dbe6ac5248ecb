import { describe, expect, test } from '@jest/globals';
import { choiceOf, firstOnSale, flavorsOf, recentSale, saleOfChoice } from '../../../src/domain/resource/flavor.js';

const flavors = [
  { name: 'gpu', sale: { 'az-1': 'normal', 'az-2': 'soldout' } },
  { name: 'npu', sale: { 'az-1': 'soldout' } },
  { name: 'cpu', sale: null },
];
const of = (flavor: string, ...azs: string[]) => ({
  resources: [{ flavor, count: 1, ...(azs.length === 0 ? {} : { azs: azs.map((az) => ({ az, count: 1 })) }) }],
});

test.each([
  ['anywhere', of('gpu'), 'onSale'],
  ['in its zone', of('gpu', 'az-1'), 'onSale'],
  ['sold out in its zone', of('gpu', 'az-2'), 'soldOut'],
  ['sold out in one of its zones', of('gpu', 'az-1', 'az-2'), 'soldOut'],
  ['sold out', of('npu'), 'soldOut'],
  ['without a status', of('cpu'), 'unknown'],
  ['not listed', of('tpu'), 'unknown'],
  ['on sale beside one that is sold out', { resources: [...of('gpu').resources, ...of('npu').resources] }, 'soldOut'],
])('the sale of a choice: %s', (_title, choice, sale) => {
  expect(saleOfChoice(choice, flavors)).toBe(sale);
});

test('the first choice that may be tried is not sold out, counting from the present one', () => {
  const choices = [of('npu'), of('gpu'), of('tpu')];
  expect(firstOnSale(choices, flavors, 0)).toBe(1);
  expect(firstOnSale(choices, flavors, 2)).toBe(2);
  expect(firstOnSale([of('npu')], flavors, 0)).toBeNull();
});

test('each flavor of the choices is asked for once', () => {
  expect(flavorsOf([of('gpu'), of('npu'), of('gpu', 'az-1')])).toEqual(['gpu', 'npu']);
});

describe('a sale status that was read before', () => {
  const known = { flavors, since: 1_000 };

  test('is used for ten seconds', () => {
    expect(recentSale(known, 11_000)).toBe(flavors);
    expect(recentSale(known, 11_001)).toBeNull();
  });

  test('is unknown when it was not read', () => {
    expect(recentSale(null, 0)).toBeNull();
  });
});

test.each([
  [{ a: 2 }, 0],
  [{ b: 1, a: 1 }, 1],
  [{ b: 1 }, 2],
  [{ c: 1 }, null],
  [{ a: 1, b: 1, c: 1 }, null],
  [{}, null],
])('a resource with %j was created from choice %s', (wanted, choice) => {
  const of = (...flavors: string[]) => ({ resources: flavors.map((flavor) => ({ flavor, count: 1 })) });
  expect(choiceOf([of('a'), of('a', 'b', 'a'), of('b')], wanted as Record<string, number>)).toBe(choice);
});
