import type { PriceTable } from '../../domain/price.js';
import type { Inventory, InventoryItem } from '../../domain/resource/inventory.js';
import { readAgain, readProject } from '../../inventory/reader.js';
import { reading } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { workspacesFor, workspacesInUse } from '../resource/workspaces.js';

/** Activities that read the project as a whole. */
export function inventoryActivities(deps: ActivityDeps) {
  return {
    /**
     * All pools and notebooks, or those that may be of a name; what could not be read is named in the answer, so that nobody
     * concludes from what is missing.
     */
    async readInventory(input: { name?: string } = {}): Promise<Inventory> {
      return await reading(async ({ signal }) => {
        const { name } = input;
        const { ids, unasked } = await (name === undefined
          ? workspacesInUse(deps, signal)
          : workspacesFor(deps, signal, name));
        const inventory = await readProject(deps, signal, ids);
        return { ...inventory, unread: [...inventory.unread, ...unasked] };
      });
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
