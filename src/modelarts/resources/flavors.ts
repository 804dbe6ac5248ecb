import { z } from 'zod';
import { endpoint, type Transport } from '../call.js';
import { ModelArtsError } from '../errors.js';
import type { RequestOptions } from '../request-options.js';
import { type Flavor, type FlavorPage, flavorListSchema } from '../schemas/flavor.js';
import { nonEmpty } from '../schemas/request-parts.js';

const listPage = endpoint('flavors.list', 'GET', '/v1/{project_id}/resourceflavors', flavorListSchema);

const filterSchema = z.strictObject({
  labelSelector: nonEmpty.optional(),
  limit: z.int().min(1).max(500).optional(),
  continue: nonEmpty.optional(),
});

/** Which flavors to list (docs/api/pools-and-flavors.md "4.1 Resource flavors"). `continue` is the token of a page. */
export type FlavorFilter = z.input<typeof filterSchema>;

/**
 * Resource flavors and their availability (docs/api/pools-and-flavors.md "4.1 Resource flavors", "3.4 Flavor sale
 * status"). Every method throws `ModelArtsError`.
 */
export class Flavors {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns one page. Its `metadata.continue` is the token of the next page, empty or absent on the last. */
  async listPage(filter: FlavorFilter = {}, options?: RequestOptions): Promise<FlavorPage> {
    return this.#transport.send(listPage, { query: this.#transport.check(listPage, filterSchema, filter), options });
  }

  /** Yields every flavor that matches the filter, page by page (docs/api/pools-and-flavors.md "5.1 Pagination"). */
  async *list(filter: FlavorFilter = {}, options?: RequestOptions): AsyncGenerator<Flavor, void, undefined> {
    const seen = new Set<string>();
    let next: FlavorFilter = filter;
    for (;;) {
      const page = await this.listPage(next, options);
      yield* page.items;
      const token = page.metadata.continue ?? '';
      if (token === '' || page.items.length === 0) return;
      // A repeated token would make this loop endless.
      if (seen.has(token)) {
        const { operation, method, template } = listPage;
        throw new ModelArtsError(`${operation} failed: the service returned the page token ${token} twice`, {
          kind: 'malformed',
          operation,
          method,
          template,
        });
      }
      seen.add(token);
      next = { ...filter, continue: token };
    }
  }
}
