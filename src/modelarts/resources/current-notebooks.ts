import { type Call, createMaxWaitMs, type Endpoint, endpoint, rowDepth, type Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import {
  type CurrentNotebook,
  currentNotebookPageSchema,
  currentNotebookRowPageSchema,
  currentNotebookSchema,
  type NotebookAccess,
  type NotebookLease,
  notebookAccessSchema,
  notebookLeaseSchema,
} from '../schemas/current-notebook.js';
import { type NotebookFlavor, notebookFlavorPageSchema } from '../schemas/current-notebook-flavor.js';
import {
  type CurrentNotebookCreate,
  type CurrentNotebookFilter,
  type CurrentNotebookUpdate,
  currentNotebookCreateSchema,
  currentNotebookFilterSchema,
  currentNotebookUpdateSchema,
  type NotebookFlavorFilter,
  type NotebookImageRequest,
  type NotebookRenewal,
  type NotebookStart,
  notebookFlavorFilterSchema,
  notebookImageSchema,
  notebookRenewalSchema,
  notebookStartSchema,
} from '../schemas/current-notebook-request.js';
import { type Image, imageSchema } from '../schemas/image.js';
import { NotebookExtras } from './notebook-extras.js';
import { type RowPage, readRows } from './rows.js';

const collection = '/v1/{project_id}/notebooks';
const single = `${collection}/{id}`;
const instance = { kind: 'notebook', returnsInstance: true } as const;
const kind = 'notebook';
/** The largest page. Only 10, 20 and 50 are allowed. */
const pageSize = 50;

const create = endpoint('currentNotebooks.create', 'POST', collection, currentNotebookSchema, {
  ...instance,
  maxWaitMs: createMaxWaitMs,
});
const list = endpoint('currentNotebooks.list', 'GET', collection, currentNotebookPageSchema, { kind });
export const listCurrentNotebookRows = endpoint(
  'currentNotebooks.list',
  'GET',
  collection,
  currentNotebookRowPageSchema,
  {
    kind,
    nullsDownTo: rowDepth,
  },
);
const listAll = endpoint('currentNotebooks.listAll', 'GET', `${collection}/all`, currentNotebookPageSchema, { kind });
const show = endpoint('currentNotebooks.show', 'GET', single, currentNotebookSchema, instance);
const access = endpoint('currentNotebooks.show', 'GET', single, notebookAccessSchema, instance);
const update = endpoint('currentNotebooks.update', 'PUT', single, currentNotebookSchema, instance);
/** What the response contains does not matter: the next observation shows whether the instance is leaving. */
const remove = endpoint('currentNotebooks.delete', 'DELETE', single, currentNotebookSchema.nullable().catch(null), {
  ...instance,
  emptyResult: null,
});
const start = endpoint('currentNotebooks.start', 'POST', `${single}/start`, currentNotebookSchema, instance);
/** A stop ends costs as a delete does, so it has the priority of a delete. */
const stop = endpoint('currentNotebooks.stop', 'POST', `${single}/stop`, currentNotebookSchema, {
  ...instance,
  priority: 'delete',
});
const showLease = endpoint('currentNotebooks.showLease', 'GET', `${single}/lease`, notebookLeaseSchema, { kind });
const renewLease = endpoint(
  'currentNotebooks.renewLease',
  'PATCH',
  `${single}/lease`,
  notebookLeaseSchema.nullable().catch(null),
  {
    kind,
    emptyResult: null,
  },
);
const flavors = endpoint('currentNotebooks.flavors', 'GET', `${collection}/flavors`, notebookFlavorPageSchema);
const changeableFlavors = endpoint(
  'currentNotebooks.changeableFlavors',
  'GET',
  `${single}/flavors`,
  notebookFlavorPageSchema,
  { kind },
);
const createImage = endpoint('currentNotebooks.createImage', 'POST', `${single}/create-image`, imageSchema, {
  kind,
  returnsInstance: true,
});

/**
 * Notebook instances of the current API (docs/api/notebooks-current.md "1. Calls"). Instances are addressed by their
 * UUID. No result contains the token, except that of `access`. Every method throws `ModelArtsError`.
 */
export class CurrentNotebooks extends NotebookExtras {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super(transport);
    this.#transport = transport;
  }

  /**
   * Starts creating an instance. Names may repeat and there is no idempotency token: after an unknown outcome, list the
   * instances instead of repeating the call. Without `duration`, the service stops the instance after one hour.
   */
  async create(notebook: CurrentNotebookCreate, options?: RequestOptions): Promise<CurrentNotebook> {
    const body = this.#transport.check(create, currentNotebookCreateSchema, notebook);
    return this.#transport.send(create, { body, subject: body.name, options });
  }

  /** Returns all own instances of one workspace that match, oldest first. Other users' instances are missing. */
  async list(filter: CurrentNotebookFilter = {}, options?: RequestOptions): Promise<CurrentNotebook[]> {
    return this.#readRows(list, filter, options);
  }

  /** The same list as `list`, by id, with rows that are not parsed yet. They have no token. */
  async listRows(filter: CurrentNotebookFilter = {}, options?: RequestOptions): Promise<ReadonlyMap<string, unknown>> {
    const rows = await this.#readRows(listCurrentNotebookRows, filter, options);
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * Returns everybody's instances of one workspace. Needs a right of its own (docs/api/notebooks-current.md "1. Calls",
   * C3).
   */
  async listAll(filter: CurrentNotebookFilter = {}, options?: RequestOptions): Promise<CurrentNotebook[]> {
    return this.#readRows(listAll, filter, options);
  }

  async #readRows<Row extends { readonly id: string }>(
    of: Endpoint<RowPage<Row>>,
    filter: CurrentNotebookFilter,
    options?: RequestOptions,
  ): Promise<Row[]> {
    const query = this.#transport.check(of, currentNotebookFilterSchema, filter);
    // The key of some editions. Sent only where leaving it out would show another workspace.
    const other = query.workspace_id === '0' ? {} : { workspaceId: query.workspace_id };
    return readRows({
      endpoint: of,
      limit: pageSize,
      idOf: (row) => row.id,
      read: (page) => this.#transport.send(of, { query: { ...query, ...other, ...page, sort_dir: 'ASC' }, options }),
    });
  }

  /** Returns one instance by its id. A missing one is `notFound`: HTTP 400 with code 6404. */
  async show(id: string, options?: RequestOptions): Promise<CurrentNotebook> {
    return this.#transport.send(show, at(id, options));
  }

  /**
   * Returns URL and token of an instance (docs/api/notebooks-current.md "11. URL and token"). Do not store the token.
   */
  async access(id: string, options?: RequestOptions): Promise<NotebookAccess> {
    return this.#transport.send(access, at(id, options));
  }

  /**
   * Changes an instance. While it runs, some services accept name, description and size only
   * (docs/api/notebooks-current.md "5. Update").
   */
  async update(id: string, change: CurrentNotebookUpdate, options?: RequestOptions): Promise<CurrentNotebook> {
    const body = this.#transport.check(update, currentNotebookUpdateSchema, change, id);
    return this.#transport.send(update, { ...at(id, options), body });
  }

  /**
   * Starts deleting an instance with its managed storage. It is deleted when `show` throws `notFound`. Some services
   * refuse a running instance with `stateConflict`. Returns null when the response has no body.
   */
  async delete(id: string, options?: RequestOptions): Promise<CurrentNotebook | null> {
    return this.#transport.send(remove, at(id, options));
  }

  /** Starts a stopped instance. The run time counts from now. */
  async start(id: string, run: NotebookStart, options?: RequestOptions): Promise<CurrentNotebook> {
    const query = this.#transport.check(start, notebookStartSchema, run, id);
    return this.#transport.send(start, { ...at(id, options), query });
  }

  /** Stops a running instance. One that is stopped already answers `stateConflict`: HTTP 400 with code 6357. */
  async stop(id: string, options?: RequestOptions): Promise<CurrentNotebook> {
    return this.#transport.send(stop, at(id, options));
  }

  /** Returns the lease of a running instance. */
  async showLease(id: string, options?: RequestOptions): Promise<NotebookLease> {
    return this.#transport.send(showLease, at(id, options));
  }

  /**
   * Sets the run time of a running instance, counted from now (docs/api/notebooks-current.md "6. Lease: what `duration`
   * means"). Returns null when the response has no body.
   */
  async renewLease(id: string, renewal: NotebookRenewal, options?: RequestOptions): Promise<NotebookLease | null> {
    const body = this.#transport.check(renewLease, notebookRenewalSchema, renewal, id);
    // The query wins over the body, and would turn IDLE into TIMING.
    const query = body.type === 'TIMING' ? { duration: body.duration } : {};
    return this.#transport.send(renewLease, { ...at(id, options), query, body });
  }

  /** Returns the flavors for notebooks. Ask for the type DEDICATED for a notebook on a dedicated pool. */
  async flavors(filter: NotebookFlavorFilter = {}, options?: RequestOptions): Promise<NotebookFlavor[]> {
    const query = this.#transport.check(flavors, notebookFlavorFilterSchema, filter);
    // Without a limit, the response has all rows.
    return [...(await this.#transport.send(flavors, { query, options })).data];
  }

  /** Returns the flavors to which an instance can change. */
  async changeableFlavors(id: string, options?: RequestOptions): Promise<NotebookFlavor[]> {
    return [...(await this.#transport.send(changeableFlavors, at(id, options))).data];
  }

  /** Saves a running instance as an image, which is `SNAPSHOTTING` meanwhile. */
  async createImage(id: string, image: NotebookImageRequest, options?: RequestOptions): Promise<Image> {
    const body = this.#transport.check(createImage, notebookImageSchema, image, id);
    return this.#transport.send(createImage, { ...at(id, options), body });
  }
}

function at(id: string, options: RequestOptions | undefined): Call {
  return { path: { id }, options };
}
