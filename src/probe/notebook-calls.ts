import {
  currentNotebookPageSchema,
  currentNotebookSchema,
  notebookLeaseSchema,
  notebookMountPageSchema,
  notebookTagsSchema,
} from '../modelarts/schemas/current-notebook.js';
import {
  notebookClusterPageSchema,
  notebookFeatureSchema,
  notebookFlavorPageSchema,
} from '../modelarts/schemas/current-notebook-flavor.js';
import { imageGroupPageSchema, imagePageSchema } from '../modelarts/schemas/image.js';
import { notebookListSchema, notebookSchema } from '../modelarts/schemas/notebook.js';
import type { ProbeCall } from './call.js';
import { textIn } from './rows.js';
import { clusterWords, currentNotebookWords, imageWords, notebookFlavorWords, notebookWords } from './words.js';

const v1 = '/v1/{project_id}';
const current = `${v1}/notebooks`;
const historical = `${v1}/demanager/instances`;
const rights = { list: 'modelarts:notebook:list', show: 'modelarts:notebook:get' };
const everybodys = 'modelarts:notebook:listAllNotebooks';

/**
 * Documented in docs/api/notebooks-current.md "3. The instance object". `token` is a secret, and read only where it is
 * used.
 */
const unreadImage =
  'description status_message arch namespace origin dev_services resource_categories support_res_categories service_type size visibility workspace_id flavor_type swr_instance_id show_name show_tag tags create_at update_at';
const unread = [
  'token',
  'ip',
  'jupyter_version',
  'is_need_credentials',
  'affinity',
  'run_user',
  'user_vpc',
  'hooks',
  'public_network',
  'user.domain',
  ...unreadImage.split(' ').map((field) => `image.${field}`),
];
const page = { limit: 10, offset: 0, workspace_id: '0' };
const eachCurrent = {
  of: 'currentNotebooks.list',
  most: 2,
  id: textIn('id'),
  send: (id: string) => ({ path: { id } }),
};
const isRunning = textIn('status');

/** The reads of the current notebook API (docs/api/notebooks-current.md "1. Calls"). */
export const currentNotebookCalls: readonly ProbeCall[] = [
  {
    operation: 'currentNotebooks.list',
    template: current,
    query: page,
    schema: currentNotebookPageSchema,
    rows: 'data',
    need: 'currentApi',
    right: rights.list,
    words: currentNotebookWords,
    unread,
  },
  {
    operation: 'currentNotebooks.listAll',
    template: `${current}/all`,
    query: page,
    schema: currentNotebookPageSchema,
    rows: 'data',
    need: 'removal',
    right: everybodys,
    words: currentNotebookWords,
    unread,
  },
  {
    operation: 'currentNotebooks.show',
    template: `${current}/{id}`,
    schema: currentNotebookSchema,
    need: 'detail',
    right: rights.show,
    words: currentNotebookWords,
    unread,
    returnsInstance: true,
    each: eachCurrent,
  },
  {
    operation: 'currentNotebooks.showLease',
    template: `${current}/{id}/lease`,
    schema: notebookLeaseSchema,
    need: 'detail',
    right: null,
    // The others have no lease to show.
    each: { ...eachCurrent, most: 1, id: (row) => (isRunning(row) === 'RUNNING' ? eachCurrent.id(row) : null) },
  },
  {
    operation: 'currentNotebooks.listStorage',
    template: `${current}/{instance_id}/storage`,
    query: { limit: 50, offset: 0 },
    schema: notebookMountPageSchema,
    rows: 'data',
    need: 'detail',
    right: null,
    each: { ...eachCurrent, most: 1, send: (id) => ({ path: { instance_id: id } }) },
  },
  {
    operation: 'currentNotebooks.listTags',
    template: `${current}/tags`,
    query: { workspace_id: '0' },
    schema: notebookTagsSchema,
    rows: 'tags',
    need: 'detail',
    right: null,
  },
  {
    operation: 'currentNotebooks.flavors',
    template: `${current}/flavors`,
    schema: notebookFlavorPageSchema,
    rows: 'data',
    need: 'detail',
    right: null,
    words: notebookFlavorWords,
    unread: ['evs_max_size', 'evs_sku_code', 'grow_support_type'],
  },
  {
    operation: 'images.list',
    template: `${v1}/images`,
    query: { limit: 100, offset: 0 },
    schema: imagePageSchema,
    rows: 'data',
    need: 'detail',
    right: 'modelarts:image:list',
    words: imageWords,
    unread: ['swr_instance_id', 'tags'],
  },
  {
    operation: 'images.groups',
    template: `${v1}/images/group`,
    query: { limit: 100, offset: 0 },
    schema: imageGroupPageSchema,
    rows: 'data',
    need: 'detail',
    right: 'modelarts:image:listGroup',
    unread: 'description create_at update_at id read_me icon_name swr_instance_name swr_instance_id'.split(' '),
  },
  {
    operation: 'features.show',
    template: `${v1}/authoring/features/NOTEBOOK`,
    schema: notebookFeatureSchema,
    need: 'detail',
    right: null,
  },
  {
    operation: 'clusters.list',
    template: `${v1}/authoring/clusters`,
    query: { limit: 100, offset: 0 },
    schema: notebookClusterPageSchema,
    rows: 'data',
    need: 'detail',
    right: null,
    words: clusterWords,
    unread: ['project_id', 'domain_id', 'is_allow_root'],
  },
];

/**
 * The reads of the historical notebook API (docs/api/notebooks-and-auth.md "1.1 Old generation"). The token is never
 * read.
 */
export const historicalNotebookCalls: readonly ProbeCall[] = [
  {
    operation: 'notebooks.list',
    template: historical,
    query: { de_type: 'Notebook' },
    schema: notebookListSchema,
    rows: 'instances',
    need: 'historicalApi',
    right: rights.list,
    words: notebookWords,
  },
  {
    operation: 'notebooks.list',
    template: historical,
    query: { de_type: 'Notebook', show_self: 'false' },
    schema: notebookListSchema,
    rows: 'instances',
    need: 'removal',
    right: everybodys,
    words: notebookWords,
  },
  {
    operation: 'notebooks.show',
    template: `${historical}/{instance_id}`,
    schema: notebookSchema,
    need: 'detail',
    right: rights.show,
    words: notebookWords,
    returnsInstance: true,
    each: { of: 'notebooks.list', most: 2, id: textIn('id'), send: (id) => ({ path: { instance_id: id } }) },
  },
];
