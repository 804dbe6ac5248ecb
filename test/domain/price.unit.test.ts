import { expect, test } from '@jest/globals';
import { costOf, priceOf, sumCosts, unpricedFlavors } from '../../src/domain/price.js';
import type { InventoryItem } from '../../src/domain/resource/inventory.js';
import { hour, item, notebook, now } from './worlds.js';

const prices = { currency: 'EUR', flavors: { a: 1.5, free: 0, small: 0.1 } };
const at = (ageMs: number) => new Date(now - ageMs).toISOString();

test.each<[Readonly<Record<string, number>>, number | null]>([
  [{ a: 2 }, 3],
  [{ a: 1, small: 3 }, 1.8],
  [{ free: 5 }, 0],
  [{}, 0],
  [{ a: 1, other: 1 }, null],
  [{ toString: 1 }, null],
])('%j costs %s per hour', (flavors, perHour) => {
  expect(priceOf(flavors, prices)?.perHour ?? null).toBe(perHour);
  expect(unpricedFlavors(item({ flavors }), prices).length > 0).toBe(perHour === null);
});

test.each<[string, InventoryItem, number | null]>([
  ['a pool of two hours', item({ flavors: { a: 2 }, createdAt: at(2 * hour) }), 6],
  ['a pool of the future', item({ flavors: { a: 2 }, createdAt: at(-hour) }), null],
  ['a pool of an unknown age', item({ flavors: { a: 2 }, createdAt: '' }), null],
  ['a notebook of its own that costs nothing now', notebook({ flavors: { free: 1 }, createdAt: at(hour) }), null],
  ['a notebook on a pool', notebook({ poolId: 'p', flavors: { free: 1 }, createdAt: at(hour) }), 0],
])('the cost of %s since its creation', (_title, one, sinceCreation) => {
  expect(costOf(one, prices, now)?.sinceCreation).toBe(sinceCreation);
  expect(costOf(one, null, now)).toBeNull();
});

test.each<[readonly (number | null)[], number | null]>([
  [[0.1, 0.2], 0.3],
  [[1, null], 1],
  [[null], null],
  [[], 0],
])('the sum of %j since creation is %s', (amounts, sinceCreation) => {
  const costs = amounts.map((amount) => ({ perHour: 0.1, sinceCreation: amount, currency: 'EUR' }));
  const perHour = Math.round(amounts.length) / 10;
  expect(sumCosts(costs, 'EUR')).toEqual({ perHour, sinceCreation, currency: 'EUR' });
});
