import { z } from 'zod';
import { endpoint, type Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import {
  type EventList,
  eventListSchema,
  type OrderDetails,
  type OrderList,
  orderDetailsSchema,
  orderListSchema,
} from '../schemas/order.js';
import { nonEmpty } from '../schemas/request-parts.js';

const list = endpoint('orders.list', 'GET', '/v1/{project_id}/orders', orderListSchema);
const show = endpoint('orders.show', 'GET', '/v1/{project_id}/orders/{order_name}', orderDetailsSchema);
const listEvents = endpoint('events.list', 'GET', '/v1/{project_id}/events', eventListSchema);

const span = {
  limit: z.int().min(0).max(500).optional(),
  /** Epoch milliseconds. */
  since: z.int().min(0).optional(),
  until: z.int().min(0).optional(),
};

const orderFilter = z.strictObject({
  ...span,
  workspaceId: nonEmpty.optional(),
  /** The id of a pool. One edition documents its display name. */
  involvedName: nonEmpty.optional(),
  offset: z.int().min(0).max(500).optional(),
});

const eventFilter = z.strictObject({ ...span, type: z.enum(['Normal', 'Warning']).optional() });

/**
 * Work orders of pools (docs/api/workloads-and-operations.md "3. Work orders"). Every method throws `ModelArtsError`.
 */
export class Orders {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns one page of orders of the last month, newest first. Give `since`: old orders may fill the page. */
  async list(filter: z.input<typeof orderFilter> = {}, options?: RequestOptions): Promise<OrderList> {
    return this.#transport.send(list, { query: this.#transport.check(list, orderFilter, filter), options });
  }

  /** Returns the results of one order for the pool and for each node. */
  async show(name: string, options?: RequestOptions): Promise<OrderDetails> {
    return this.#transport.send(show, { path: { order_name: name }, options });
  }
}

/** Events of pools (docs/api/workloads-and-operations.md "4.1 E1"). Every method throws `ModelArtsError`. */
export class Events {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns one page of the events of a pool. They are gone with the pool. */
  async list(poolId: string, filter: z.input<typeof eventFilter> = {}, options?: RequestOptions): Promise<EventList> {
    const checked = this.#transport.check(listEvents, eventFilter, filter, poolId);
    return this.#transport.send(listEvents, { query: { ...checked, resource: 'pools', name: poolId }, options });
  }
}
