import { z } from 'zod';
import { count, epoch, many, text } from './tolerant.js';

/**
 * A work order. The word of its result is `result`, or else `phase` (docs/api/workloads-and-operations.md "3. Work
 * orders").
 */
const orderSchema = z.looseObject({
  orderName: text,
  resourceName: text,
  resourceDisplayName: text,
  workspaceId: text,
  /** `apply`, `modify` or `delete`. */
  operation: text,
  phase: text,
  result: text,
  failReason: text,
  creationTimestamp: epoch,
  beginTimestamp: epoch,
  endTimestamp: epoch,
});

/** One page of orders, newest first. */
export const orderListSchema = z.looseObject({ count, items: many(orderSchema) });

/** The result of an order for the pool and for each node. */
export const orderDetailsSchema = z.looseObject({
  count,
  items: many(z.looseObject({ resourceName: text, action: text, status: text, message: text })),
});

/**
 * One page of the events of a pool (docs/api/workloads-and-operations.md "4.1 E1"). The order of the rows is not
 * promised.
 */
export const eventListSchema = z.looseObject({
  total: count,
  items: many(
    z.looseObject({ type: text, firstTimestamp: epoch, lastTimestamp: epoch, count, reason: text, message: text }),
  ),
});

/** One page of orders. */
export type OrderList = z.output<typeof orderListSchema>;
/** The results of one order. */
export type OrderDetails = z.output<typeof orderDetailsSchema>;
/** One page of events. */
export type EventList = z.output<typeof eventListSchema>;
