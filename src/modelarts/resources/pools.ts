import { type Endpoint, endpoint, rowDepth, type Transport, uniqueCreate } from '../call.js';
import { RowParser } from '../listed-rows.js';
import type { PoolWriteOptions, RequestOptions } from '../request-options.js';
import { isRecord } from '../response-body.js';
import { type Pool, type PoolList, poolListSchema, poolRowsSchema, poolSchema } from '../schemas/pool.js';
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

const create = endpoint('pools.create', 'POST', collection, poolSchema, uniqueCreate);
const list = endpoint('pools.list', 'GET', collection, poolListSchema);
export const listPoolRows = endpoint('pools.list', 'GET', collection, poolRowsSchema, { nullsDownTo: rowDepth });
const show = endpoint('pools.show', 'GET', single, poolSchema);
// The service rejects plain JSON with ModelArts.50004100.
const patch = endpoint('pools.patch', 'PATCH', single, poolSchema, { contentType: 'application/merge-patch+json' });
// 204 is a success too (docs/api/pools-and-flavors.md "5.7 How the Terraform client drives it").
const remove: Endpoint<Pool | null> = endpoint('pools.delete', 'DELETE', single, poolSchema.nullable(), {
  emptyResult: null,
});

function originHeaders({ userId, requestType }: PoolWriteOptions): Record<string, string> {
  return {
    ...(userId === undefined ? {} : { 'X-ModelArts-User-ID': userId }),
    ...(requestType === undefined ? {} : { 'request-type': requestType }),
  };
}

function displayNameOf(row: unknown): unknown {
  const metadata = isRecord(row) ? row.metadata : null;
  const labels = isRecord(metadata) ? metadata.labels : null;
  return isRecord(labels) ? labels['os.modelarts/name'] : null;
}

/**
 * Resource pools (docs/api/pools-and-flavors.md "2. Pools"). The id of a pool is its `metadata.name`. Every method
 * throws `ModelArtsError`.
 */
export class Pools {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Starts creating a pool. There is no idempotency token: after an unknown outcome, list the pools instead of
   * repeating the call.
   */
  async create(pool: PoolCreate, options: PoolWriteOptions = {}): Promise<Pool> {
    const body = this.#transport.check(create, poolCreateSchema, pool);
    const subject = body.metadata.labels['os.modelarts/name'];
    return this.#transport.send(create, { body, subject, headers: originHeaders(options), options });
  }

  /**
   * Returns all pools in one response. Without `status`, failed creations are hidden (docs/api/pools-and-flavors.md
   * "2.3 List").
   */
  async list(filter: PoolFilter = {}, options?: RequestOptions): Promise<PoolList> {
    return this.#transport.send(list, { query: this.#transport.check(list, poolFilterSchema, filter), options });
  }

  /** The same list as `list`, by id, with rows that are not parsed yet. */
  async listRows(filter: PoolFilter = {}, options?: RequestOptions): Promise<ReadonlyMap<string, unknown>> {
    return this.#transport.send(listPoolRows, {
      query: this.#transport.check(list, poolFilterSchema, filter),
      options,
    });
  }

  /** The listed pools of this id or display name. Parses their rows alone, so that a large project costs little. */
  async listNamed(
    { id, name }: { readonly id: string; readonly name: string },
    filter: PoolFilter = {},
    options?: RequestOptions,
  ): Promise<Pool[]> {
    const listed = await this.listRows(filter, options);
    const rows = new RowParser(poolSchema, listPoolRows).rows(listed);
    const wanted = [...listed].filter(([rowId, row]) => rowId === id || displayNameOf(row) === name);
    return wanted.flatMap(([rowId]) => rows.get(rowId) ?? []);
  }

  /** Returns one pool by its id, including one whose creation failed. */
  async show(id: string, options?: RequestOptions): Promise<Pool> {
    return this.#transport.send(show, { path: { pool_name: id }, options });
  }

  /**
   * Changes a pool by JSON merge patch, which replaces whole arrays (docs/api/pools-and-flavors.md "2.4 Show, PATCH,
   * DELETE").
   */
  async patch(id: string, change: PoolPatch, options: PoolWriteOptions = {}): Promise<Pool> {
    const body = this.#transport.check(patch, poolPatchSchema, change, id);
    return this.#transport.send(patch, { path: { pool_name: id }, body, headers: originHeaders(options), options });
  }

  /**
   * Starts deleting a pool with everything on it. It is deleted when `show` throws `notFound`
   * (docs/api/pools-and-flavors.md "5.5 Deletion"). Returns null when the response has no body.
   */
  async delete(id: string, options: PoolWriteOptions = {}): Promise<Pool | null> {
    return this.#transport.send(remove, { path: { pool_name: id }, headers: originHeaders(options), options });
  }
}
