import { HOUR } from './duration.js';
import type { InventoryItem } from './resource/inventory.js';
import { ageMs } from './resource/ownership-status.js';

/** What a flavor costs: per node and hour in a pool, per instance and hour for a notebook that is on no pool of ours. */
export interface PriceTable {
  readonly currency: string;
  readonly flavors: Readonly<Record<string, number>>;
}

export interface Cost {
  readonly perHour: number;
  /** As if today's size had been paid since the creation; null when the resource stands still, so that nobody knows how long it ran. */
  readonly sinceCreation: number | null;
  readonly currency: string;
}

/** What nodes cost per hour; null when one of their flavors has no price: half a sum would be believed. */
export function priceOf(
  flavors: Readonly<Record<string, number>>,
  prices: PriceTable,
): Pick<Cost, 'perHour' | 'currency'> | null {
  if (unpriced(flavors, prices).length > 0) return null;
  const perHour = Object.entries(flavors).reduce((sum, [name, count]) => sum + count * (prices.flavors[name] ?? 0), 0);
  return { perHour: rounded(perHour), currency: prices.currency };
}

/** What a resource costs; null without a price table, or when one of its flavors has no price: half a sum would be believed. */
export function costOf(item: InventoryItem, prices: PriceTable | null, now: number): Cost | null {
  const price = prices === null ? null : priceOf(item.flavors, prices);
  if (price === null) return null;
  const { perHour, currency } = price;
  const age = ageMs(item, now);
  const standsStill = item.kind === 'notebook' && item.poolId === null && perHour === 0;
  const hours = age === null || standsStill ? null : age / HOUR;
  return {
    perHour,
    sinceCreation: hours === null ? null : rounded(perHour * hours),
    currency,
  };
}

/** Flavors of a resource that the table does not name. */
export function unpricedFlavors(item: InventoryItem, prices: PriceTable): string[] {
  return unpriced(item.flavors, prices);
}

function unpriced(flavors: Readonly<Record<string, number>>, prices: PriceTable): string[] {
  return Object.keys(flavors).filter((flavor) => !Object.hasOwn(prices.flavors, flavor));
}

/** The sum of costs in one table's currency; since the creation of what it is known of, null when it is known of nothing. */
export function sumCosts(costs: readonly Cost[], currency: string): Cost {
  const sum = (values: readonly number[]) => rounded(values.reduce((total, value) => total + value, 0));
  const known = costs.map(({ sinceCreation }) => sinceCreation).filter((amount) => amount !== null);
  return {
    perHour: sum(costs.map(({ perHour }) => perHour)),
    sinceCreation: known.length === 0 && costs.length > 0 ? null : sum(known),
    currency,
  };
}

/** To hundredths of a cent, so that sums do not show how computers add. */
function rounded(money: number): number {
  return Math.round(money * 10_000) / 10_000;
}
