import { z } from 'zod';
import { endpoint, type Transport } from '../call.js';
import { describeCall, ModelArtsError } from '../errors.js';
import type { RequestOptions } from '../request-options.js';
import { nonEmpty } from '../schemas/request-parts.js';
import {
  type PoolRuntime,
  poolRuntimeSchema,
  type Workload,
  type WorkloadPage,
  type WorkloadStatistics,
  workloadPageSchema,
  workloadStatisticsSchema,
} from '../schemas/workload.js';

const ofPool = { kind: 'pool', priority: 'guard' } as const;
const list = endpoint(
  'workloads.list',
  'GET',
  '/v2/{project_id}/pools/{pool_name}/workloads',
  workloadPageSchema,
  ofPool,
);
const statistics = endpoint(
  'workloads.statistics',
  'GET',
  '/v2/{project_id}/statistics/pools/{pool_name}/workloads',
  workloadStatisticsSchema,
  ofPool,
);
const runtime = endpoint('workloads.runtime', 'GET', '/v2/{project_id}/metrics/runtime/pools', poolRuntimeSchema);

const filterSchema = z.strictObject({
  type: z.enum(['train', 'infer', 'notebook', 'x-infer']).optional(),
  status: nonEmpty.optional(),
  sort: z.literal('create_time').optional(),
  ascend: z.boolean().transform(String).optional(),
  offset: z.int().min(0).optional(),
  limit: z.int().min(0).max(500).optional(),
});

/** Which workloads to list (docs/api/workloads-and-operations.md "2.1 W1 query"). */
export type WorkloadFilter = z.input<typeof filterSchema>;

const pageSize = 500;
/** Bounds a read of a pool: 20,000 rows. */
const mostPages = 40;

/**
 * Jobs on pools (docs/api/workloads-and-operations.md "2. Workloads (W1, W2, W3)"). Every method throws
 * `ModelArtsError`.
 */
export class Workloads {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns one page of the workloads of a pool, of all users. */
  async listPage(poolId: string, filter: WorkloadFilter = {}, options?: RequestOptions): Promise<WorkloadPage> {
    const query = this.#transport.check(list, filterSchema, filter, poolId);
    return this.#transport.send(list, { path: { pool_name: poolId }, query, options });
  }

  /**
   * Yields the workloads of a pool, page by page, oldest first, so that a new job cannot push a row off a page. Throws
   * `malformed` when rows cannot be read, when fewer arrive than the service counts, and beyond 20,000 rows.
   */
  async *list(
    poolId: string,
    filter: Omit<WorkloadFilter, 'offset' | 'limit' | 'sort' | 'ascend'> = {},
    options?: RequestOptions,
  ): AsyncGenerator<Workload, void, undefined> {
    let offset = 0;
    for (let page = 0; page < mostPages; page += 1) {
      const query = { ...filter, sort: 'create_time', ascend: true, offset, limit: pageSize } as const;
      const { items, unreadable, total } = await this.listPage(poolId, query, options);
      yield* items;
      if (unreadable > 0) throw new UnreadableRowsError(poolId, `${unreadable} rows are no objects`);
      offset += items.length;
      if (items.length === 0 && offset < (total ?? 0))
        throw new ModelArtsError(`${about(poolId)}: the list ends after ${offset} of ${total} rows`, malformed(poolId));
      if (offset >= (total ?? 0) && items.length < pageSize) return;
    }
    throw new UnreadableRowsError(poolId, `there are more than ${mostPages * pageSize} rows`);
  }

  /** Returns the counts of the workloads of a pool by kind and status. */
  async statistics(poolId: string, options?: RequestOptions): Promise<WorkloadStatistics> {
    return this.#transport.send(statistics, { path: { pool_name: poolId }, options });
  }

  /** Returns the allocation of all pools of the project. A pool that is missing is unknown, not idle. */
  async runtime(options?: RequestOptions): Promise<PoolRuntime> {
    return this.#transport.send(runtime, { options });
  }
}

function about(poolId: string): string {
  return describeCall({ ...malformed(poolId), operation: list.operation });
}

function malformed(poolId: string) {
  const { operation, method, template } = list;
  return { kind: 'malformed', operation, method, template, subject: `pool ${poolId}` } as const;
}

/** The workloads of a pool cannot be known, and reading them again would not change that. */
export class UnreadableRowsError extends ModelArtsError {
  override readonly name = 'UnreadableRowsError';

  constructor(poolId: string, why: string) {
    super(`${about(poolId)}: the list cannot be read: ${why}`, malformed(poolId));
  }
}
