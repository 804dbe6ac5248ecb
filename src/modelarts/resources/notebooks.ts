import { type Endpoint, endpoint, rowDepth, type Transport, uniqueCreate } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import {
  type Notebook,
  type NotebookAction,
  type NotebookDeleted,
  type NotebookList,
  type NotebookToken,
  notebookActionSchema,
  notebookDeletedSchema,
  notebookListSchema,
  notebookRowsSchema,
  notebookSchema,
  notebookTokenSchema,
} from '../schemas/notebook.js';
import {
  type NotebookActionVerb,
  type NotebookCreate,
  type NotebookFilter,
  type NotebookUpdate,
  notebookActionRequestSchema,
  notebookCreateSchema,
  notebookFilterSchema,
  notebookUpdateSchema,
} from '../schemas/notebook-request.js';

const collection = '/v1/{project_id}/demanager/instances';
const single = `${collection}/{instance_id}`;
const returnsInstance = true;

const create = endpoint('notebooks.create', 'POST', collection, notebookSchema, {
  returnsInstance,
  ...uniqueCreate,
});
const list = endpoint('notebooks.list', 'GET', collection, notebookListSchema);
export const listNotebookRows = endpoint('notebooks.list', 'GET', collection, notebookRowsSchema, {
  nullsDownTo: rowDepth,
});
const show = endpoint('notebooks.show', 'GET', single, notebookSchema, { returnsInstance });
const update = endpoint('notebooks.update', 'PUT', single, notebookSchema, { returnsInstance });
const remove = endpoint('notebooks.delete', 'DELETE', single, notebookDeletedSchema, { emptyResult: {} });
const token = endpoint('notebooks.token', 'GET', `${single}/token`, notebookTokenSchema);

/** A stop ends costs as a delete does, so it has the priority of a delete. */
function actionEndpoint(verb: NotebookActionVerb): Endpoint<NotebookAction> {
  const priority = verb === 'stop' ? 'delete' : 'create';
  return endpoint(`notebooks.${verb}`, 'POST', `${single}/action`, notebookActionSchema, { priority, emptyResult: {} });
}

/**
 * Notebook instances of the historical API (docs/api/notebooks-and-auth.md "1.1 Old generation"). Every method throws
 * `ModelArtsError`.
 */
export class Notebooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Starts creating an instance. Names are unique, but there is no idempotency token. */
  async create(notebook: NotebookCreate, options?: RequestOptions): Promise<Notebook> {
    const body = this.#transport.check(create, notebookCreateSchema, notebook);
    return this.#transport.send(create, { body, subject: body.name, options });
  }

  /**
   * Returns all matching instances in one response, unless `limit` is given (docs/api/notebooks-and-auth.md "2.4 O2
   * list").
   */
  async list(filter: NotebookFilter = {}, options?: RequestOptions): Promise<NotebookList> {
    const query = this.#transport.check(list, notebookFilterSchema, filter);
    return this.#transport.send(list, { query: { de_type: 'Notebook', ...query }, options });
  }

  /** The same list as `list`, by id, with rows that are not parsed yet. */
  async listRows(filter: NotebookFilter = {}, options?: RequestOptions): Promise<ReadonlyMap<string, unknown>> {
    const query = this.#transport.check(list, notebookFilterSchema, filter);
    return this.#transport.send(listNotebookRows, { query: { de_type: 'Notebook', ...query }, options });
  }

  /** Returns one instance by its id. */
  async show(id: string, options?: RequestOptions): Promise<Notebook> {
    return this.#transport.send(show, { path: { instance_id: id }, options });
  }

  /**
   * Changes the description or the automatic stop. On a running instance, a new duration takes effect at the next start
   * (docs/api/notebooks-and-auth.md "2.6 O4 update").
   */
  async update(id: string, change: NotebookUpdate, options?: RequestOptions): Promise<Notebook> {
    const body = this.#transport.check(update, notebookUpdateSchema, change, id);
    return this.#transport.send(update, { path: { instance_id: id }, body, options });
  }

  /** Deletes an instance, which must not be running (docs/api/notebooks-and-auth.md "2.7 O5 delete"). */
  async delete(id: string, options?: RequestOptions): Promise<NotebookDeleted> {
    return this.#transport.send(remove, { path: { instance_id: id }, options });
  }

  async start(id: string, options?: RequestOptions): Promise<NotebookAction> {
    return this.action(id, 'start', options);
  }

  async stop(id: string, options?: RequestOptions): Promise<NotebookAction> {
    return this.action(id, 'stop', options);
  }

  /** Performs an action (docs/api/notebooks-and-auth.md "2.8 O6 action"). */
  async action(id: string, verb: NotebookActionVerb, options?: RequestOptions): Promise<NotebookAction> {
    const endpoint = actionEndpoint(verb);
    const body = this.#transport.check(endpoint, notebookActionRequestSchema, { action: verb }, id);
    return this.#transport.send(endpoint, { path: { instance_id: id }, body, options });
  }

  /**
   * Returns the token that opens the instance's URL (docs/api/notebooks-and-auth.md "2.9 O7 token"). Do not store it.
   */
  async token(id: string, options?: RequestOptions): Promise<NotebookToken> {
    return this.#transport.send(token, { path: { instance_id: id }, options });
  }
}
