import { parseInstant, unknownInstant } from '../domain/resource/instant.js';
import type { InventoryItem } from '../domain/resource/inventory.js';
import { isProtected, parseMarker } from '../domain/resource/marker.js';
import type { Notebook } from '../modelarts/schemas/notebook.js';
import type { Pool, PoolNodes } from '../modelarts/schemas/pool.js';

const descriptionKey = 'os.modelarts/description';

/** How an answer was had: a list may leave out fields that a show gives (docs/api/pools-and-flavors.md "2.6 Pool object", docs/api/notebooks-and-auth.md "2.13 Contradictions inside / between the sources"). */
export type Source = 'list' | 'show';

/** Reads a pool's answer (docs/api/pools-and-flavors.md "2.6 Pool object"). */
export function poolItem(pool: Pool, source: Source): InventoryItem {
  const { metadata, status } = pool;
  const description = metadata.annotations[descriptionKey];
  const isWhole = source === 'show' && Object.keys(metadata.annotations).length > 0;
  return {
    kind: 'pool',
    id: metadata.name,
    name: metadata.labels['os.modelarts/name'] ?? metadata.name,
    createdAt: metadata.creationTimestamp ?? unknownInstant,
    state: status.phase ?? null,
    changedAt: parseInstant(metadata.deletionTimestamp),
    leaving: metadata.deletionTimestamp !== undefined || status.phase === 'Deleting',
    marker: description === undefined && !isWhole ? 'unread' : parseMarker(description),
    isProtected: isProtected(description),
    labels: metadata.labels,
    workspaceId: metadata.labels['os.modelarts/workspace.id'] ?? null,
    poolId: null,
    flavors: status.phase === 'CreationFailed' ? {} : paidNodes(pool),
  };
}

/** The nodes that are there or on their way; what was asked for while the service tells of none. */
function paidNodes({ spec, status }: Pool): Record<string, number> {
  const { creating, available, abnormal, deleting } = status.resources;
  const nodes = countByFlavor([...creating, ...available, ...abnormal, ...deleting]);
  return Object.keys(nodes).length > 0 ? nodes : countByFlavor(spec.resources);
}

function countByFlavor(nodes: readonly PoolNodes[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { flavor, count } of nodes) {
    if (count > 0) counts[flavor ?? ''] = (counts[flavor ?? ''] ?? 0) + count;
  }
  return counts;
}

/** States in which an instance uses no flavor; its disk is paid for all the same (docs/api/notebooks-and-auth.md "3.1 Old generation"). */
const idleStates = ['STOPPED', 'CREATE_FAILED', 'START_FAILED', 'CREATE_QUEUING', 'START_QUEUING', 'READY_TO_START'];

/** Reads an instance's answer (docs/api/notebooks-and-auth.md "2.3 Old instance object"); null for the record of a deleted one. */
export function notebookItem(notebook: Notebook, source: Source): InventoryItem | null {
  const { description, status, flavor, spec } = notebook;
  if (status === 'DELETED') return null;
  const annotated = parseMarker(spec.annotations.maops);
  const isWhole = source === 'show' && annotated === null && Object.keys(spec.annotations).length > 0;
  const isPaid = flavor !== undefined && notebook.pool?.id === undefined && !idleStates.includes(status ?? '');
  return {
    kind: 'notebook',
    id: notebook.id,
    name: notebook.name ?? notebook.id,
    createdAt: notebook.creation_timestamp ?? unknownInstant,
    state: status ?? null,
    changedAt: parseInstant(notebook.latest_update_timestamp),
    leaving: status === 'DELETING',
    // Without the description nobody knows whether it is protected, whatever the annotation says of its owner.
    marker: description === undefined && !isWhole ? 'unread' : (parseMarker(description) ?? annotated),
    isProtected: isProtected(description),
    labels: {},
    workspaceId: notebook.workspace?.id ?? null,
    poolId: notebook.pool?.id ?? null,
    flavors: isPaid ? { [flavor]: 1 } : {},
  };
}
