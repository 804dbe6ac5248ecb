import { SECOND } from '../duration.js';

/**
 * Sale status of a flavor by availability zone (docs/api/pools-and-flavors.md "3.4 Flavor sale status"); null when the
 * service reports none.
 */
export interface FlavorFacts {
  readonly name: string;
  readonly sale: Readonly<Record<string, string>> | null;
}

/** One way to create the pool, as in `spec.resources`. */
export interface Choice {
  readonly resources: readonly {
    readonly flavor: string;
    readonly count: number;
    readonly azs?: readonly { readonly az: string; readonly count: number }[];
  }[];
}

/** `unknown`: the service lists neither the flavor nor its sale status. It may still be tried. */
export type Sale = 'onSale' | 'soldOut' | 'unknown';

function saleOf(resource: Choice['resources'][number], flavors: readonly FlavorFacts[]): Sale {
  const sale = flavors.find((flavor) => flavor.name === resource.flavor)?.sale ?? null;
  if (sale === null) return 'unknown';
  const wanted = resource.azs?.map(({ az }) => az) ?? [];
  const isOnSale =
    wanted.length > 0 ? wanted.every((az) => sale[az] === 'normal') : Object.values(sale).includes('normal');
  return isOnSale ? 'onSale' : 'soldOut';
}

/** Whether every flavor of a choice is on sale in the zones that it names, or anywhere when it names none. */
export function saleOfChoice(choice: Choice, flavors: readonly FlavorFacts[]): Sale {
  const sales = choice.resources.map((resource) => saleOf(resource, flavors));
  if (sales.includes('soldOut')) return 'soldOut';
  return sales.includes('unknown') ? 'unknown' : 'onSale';
}

/** The flavors of some choices, each once. */
export function flavorsOf(choices: readonly Choice[]): string[] {
  return [...new Set(choices.flatMap(({ resources }) => resources.map(({ flavor }) => flavor)))];
}

/** The sale status as it was read once, and since when (epoch ms) it may be out of date. */
export interface KnownSale {
  readonly flavors: readonly FlavorFacts[];
  readonly since: number;
}

/** How long a sale status may be used. A create that finds no capacity is refused and takes the next choice anyway. */
const saleHoldsMs = 10 * SECOND;

/** The sale status, if it is still recent. */
export function recentSale(known: KnownSale | null, now: number): readonly FlavorFacts[] | null {
  return known !== null && now - known.since <= saleHoldsMs ? known.flavors : null;
}

/** The choice that a resource was created from, by its flavors; null when it fits none. */
export function choiceOf(choices: readonly Choice[], wanted: Readonly<Record<string, number>>): number | null {
  const flavors = Object.keys(wanted).sort().join(' ');
  const index = choices.findIndex(
    ({ resources }) => [...new Set(resources.map(({ flavor }) => flavor))].sort().join(' ') === flavors,
  );
  return index < 0 ? null : index;
}

/** The first choice that may be tried, counting from `from`; null while all of them are sold out. */
export function firstOnSale(choices: readonly Choice[], flavors: readonly FlavorFacts[], from: number): number | null {
  const index = choices.findIndex((choice, at) => at >= from && saleOfChoice(choice, flavors) !== 'soldOut');
  return index < 0 ? null : index;
}

export function describeSoldOut(choices: readonly Choice[]): string {
  const names = [...new Set(choices.flatMap((choice) => choice.resources.map(({ flavor }) => flavor)))];
  return `no capacity: ${names.join(', ')} sold out in every zone that fits`;
}

export function choiceAt(choices: readonly Choice[], index: number): Choice {
  const choice = choices[index];
  if (choice === undefined) throw new Error(`There is no flavor choice ${index}.`);
  return choice;
}
