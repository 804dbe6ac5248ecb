import type { Inventory } from '../../domain/resource/inventory.js';
import { isMarkedBy } from '../../domain/resource/marker.js';
import { readProject } from '../../inventory/reader.js';
import { creatingOperations } from '../../spec/hash.js';
import { readOrFail } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { workspacesFor } from '../resource/workspaces.js';

/** Activities that look for the resources of a name in the whole project. */
export function inventoryActivities(deps: ActivityDeps) {
  return {
    /**
     * Reads the pools and notebooks that may belong to a name: created under it, or with that name. The result names
     * the lists that could not be read.
     */
    async readInventory({ name }: { name: string }): Promise<Inventory> {
      return await readOrFail(async ({ signal }) => {
        const { ids, unasked } = await workspacesFor(deps, signal, name);
        const { at, items, unread } = await readProject(deps, signal, ids);
        const owners = creatingOperations(name).map(({ owner }) => owner);
        const found = items.filter(
          (item) =>
            item.name === name || (isMarkedBy(item.marker, deps.installation) && owners.includes(item.marker.owner)),
        );
        return { at, items: found, unread: [...unread, ...unasked] };
      });
    },
  };
}
