import { applyFlavorStatus } from '../flavors/availability.js';
import type { LivingRecord, ScheduledTransition } from '../records.js';
import type { World } from '../world.js';
import { applyToCurrentNotebook } from './current-notebook-lifecycle.js';
import { applyToImage } from './image-lifecycle.js';
import { applyToNetwork } from './network-lifecycle.js';
import { applyToNotebook } from './notebook-lifecycle.js';
import { applyToPool } from './pool-lifecycle.js';
import { takeDue } from './schedule.js';
import { applyToWorkload } from './workload-lifecycle.js';

/**
 * Applies all scheduled transitions up to now. Only this function changes state as time passes, and every call runs it
 * first. So a response depends on the clock and the seed, and never on earlier reads.
 */
export function advance(world: World): void {
  const now = world.clock.now();
  for (let item = takeDue(world, now); item !== undefined; item = takeDue(world, now)) {
    const { pools, notebooks, currentNotebooks, networks } = world.state;
    if (item.kind === 'pool') applyTo(world, pools, item, applyToPool);
    else if (item.kind === 'notebook') applyTo(world, notebooks, item, applyToNotebook);
    else if (item.kind === 'workload') applyTo(world, world.state.workloads, item, applyToWorkload);
    else if (item.kind === 'currentNotebook') applyTo(world, currentNotebooks, item, applyToCurrentNotebook);
    else if (item.kind === 'image') applyTo(world, world.state.images, item, applyToImage);
    else if (item.kind === 'network') applyTo(world, networks, item, applyToNetwork);
    else applyFlavorStatus(world, item);
  }
}

function applyTo<T extends LivingRecord>(
  world: World,
  records: readonly T[],
  item: ScheduledTransition,
  apply: (world: World, record: T, item: ScheduledTransition) => void,
): void {
  const record = records.find(({ uid }) => uid === item.uid);
  if (record !== undefined) apply(world, record, item);
}
