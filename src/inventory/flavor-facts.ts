import type { FlavorFacts } from '../domain/resource/flavor.js';
import type { Flavor } from '../modelarts/schemas/flavor.js';

/** Reads a flavor's answer (docs/api/pools-and-flavors.md "3.4 Flavor sale status"); an empty sale status says as little as none. */
export function flavorFacts({ metadata, status }: Flavor): FlavorFacts {
  const sale = status?.phase;
  return { name: metadata.name, sale: sale === undefined || Object.keys(sale).length === 0 ? null : sale };
}
