import { applyFlavorStatus } from '../flavors/availability.js';
import type { World } from '../world.js';
import { applyToNetwork } from './network-lifecycle.js';
import { applyToNotebook } from './notebook-lifecycle.js';
import { applyToPool } from './pool-lifecycle.js';
import { takeDue } from './schedule.js';

/**
 * Applies all scheduled transitions up to now. Only this function changes state as time passes, and every call runs it
 * first. So a response depends on the clock and the seed, and never on earlier reads.
 */
export function advance(world: World): void {
  const now = world.clock.now();
  for (let item = takeDue(world, now); item !== undefined; item = takeDue(world, now)) {
    const { uid } = item;
    switch (item.kind) {
      case 'pool': {
        const pool = world.state.pools.find((record) => record.uid === uid);
        if (pool !== undefined) applyToPool(world, pool, item);
        break;
      }
      case 'notebook': {
        const notebook = world.state.notebooks.find((record) => record.uid === uid);
        if (notebook !== undefined) applyToNotebook(world, notebook, item);
        break;
      }
      case 'network': {
        const network = world.state.networks.find((record) => record.uid === uid);
        if (network !== undefined) applyToNetwork(world, network, item);
        break;
      }
      case 'flavor':
        applyFlavorStatus(world, item);
        break;
    }
  }
}
