import { z } from 'zod';
import { endpoint, type Transport } from '../call.js';
import type { RequestOptions } from '../request-options.js';
import {
  type Image,
  type ImageFilter,
  type ImageGroup,
  type ImageRegister,
  imageFilterSchema,
  imageGroupPageSchema,
  imagePageSchema,
  imageRegisterSchema,
  imageSchema,
} from '../schemas/image.js';
import { readRows } from './rows.js';

const collection = '/v1/{project_id}/images';
const single = `${collection}/{id}`;
/** An image has an `error_code` of its own when it could not be made. */
const returnsInstance = true;
const pageSize = 200;

const list = endpoint('images.list', 'GET', collection, imagePageSchema);
const register = endpoint('images.register', 'POST', collection, imageSchema, { returnsInstance });
const show = endpoint('images.show', 'GET', single, imageSchema, { returnsInstance });
const remove = endpoint('images.delete', 'DELETE', single, z.unknown(), { returnsInstance, emptyResult: null });
const groups = endpoint('images.groups', 'GET', `${collection}/group`, imageGroupPageSchema);

/** Images for notebooks (docs/api/notebooks-current.md "9. Other calls", C19). Every method throws `ModelArtsError`. */
export class Images {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Returns all images of one type that match; by default those of the service. `name` matches parts of a name unless
   * `name_fuzzy_match` is false.
   */
  async list(filter: ImageFilter = {}, options?: RequestOptions): Promise<Image[]> {
    const query = this.#transport.check(list, imageFilterSchema, filter);
    return readRows({
      endpoint: list,
      limit: pageSize,
      idOf: (row: Image) => row.id,
      read: (page) => this.#transport.send(list, { query: { ...query, ...page }, options }),
    });
  }

  /** Registers an image of the container registry. */
  async register(image: ImageRegister, options?: RequestOptions): Promise<Image> {
    const body = this.#transport.check(register, imageRegisterSchema, image);
    return this.#transport.send(register, { body, subject: body.swr_path, options });
  }

  /** Returns one image by its id. */
  async show(id: string, options?: RequestOptions): Promise<Image> {
    return this.#transport.send(show, { path: { id }, options });
  }

  /** Removes an image from the list. With `force`, also while it is used. */
  async delete(id: string, { force = false } = {}, options?: RequestOptions): Promise<void> {
    await this.#transport.send(remove, { path: { id }, ...(force ? { body: { is_force: true } } : {}), options });
  }

  /** Returns the groups of images. */
  async groups(
    filter: Pick<ImageFilter, 'type' | 'workspace_id'> = {},
    options?: RequestOptions,
  ): Promise<ImageGroup[]> {
    const query = this.#transport.check(groups, imageFilterSchema, filter);
    return readRows({
      endpoint: groups,
      limit: pageSize,
      idOf: (row: ImageGroup) => `${row.namespace ?? ''}/${row.name ?? ''}`,
      read: (page) => this.#transport.send(groups, { query: { ...query, ...page }, options }),
    });
  }
}
