import { z } from 'zod';
import { endpoint, type Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import { type Network, type NetworkPage, networkListSchema, networkSchema } from '../schemas/network.js';
import { nonEmpty, scalarText } from '../schemas/request-parts.js';

const collection = '/v1/{project_id}/networks';

const list = endpoint('networks.list', 'GET', collection, networkListSchema);
const show = endpoint('networks.show', 'GET', `${collection}/{network_name}`, networkSchema);

const filterSchema = z.strictObject({
  workspaceId: scalarText.optional(),
  labelSelector: nonEmpty.optional(),
  limit: z.int().min(0).max(500).optional(),
  continue: nonEmpty.optional(),
});

/** Which networks to list (docs/api/pools-and-flavors.md "4.2 Networks"). */
export type NetworkFilter = z.input<typeof filterSchema>;

/**
 * Networks for physical pools (docs/api/pools-and-flavors.md "4.2 Networks"). The id of a network is its
 * `metadata.name`. Every method throws `ModelArtsError`.
 */
export class Networks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns one page. With the default limit of 500, a page holds every network that a project may have. */
  async list(filter: NetworkFilter = {}, options?: RequestOptions): Promise<NetworkPage> {
    return this.#transport.send(list, { query: this.#transport.check(list, filterSchema, filter), options });
  }

  /** Returns one network by its id. */
  async show(id: string, options?: RequestOptions): Promise<Network> {
    return this.#transport.send(show, { path: { network_name: id }, options });
  }
}
