import { z } from 'zod';
import { endpoint, type Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import { nonEmpty } from '../schemas/request-parts.js';
import {
  type ServicePage,
  servicePageSchema,
  type TrainingJobPage,
  trainingJobPageSchema,
} from '../schemas/workload.js';

/** A search is a read, although it is a POST. */
const search = endpoint(
  'trainingJobs.search',
  'POST',
  '/v2/{project_id}/training-job-searches',
  trainingJobPageSchema,
  {
    priority: 'read',
  },
);
const listServices = endpoint('services.list', 'GET', '/v2/{project_id}/services', servicePageSchema);

const searchSchema = z.strictObject({
  /** A page number. */
  offset: z.int().min(0).optional(),
  limit: z.int().min(1).max(50).optional(),
  workspace_id: nonEmpty.optional(),
  filters: z
    .array(
      z.strictObject({
        key: nonEmpty,
        operator: z.enum(['between', 'like', 'in', 'not']),
        value: z.array(nonEmpty).min(1).max(10),
      }),
    )
    .optional(),
});

/** Which training jobs to search (docs/api/workloads-and-operations.md "2.6 Other look-ups for the same question"). */
export type TrainingJobSearch = z.input<typeof searchSchema>;

/** Training jobs. Every method throws `ModelArtsError`. */
export class TrainingJobs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns one page of the training jobs that match. */
  async search(query: TrainingJobSearch, options?: RequestOptions): Promise<TrainingJobPage> {
    return this.#transport.send(search, { body: this.#transport.check(search, searchSchema, query), options });
  }
}

const serviceFilterSchema = z.strictObject({
  pool_id: nonEmpty.optional(),
  workspace_id: nonEmpty.optional(),
  offset: z.int().min(0).optional(),
  limit: z.int().min(1).max(500).optional(),
});

/** Which services to list. `offset` must be a multiple of `limit`. */
export type ServiceFilter = z.input<typeof serviceFilterSchema>;

/**
 * Inference services of the current API (docs/api/workloads-and-operations.md "2.6 Other look-ups for the same
 * question").
 */
export class Services {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns one page of services. */
  async list(filter: ServiceFilter = {}, options?: RequestOptions): Promise<ServicePage> {
    const query = this.#transport.check(listServices, serviceFilterSchema, filter);
    return this.#transport.send(listServices, { query, options });
  }
}
