import { z } from 'zod';
import type { Endpoint, Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import { type Network, type NetworkPage, networkListSchema, networkSchema } from '../schemas/network.js';
import { wireText } from '../schemas/pool-parts.js';

const collection = '/v1/{project_id}/networks';
const noun = 'network';

const list = {
  operation: 'networks.list',
  method: 'GET',
  template: collection,
  priority: 'read',
  answer: networkListSchema,
  noun,
} satisfies Endpoint<NetworkPage>;
const show = {
  operation: 'networks.show',
  method: 'GET',
  template: `${collection}/{network_name}`,
  priority: 'read',
  answer: networkSchema,
  noun,
} satisfies Endpoint<Network>;

const filterSchema = z.strictObject({
  workspaceId: wireText.optional(),
  labelSelector: z.string().min(1, 'must not be empty').optional(),
  limit: z.int().min(0).max(500).optional(),
  continue: z.string().min(1, 'must not be empty').optional(),
});

/** Which networks to list (docs/api/pools-and-flavors.md "4.2 Networks"). */
export type NetworkFilter = z.input<typeof filterSchema>;

/** Networks that physical pools live in (docs/api/pools-and-flavors.md "4.2 Networks"); an id is a `metadata.name`. */
export class Networks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** One page; at the default of 500 a page holds every network that a project may have. */
  async list(filter: NetworkFilter = {}, options?: RequestOptions): Promise<NetworkPage> {
    return this.#transport.send(list, { query: this.#transport.check(list, filterSchema, filter), options });
  }

  /** One network by its id. */
  async show(id: string, options?: RequestOptions): Promise<Network> {
    return this.#transport.send(show, { path: { network_name: id }, options });
  }
}
