import { HOUR } from './duration.js';
import type { InventoryItem } from './resource/inventory.js';
import { ageMs } from './resource/ownership-status.js';

/** Prices of flavors: per node and hour in a pool, per instance and hour for a notebook outside our pools. */
export interface PriceTable {
  readonly currency: string;
  readonly flavors: Readonly<Record<string, number>>;
}

export interface Cost {
  readonly perHour: number;
  /** Cost since creation at the current size; null for a stopped resource, whose running time is unknown. */
  readonly sinceCreation: number | null;
  readonly currency: string;
}

/** Cost of nodes per hour; null when one flavor has no price, because a partial sum would mislead. */
export function priceOf(
  flavors: Readonly<Record<string, number>>,
  prices: PriceTable,
): Pick<Cost, 'perHour' | 'currency'> | null {
  if (unpriced(flavors, prices).length > 0) return null;
  const perHour = Object.entries(flavors).reduce((sum, [name, count]) => sum + count * (prices.flavors[name] ?? 0), 0);
  return { perHour: rounded(perHour), currency: prices.currency };
}

/**
 * Cost of a resource; null without a price table, or when one flavor has no price, because a partial sum would mislead.
 */
export function costOf(item: InventoryItem, prices: PriceTable | null, now: number): Cost | null {
  const price = prices === null ? null : priceOf(item.flavors, prices);
  if (price === null) return null;
  const { perHour, currency } = price;
  const age = ageMs(item, now);
  const isStopped = item.kind === 'notebook' && item.poolId === null && perHour === 0;
  const hours = age === null || isStopped ? null : age / HOUR;
  return {
    perHour,
    sinceCreation: hours === null ? null : rounded(perHour * hours),
    currency,
  };
}

/** Flavors of a resource without a price. */
export function unpricedFlavors(item: InventoryItem, prices: PriceTable): string[] {
  return unpriced(item.flavors, prices);
}

function unpriced(flavors: Readonly<Record<string, number>>, prices: PriceTable): string[] {
  return Object.keys(flavors).filter((flavor) => !Object.hasOwn(prices.flavors, flavor));
}

/**
 * The sum of costs in the currency of the table. The sum since creation has only the known parts; null when there are
 * none.
 */
export function sumCosts(costs: readonly Cost[], currency: string): Cost {
  const sum = (values: readonly number[]) => rounded(values.reduce((total, value) => total + value, 0));
  const known = costs.map(({ sinceCreation }) => sinceCreation).filter((amount) => amount !== null);
  return {
    perHour: sum(costs.map(({ perHour }) => perHour)),
    sinceCreation: known.length === 0 && costs.length > 0 ? null : sum(known),
    currency,
  };
}

/** Rounds to hundredths of a cent, so that sums show no floating-point errors. */
function rounded(money: number): number {
  return Math.round(money * 10_000) / 10_000;
}
