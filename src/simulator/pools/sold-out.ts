import { poolError } from '../errors.js';
import type { SoldOutResponse } from '../faults/fault.js';
import { isAvailable } from '../flavors/availability.js';
import type { PoolResource } from '../records.js';
import type { World } from '../world.js';

/** The rows whose flavor is sold out in one of their zones, or everywhere. */
export function soldOutRows(world: World, rows: readonly PoolResource[]): PoolResource[] {
  const zonesOf = ({ azs }: PoolResource) => azs?.map(({ az }) => az);
  return rows.filter((row) => !isAvailable(world, row.flavor, zonesOf(row)));
}

/** Refuses a request that needs sold-out flavors, unless it is accepted and fails later. */
export function refuseSoldOut(rows: readonly PoolResource[], answer: SoldOutResponse): void {
  if (rows.length === 0 || answer !== 'refuse') return;
  throw poolError(400, '3952', `The resources of flavor ${flavorsIn(rows)} are insufficient or sold out.`);
}

/** The names of the flavors in a message. */
export function flavorsIn(rows: readonly PoolResource[]): string {
  return rows.map(({ flavor }) => flavor).join(', ');
}
