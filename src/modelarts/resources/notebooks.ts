import type { Endpoint, Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import {
  type NewNotebookList,
  type Notebook,
  type NotebookAction,
  type NotebookDeleted,
  type NotebookList,
  type NotebookToken,
  newNotebookListSchema,
  notebookActionSchema,
  notebookDeletedSchema,
  notebookListSchema,
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
const noun = 'notebook';
const instance = { answer: notebookSchema, noun, answerMayCarryErrorCode: true };

const create = {
  operation: 'notebooks.create',
  method: 'POST',
  template: collection,
  priority: 'create',
  ...instance,
} satisfies Endpoint<Notebook>;
const list = {
  operation: 'notebooks.list',
  method: 'GET',
  template: collection,
  priority: 'read',
  answer: notebookListSchema,
  noun,
} satisfies Endpoint<NotebookList>;
/** Another generation of notebooks with ids of its own (docs/api/notebooks-and-auth.md "2.12 Other new-generation calls"); what one of them made the other does not show. */
const listNew = {
  operation: 'notebooks.listNew',
  method: 'GET',
  template: '/v1/{project_id}/notebooks',
  priority: 'read',
  answer: newNotebookListSchema,
  noun,
} satisfies Endpoint<NewNotebookList>;
const show = {
  operation: 'notebooks.show',
  method: 'GET',
  template: single,
  priority: 'read',
  ...instance,
} satisfies Endpoint<Notebook>;
const update = {
  operation: 'notebooks.update',
  method: 'PUT',
  template: single,
  priority: 'create',
  ...instance,
} satisfies Endpoint<Notebook>;
const remove = {
  operation: 'notebooks.delete',
  method: 'DELETE',
  template: single,
  priority: 'delete',
  answer: notebookDeletedSchema,
  emptyAnswer: {},
  noun,
} satisfies Endpoint<NotebookDeleted>;
const token = {
  operation: 'notebooks.token',
  method: 'GET',
  template: `${single}/token`,
  priority: 'read',
  answer: notebookTokenSchema,
  noun,
} satisfies Endpoint<NotebookToken>;

/** Stopping ends costs as a delete does, so it goes before creates. */
function actionEndpoint(verb: NotebookActionVerb): Endpoint<NotebookAction> {
  return {
    operation: `notebooks.${verb}`,
    method: 'POST',
    template: `${single}/action`,
    priority: verb === 'stop' ? 'delete' : 'create',
    answer: notebookActionSchema,
    emptyAnswer: {},
    noun,
  };
}

/** Notebook instances of the old API (docs/api/notebooks-and-auth.md "1.1 Old generation"); "not found" comes as HTTP 400 with code 6309. */
export class Notebooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Starts making an instance; names are unique, but there is no idempotency token. */
  async create(notebook: NotebookCreate, options?: RequestOptions): Promise<Notebook> {
    const body = this.#transport.check(create, notebookCreateSchema, notebook);
    return this.#transport.send(create, { body, subject: body.name, options });
  }

  /** All instances that fit, in one answer unless a `limit` is given (docs/api/notebooks-and-auth.md "2.4 O2 list"). */
  async list(filter: NotebookFilter = {}, options?: RequestOptions): Promise<NotebookList> {
    const query = this.#transport.check(list, notebookFilterSchema, filter);
    return this.#transport.send(list, { query: { de_type: 'Notebook', ...query }, options });
  }

  /** How many notebooks the API of the new generation has, which is asked only to know whether it is there. */
  async listNew(options?: RequestOptions): Promise<NewNotebookList> {
    return this.#transport.send(listNew, { query: { limit: 10 }, options });
  }

  /** One instance by its id. */
  async show(id: string, options?: RequestOptions): Promise<Notebook> {
    return this.#transport.send(show, { path: { instance_id: id }, options });
  }

  /** Changes description or automatic stop; on a running instance a new duration counts from the next start (docs/api/notebooks-and-auth.md "2.6 O4 update"). */
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

  /** Any action by its verb (docs/api/notebooks-and-auth.md "2.8 O6 action"). */
  async action(id: string, verb: NotebookActionVerb, options?: RequestOptions): Promise<NotebookAction> {
    const endpoint = actionEndpoint(verb);
    const body = this.#transport.check(endpoint, notebookActionRequestSchema, { action: verb }, id);
    return this.#transport.send(endpoint, { path: { instance_id: id }, body, options });
  }

  /** The token that opens the instance's URL (docs/api/notebooks-and-auth.md "2.9 O7 token"); never store it. */
  async token(id: string, options?: RequestOptions): Promise<NotebookToken> {
    return this.#transport.send(token, { path: { instance_id: id }, options });
  }
}
