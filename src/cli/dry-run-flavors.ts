import type { Spec } from '../contract/spec.js';
import { poolChoices } from '../domain/provision/pool-choices.js';
import { describeSoldOut, type FlavorFacts, firstOnSale, saleOfChoice } from '../domain/resource/flavor.js';
import { flavorFacts, flavorRow } from '../inventory/flavor-facts.js';
import type { ModelArts } from '../modelarts/client.js';
import type { DryRunCheck } from './output/dry-run.js';

/** A flavor with the cards of a node, such as `8 x ascend-snt9`. */
export interface ListedFlavor extends FlavorFacts {
  readonly accelerator: string | null;
}

/** Lists all flavors. */
export async function listFlavors(modelarts: ModelArts, signal: AbortSignal): Promise<ListedFlavor[]> {
  const facts: ListedFlavor[] = [];
  for await (const flavor of modelarts.flavors.list({}, { signal })) {
    facts.push({ ...flavorFacts(flavor), accelerator: flavorRow(flavor).accelerator });
  }
  return facts;
}

/** The index of the choice that would be used now; null when all are sold out. */
export function chooseFlavor(
  { pool }: Spec,
  facts: readonly FlavorFacts[],
): { flavor: number | null; check: DryRunCheck | null } {
  if (pool === undefined) return { flavor: null, check: null };
  const choices = poolChoices(pool);
  const flavor = firstOnSale(choices, facts, 0);
  const names = (choices[flavor ?? 0]?.resources ?? []).map((resource) => resource.flavor).join(', ');
  const chosen = flavor === null ? undefined : choices[flavor];
  if (chosen === undefined)
    return {
      flavor,
      check: {
        subject: `flavor ${names}`,
        state: 'warning',
        finding: `${describeSoldOut(choices)}; the run would wait`,
      },
    };
  const sale = saleOfChoice(chosen, facts);
  const isListed = chosen.resources.every((resource) => facts.some((one) => one.name === resource.flavor));
  const unknown = isListed ? 'the service reports no sale status' : 'the service does not list this flavor';
  const check: DryRunCheck =
    sale === 'onSale'
      ? { subject: `flavor ${names}`, state: 'ok', finding: describeSale(names, facts) }
      : {
          subject: `flavor ${names}`,
          state: 'warning',
          finding: `${unknown}; the create request may be rejected`,
        };
  return { flavor, check };
}

function describeSale(names: string, facts: readonly FlavorFacts[]): string {
  const zones = facts
    .filter(({ name }) => names.split(', ').includes(name))
    .flatMap(({ sale }) => Object.entries(sale ?? {}));
  return `on sale in ${[...new Set(zones.filter(([, state]) => state === 'normal').map(([zone]) => zone))].join(', ')}`;
}
