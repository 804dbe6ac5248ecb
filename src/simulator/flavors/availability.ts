import { schedule } from '../lifecycles/schedule.js';
import type { ScheduledTransition } from '../records.js';
import type { World } from '../world.js';

/** Sets a pool flavor's sale status, in one AZ or in all, and lets it return after a while when asked to. */
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

/** Sets a notebook flavor's sale status, and lets it return after a while when asked to. */
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

/** Carries out what the agenda says of a sale. */
export function applyFlavorStatus(world: World, item: ScheduledTransition): void {
  if (item.track === 'notebookSale') {
    if (world.state.notebookSale[item.uid] === item.from) world.state.notebookSale[item.uid] = item.to;
    return;
  }
  const zones = world.state.sale[item.uid];
  if (zones?.[item.key] === item.from) zones[item.key] = item.to;
}

/** Whether a flavor can be had in the wanted AZs, or in any AZ when none is named (docs/api/pools-and-flavors.md "3.4 Flavor sale status"). */
export function isAvailable(world: World, flavor: string, azs?: readonly string[]): boolean {
  const zones = world.state.sale[flavor] ?? {};
  return azs === undefined ? Object.values(zones).includes('normal') : azs.every((az) => zones[az] === 'normal');
}
