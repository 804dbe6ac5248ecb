import { endpoint, type Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import {
  type NotebookCluster,
  type NotebookFeature,
  notebookClusterPageSchema,
  notebookClusterSchema,
  notebookFeatureSchema,
} from '../schemas/current-notebook-flavor.js';
import { type NotebookClusterFilter, notebookClusterFilterSchema } from '../schemas/current-notebook-request.js';
import { readRows } from './rows.js';

const authoring = '/v1/{project_id}/authoring';
const showFeature = endpoint('features.show', 'GET', `${authoring}/features/{feature}`, notebookFeatureSchema);
const listClusters = endpoint('clusters.list', 'GET', `${authoring}/clusters`, notebookClusterPageSchema);
const showCluster = endpoint('clusters.show', 'GET', `${authoring}/clusters/{cluster_id}`, notebookClusterSchema);
/** The documented default. */
const pageSize = 1000;

/**
 * Switches and quotas of the notebook service (docs/api/notebooks-current.md "9. Other calls", C20). Every method
 * throws `ModelArtsError`.
 */
export class Features {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns whether notebooks are enabled, how many are allowed and how many exist. */
  async show(feature: 'NOTEBOOK' = 'NOTEBOOK', options?: RequestOptions): Promise<NotebookFeature> {
    return this.#transport.send(showFeature, { path: { feature }, options });
  }
}

/**
 * Pools as the notebook service sees them (docs/api/notebooks-current.md "9. Other calls", C21). Every method throws
 * `ModelArtsError`.
 */
export class Clusters {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns the pools of one workspace. */
  async list(filter: NotebookClusterFilter = {}, options?: RequestOptions): Promise<NotebookCluster[]> {
    const query = this.#transport.check(listClusters, notebookClusterFilterSchema, filter);
    return readRows({
      endpoint: listClusters,
      limit: pageSize,
      idOf: (row: NotebookCluster) => row.pool_id ?? row.logic_cluster_id,
      read: (page) => this.#transport.send(listClusters, { query: { ...query, ...page }, options }),
    });
  }

  /** Returns one pool. */
  async show(id: string, options?: RequestOptions): Promise<NotebookCluster> {
    return this.#transport.send(showCluster, { path: { cluster_id: id }, options });
  }
}
