import { z } from 'zod';
import type { Endpoint, Transport } from '../call.js';
import { ModelArtsError } from '../errors.js';
import type { RequestOptions } from '../request-options.js';
import { type Flavor, type FlavorPage, flavorListSchema } from '../schemas/flavor.js';

const listPage = {
  operation: 'flavors.list',
  method: 'GET',
  template: '/v1/{project_id}/resourceflavors',
  priority: 'read',
  answer: flavorListSchema,
  noun: 'flavor',
} satisfies Endpoint<FlavorPage>;

const filterSchema = z.strictObject({
  labelSelector: z.string().min(1, 'must not be empty').optional(),
  limit: z.int().min(1).max(500).optional(),
  continue: z.string().min(1, 'must not be empty').optional(),
});

/** Which flavors to list, and from where (docs/api/pools-and-flavors.md "4.1 Resource flavors"). */
export type FlavorFilter = z.input<typeof filterSchema>;

/** Resource flavors and where they are on sale (docs/api/pools-and-flavors.md "4.1 Resource flavors", "3.4 Flavor sale status"). */
export class Flavors {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** One page; `metadata.continue` of the answer leads to the next, empty or absent on the last. */
  async listPage(filter: FlavorFilter = {}, options?: RequestOptions): Promise<FlavorPage> {
    return this.#transport.send(listPage, { query: this.#transport.check(listPage, filterSchema, filter), options });
  }

  /** Every flavor, page after page, with the same filter (docs/api/pools-and-flavors.md "5.1 Pagination"). */
  async *list(filter: FlavorFilter = {}, options?: RequestOptions): AsyncGenerator<Flavor, void, undefined> {
    const seen = new Set<string>();
    let next: FlavorFilter = filter;
    for (;;) {
      const page = await this.listPage(next, options);
      yield* page.items;
      const position = page.metadata.continue ?? '';
      if (position === '' || page.items.length === 0) return;
      // A position that comes back would page for ever.
      if (seen.has(position)) {
        const { operation, method, template } = listPage;
        throw new ModelArtsError(`${operation}: the service answered the page position ${position} twice`, {
          kind: 'malformed',
          operation,
          method,
          template,
        });
      }
      seen.add(position);
      next = { ...filter, continue: position };
    }
  }
}
