import { schedule } from '../lifecycles/schedule.js';
import type { ScheduledTransition } from '../records.js';
import type { World } from '../world.js';

/**
 * Sets the status of a pool flavor in one AZ or in all. With `forMs`, the old status returns after that time. Returns
 * the changed AZs.
 */
export function setFlavorStatus(
  world: World,
  flavor: string,
  status: 'normal' | 'soldout',
  az?: string,
  forMs?: number,
): string[] {
  const zones = world.state.sale[flavor];
  if (zones === undefined) return [];
  const changed = Object.keys(zones).filter((zone) => az === undefined || zone === az);
  const at = world.clock.now();
  for (const zone of changed) {
    const before = zones[zone] ?? 'normal';
    zones[zone] = status;
    if (forMs === undefined) continue;
    schedule(world, {
      at: at + forMs,
      kind: 'flavor',
      uid: flavor,
      track: 'sale',
      key: zone,
      from: status,
      to: before,
    });
  }
  return changed;
}

/** Sets the status of a notebook flavor. With `forMs`, the old status returns after that time. */
export function setNotebookFlavorStatus(
  world: World,
  flavor: string,
  status: 'onSale' | 'soldOut',
  forMs?: number,
): void {
  const before = world.state.notebookSale[flavor] ?? 'onSale';
  world.state.notebookSale[flavor] = status;
  if (forMs === undefined) return;
  const at = world.clock.now() + forMs;
  schedule(world, { at, kind: 'flavor', uid: flavor, track: 'notebookSale', key: '', from: status, to: before });
}

/** Applies a scheduled change of a flavor's status. */
export function applyFlavorStatus(world: World, item: ScheduledTransition): void {
  if (item.track === 'notebookSale') {
    if (world.state.notebookSale[item.uid] === item.from) world.state.notebookSale[item.uid] = item.to;
    return;
  }
  const zones = world.state.sale[item.uid];
  if (zones?.[item.key] === item.from) zones[item.key] = item.to;
}

/**
 * Whether a flavor is available in all the given AZs, or in any AZ when none is given (docs/api/pools-and-flavors.md
 * "3.4 Flavor sale status").
 */
export function isAvailable(world: World, flavor: string, azs?: readonly string[]): boolean {
  const zones = world.state.sale[flavor] ?? {};
  return azs === undefined ? Object.values(zones).includes('normal') : azs.every((az) => zones[az] === 'normal');
}
