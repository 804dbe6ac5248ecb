import type { Endpoint, Transport } from '../call.js';
import type { PoolWriteOptions, RequestOptions } from '../request-options.js';
import { type Pool, type PoolList, poolListSchema, poolSchema } from '../schemas/pool.js';
import {
  type PoolCreate,
  type PoolFilter,
  type PoolPatch,
  poolCreateSchema,
  poolFilterSchema,
  poolPatchSchema,
} from '../schemas/pool-request.js';

const collection = '/v2/{project_id}/pools';
const single = `${collection}/{pool_name}`;
const noun = 'pool';

const create = {
  operation: 'pools.create',
  method: 'POST',
  template: collection,
  priority: 'create',
  answer: poolSchema,
  noun,
} satisfies Endpoint<Pool>;
const list = {
  operation: 'pools.list',
  method: 'GET',
  template: collection,
  priority: 'read',
  answer: poolListSchema,
  noun,
} satisfies Endpoint<PoolList>;
const show = {
  operation: 'pools.show',
  method: 'GET',
  template: single,
  priority: 'read',
  answer: poolSchema,
  noun,
} satisfies Endpoint<Pool>;
const patch = {
  operation: 'pools.patch',
  method: 'PATCH',
  template: single,
  priority: 'create',
  answer: poolSchema,
  noun,
  // Plain JSON is refused with ModelArts.50004100.
  contentType: 'application/merge-patch+json',
} satisfies Endpoint<Pool>;
const remove = {
  operation: 'pools.delete',
  method: 'DELETE',
  template: single,
  priority: 'delete',
  answer: poolSchema.nullable(),
  // 204 counts as done too (docs/api/pools-and-flavors.md "5.7 How the Terraform client drives it").
  emptyAnswer: null,
  noun,
} satisfies Endpoint<Pool | null>;

function originHeaders({ userId, requestType }: PoolWriteOptions): Record<string, string> {
  return {
    ...(userId === undefined ? {} : { 'X-ModelArts-User-ID': userId }),
    ...(requestType === undefined ? {} : { 'request-type': requestType }),
  };
}

/** Resource pools (docs/api/pools-and-flavors.md "2. Pools"); a pool's id is its `metadata.name`. */
export class Pools {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Starts making a pool; it has no idempotency token, so an unknown outcome must be looked up, not sent again. */
  async create(pool: PoolCreate, options: PoolWriteOptions = {}): Promise<Pool> {
    const body = this.#transport.check(create, poolCreateSchema, pool);
    const subject = body.metadata.labels['os.modelarts/name'];
    return this.#transport.send(create, { body, subject, headers: originHeaders(options), options });
  }

  /** All pools, in one answer; without `status`, failed creations are hidden (docs/api/pools-and-flavors.md "2.3 List"). */
  async list(filter: PoolFilter = {}, options?: RequestOptions): Promise<PoolList> {
    return this.#transport.send(list, { query: this.#transport.check(list, poolFilterSchema, filter), options });
  }

  /** One pool by its id, also one whose creation failed. */
  async show(id: string, options?: RequestOptions): Promise<Pool> {
    return this.#transport.send(show, { path: { pool_name: id }, options });
  }

  /** Changes a pool by JSON merge patch; arrays replace as wholes (docs/api/pools-and-flavors.md "2.4 Show, PATCH, DELETE"). */
  async patch(id: string, change: PoolPatch, options: PoolWriteOptions = {}): Promise<Pool> {
    const body = this.#transport.check(patch, poolPatchSchema, change, id);
    return this.#transport.send(patch, { path: { pool_name: id }, body, headers: originHeaders(options), options });
  }

  /** Starts deleting a pool and everything on it; it is gone when `show` says `notFound` (docs/api/pools-and-flavors.md "5.5 Deletion"). Null when the answer has no body. */
  async delete(id: string, options: PoolWriteOptions = {}): Promise<Pool | null> {
    return this.#transport.send(remove, { path: { pool_name: id }, headers: originHeaders(options), options });
  }
}
