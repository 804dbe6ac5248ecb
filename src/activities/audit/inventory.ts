import type { PriceTable } from '../../domain/price.js';
import type { Inventory, InventoryItem } from '../../domain/resource/inventory.js';
import { readAgain, readProject } from '../../inventory/reader.js';
import { readOrFail } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { workspacesFor, workspacesInUse } from '../resource/workspaces.js';

/** Activities that read the project as a whole. */
export function inventoryActivities(deps: ActivityDeps) {
  return {
    /**
     * Reads all pools and notebooks, or those that may belong to a name. The result names the lists that could not be
     * read.
     */
    async readInventory(input: { name?: string } = {}): Promise<Inventory> {
      return await readOrFail(async ({ signal }) => {
        const { name } = input;
        const { ids, unasked } = await (name === undefined
          ? workspacesInUse(deps, signal)
          : workspacesFor(deps, signal, name));
        const inventory = await readProject(deps, signal, ids);
        return { ...inventory, unread: [...inventory.unread, ...unasked] };
      });
    },

    /** The price table of this worker; null without one. */
    async readPrices(): Promise<PriceTable | null> {
      return deps.prices;
    },

    /** Reads resources again by id before they are reported as orphans: a list may still contain deleted ones. */
    async lookAgain(input: { items: readonly InventoryItem[] }): Promise<InventoryItem[]> {
      return await readOrFail(({ signal }) => readAgain(deps, signal, input.items));
    },
  };
}
