import { currentNotebookError } from '../errors.js';
import { forbiddenError } from '../faults/fault-responses.js';
import { findImage } from '../images/image-handlers.js';
import { swrPathOf } from '../images/image-view.js';
import { matchesQuery } from '../list-query.js';
import { type Call, type HandlerResult, isHidden, type World } from '../world.js';
import { invalid } from './errors.js';
import { nameMatches, pageOfRows } from './paging.js';
import type { CurrentNotebookRecord } from './record.js';
import { billingItems, currentNotebookView } from './view.js';

const LIMITS = [10, 20, 50] as const;

/** GET notebooks: the caller's own (docs/api/notebooks-current.md "4. List (C2, C3)"). */
export function listOwn(world: World, call: Call): HandlerResult {
  return list(world, call, ({ userId }) => userId === call.user.id);
}

/** GET notebooks/all: everybody's. It is a right of its own. */
export function listAll(world: World, call: Call): HandlerResult {
  if (world.behavior.tenantIsolation) throw forbiddenError(call.operation);
  return list(world, call, () => true);
}

function list(world: World, call: Call, isVisible: (notebook: CurrentNotebookRecord) => boolean): HandlerResult {
  const { query } = call;
  const isWanted = filterOf(world, query);
  const rows = world.state.currentNotebooks
    .filter((notebook) => !isHidden(world, notebook, 'list') && isVisible(notebook) && isWanted(notebook))
    .sort(orderOf(query));
  const page = pageOfRows(rows, query, { limits: LIMITS, fallback: LIMITS[0], first: 0 });
  return {
    status: 200,
    body: { ...page, data: page.data.map((notebook) => currentNotebookView(world, notebook, call.operation)) },
  };
}

function filterOf(world: World, query: URLSearchParams): (notebook: CurrentNotebookRecord) => boolean {
  // Either key, because the editions differ (docs/api/notebooks-current.md "17. Contradictions, and what to do").
  const workspaceId = query.get('workspace_id') || query.get('workspaceId') || '0';
  if (!world.state.workspaces.includes(workspaceId)) {
    throw currentNotebookError('0102', 'The workspace does not exist.');
  }
  const feature = query.get('feature') || 'NOTEBOOK';
  const billing = query.get('billing') || '';
  const tags = tagsOf(query);
  return (notebook) =>
    notebook.workspaceId === workspaceId &&
    notebook.feature === feature &&
    nameMatches(query, 'name', notebook.name) &&
    (!world.behavior.descriptionFilter || nameMatches(query, 'description', notebook.description)) &&
    nameMatches(query, 'flavor', notebook.flavor) &&
    nameMatches(query, 'pool_name', notebook.pool?.name) &&
    nameMatches(query, 'username', notebook.userName) &&
    nameMatches(query, 'swr_path', imagePathOf(world, notebook)) &&
    matchesQuery(query, 'id', notebook.id) &&
    matchesQuery(query, 'image_id', notebook.imageId) &&
    matchesQuery(query, 'pool_id', notebook.pool?.id) &&
    matchesQuery(query, 'owner', notebook.userId) &&
    matchesQuery(query, 'status', notebook.status) &&
    isBilled(notebook, billing) &&
    tags.every(([key, value]) => notebook.tags[key] === value);
}

function isBilled(notebook: CurrentNotebookRecord, billing: string): boolean {
  if (billing === '') return true;
  const items = billingItems(notebook);
  return billing === 'ALL' ? items.length > 1 : items.includes(billing);
}

/** `key1|value1,key2|value2`. */
function tagsOf(query: URLSearchParams): [string, string][] {
  const pairs = (query.get('tags') ?? '').split(',').filter((pair) => pair !== '');
  return pairs.map((pair) => {
    const [key = '', value = ''] = pair.split('|');
    return [key, value];
  });
}

function imagePathOf(world: World, { imageId }: CurrentNotebookRecord): string {
  const image = findImage(world, imageId);
  return image === undefined ? '' : swrPathOf(world, image);
}

/** The newest first by default. The allowed sort keys are not documented. */
function orderOf(query: URLSearchParams): (a: CurrentNotebookRecord, b: CurrentNotebookRecord) => number {
  const direction = (query.get('sort_dir') || 'DESC').toUpperCase();
  if (direction !== 'ASC' && direction !== 'DESC') throw invalid("'sort_dir' must be ASC or DESC.");
  const up = direction === 'ASC' ? 1 : -1;
  switch (query.get('sort_key') ?? 'create_at') {
    case 'name':
      return (a, b) => up * (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    case 'update_at':
      return (a, b) => up * (a.updatedAt - b.updatedAt);
    default:
      return (a, b) => up * (a.createdAt - b.createdAt || sequenceOf(a) - sequenceOf(b));
  }
}

function sequenceOf({ uid }: CurrentNotebookRecord): number {
  return Number(uid.split('-').at(-1));
}
