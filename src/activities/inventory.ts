import type { Inventory, InventoryItem } from '../domain/inventory.js';
import type { PriceTable } from '../domain/price.js';
import { readAgain, readProject } from '../inventory/reader.js';
import { reading } from './calls.js';
import type { ActivityDeps } from './deps.js';

/** Activities that read the project as a whole. */
export function inventoryActivities(deps: ActivityDeps) {
  return {
    /** All pools and notebooks; what could not be read is named in the answer, so that nobody concludes from what is missing. */
    async readInventory(input: { workspaceIds?: readonly string[] } = {}): Promise<Inventory> {
      return await reading(({ signal }) => readProject(deps, signal, input.workspaceIds));
    },

    /** What flavors cost, by this worker's own price table; null without one. */
    async readPrices(): Promise<PriceTable | null> {
      return deps.prices;
    },

    /** Looks at resources once more by id, as before they are called orphans: a list may still tell of what is gone. */
    async lookAgain(input: { items: readonly InventoryItem[] }): Promise<InventoryItem[]> {
      return await reading(({ signal }) => readAgain(deps, signal, input.items));
    },
  };
}
