import { dropPoolEvents, logPoolEvents } from '../events/event-log.js';
import { followCreation, settleOrders } from '../orders/order-book.js';
import type { PoolRecord } from '../records.js';
import type { World } from '../world.js';

/** Keeps events and orders up to date. It runs after every change of a pool's phase or nodes. */
export function followPool(world: World, pool: PoolRecord, at: number): void {
  followCreation(world, pool, at);
  settleOrders(world, pool, at);
  if (pool.phase === 'Gone') dropPoolEvents(world, pool);
  else logPoolEvents(world, pool, at);
}
