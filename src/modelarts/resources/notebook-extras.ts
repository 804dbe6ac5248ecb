import { z } from 'zod';
import { endpoint, type Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import {
  type NotebookMount,
  type NotebookTags,
  notebookMountPageSchema,
  notebookMountSchema,
  notebookTagsSchema,
} from '../schemas/current-notebook.js';
import {
  type NotebookMountRequest,
  type NotebookTagList,
  notebookMountRequestSchema,
  notebookTagsRequestSchema,
  notebookWorkspaceSchema,
} from '../schemas/current-notebook-request.js';
import { readRows } from './rows.js';

const collection = '/v1/{project_id}/notebooks';
const mounts = `${collection}/{instance_id}/storage`;
const mount = `${mounts}/{storage_id}`;
const kind = 'notebook';
const pageSize = 50;
const nothing = { kind, emptyResult: null } as const;
const anything = z.unknown();

const listStorage = endpoint('currentNotebooks.listStorage', 'GET', mounts, notebookMountPageSchema, { kind });
const mountStorage = endpoint('currentNotebooks.mountStorage', 'POST', mounts, notebookMountSchema, { kind });
const showStorage = endpoint('currentNotebooks.showStorage', 'GET', mount, notebookMountSchema, { kind });
const unmountStorage = endpoint('currentNotebooks.unmountStorage', 'DELETE', mount, anything, nothing);
const tagsOf = `${collection}/{resource_id}/tags`;
const addTags = endpoint('currentNotebooks.addTags', 'POST', `${tagsOf}/create`, anything, nothing);
const removeTags = endpoint('currentNotebooks.removeTags', 'DELETE', `${tagsOf}/delete`, anything, nothing);
const listTags = endpoint('currentNotebooks.listTags', 'GET', `${collection}/tags`, notebookTagsSchema, { kind });

/** Further volumes and tags of an instance (docs/api/notebooks-current.md "9. Other calls", C14 to C18). */
export class NotebookExtras {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns the further volumes of an instance. */
  async listStorage(id: string, options?: RequestOptions): Promise<NotebookMount[]> {
    return readRows({
      endpoint: listStorage,
      limit: pageSize,
      idOf: (row: NotebookMount) => row.id,
      read: (page) => this.#transport.send(listStorage, { path: { instance_id: id }, query: page, options }),
    });
  }

  /** Starts mounting a further volume on a running instance. */
  async mountStorage(id: string, request: NotebookMountRequest, options?: RequestOptions): Promise<NotebookMount> {
    const body = this.#transport.check(mountStorage, notebookMountRequestSchema, request, id);
    return this.#transport.send(mountStorage, { path: { instance_id: id }, body, options });
  }

  /** Returns one further volume. */
  async showStorage(id: string, storageId: string, options?: RequestOptions): Promise<NotebookMount> {
    return this.#transport.send(showStorage, { path: { instance_id: id, storage_id: storageId }, options });
  }

  /** Starts unmounting a further volume. */
  async unmountStorage(id: string, storageId: string, options?: RequestOptions): Promise<void> {
    await this.#transport.send(unmountStorage, { path: { instance_id: id, storage_id: storageId }, options });
  }

  /** Adds tags. The value of an existing key is replaced. */
  async addTags(id: string, tags: NotebookTagList, workspaceId = '0', options?: RequestOptions): Promise<void> {
    await this.#transport.send(addTags, this.#tagCall(addTags, id, tags, workspaceId, options));
  }

  /** Removes tags. */
  async removeTags(id: string, tags: NotebookTagList, workspaceId = '0', options?: RequestOptions): Promise<void> {
    await this.#transport.send(removeTags, this.#tagCall(removeTags, id, tags, workspaceId, options));
  }

  /** Returns all tags in use in a workspace, with their values. */
  async listTags(workspaceId = '0', options?: RequestOptions): Promise<NotebookTags> {
    const query = { workspace_id: this.#transport.check(listTags, notebookWorkspaceSchema, workspaceId) };
    return this.#transport.send(listTags, { query, options });
  }

  #tagCall(
    of: typeof addTags,
    id: string,
    tags: NotebookTagList,
    workspaceId: string,
    options: RequestOptions | undefined,
  ) {
    const body = { tags: this.#transport.check(of, notebookTagsRequestSchema, tags, id) };
    const query = { workspace_id: this.#transport.check(of, notebookWorkspaceSchema, workspaceId, id) };
    return { path: { resource_id: id }, body, query, options };
  }
}
