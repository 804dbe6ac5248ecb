import { grantOf } from '../domain/lease/grant.js';
import type { ExistingResource } from '../domain/provision/create.js';
import { instantOf, unknownInstant } from '../domain/resource/instant.js';
import type { InventoryItem } from '../domain/resource/inventory.js';
import { isProtected, parseMarker } from '../domain/resource/marker.js';
import type { NotebookFacts } from '../domain/resource/notebook.js';
import { isoTime } from '../domain/rfc3339.js';
import type { CurrentNotebook } from '../modelarts/schemas/current-notebook.js';
import { type NotebookRow, rowOf } from './notebook-facts.js';
import { boundedText, boundedWord, type Source } from './pool-facts.js';

/**
 * States in which an instance uses no flavor. Its disk is billed all the same (docs/api/notebooks-current.md "12.
 * Billing (HW-PRICE 2023..2024, HW-FAQ)").
 */
const idleStates = ['STOPPED', 'CREATE_FAILED', 'START_FAILED', 'ERROR', 'FROZEN', 'DELETE_FAILED'];

/**
 * The facts of a notebook of the current API (docs/api/notebooks-current.md "3. The instance object (C1, C4..C8; rows
 * of C2, C3)").
 */
export function currentNotebookFacts(notebook: CurrentNotebook): NotebookFacts {
  const { lease, volume } = notebook;
  const status = boundedWord(notebook.status) ?? '';
  const grant = grantOf({
    createdAt: lease?.create_at ?? null,
    updatedAt: lease?.update_at ?? null,
    durationMs: lease?.duration ?? null,
    isEnabled: lease?.enable !== false,
  });
  const volumeStatus = boundedWord(volume?.status);
  return {
    id: notebook.id,
    createdAt: instantOf(notebook.create_at) || unknownInstant,
    name: notebook.name ?? '',
    status,
    description: boundedText(notebook.description) ?? '',
    poolId: notebook.pool?.id ?? null,
    workspaceId: notebook.workspace_id ?? null,
    url: boundedText(notebook.url) || null,
    // A stopped notebook keeps the lease of its last run.
    autoStopAt: grant !== null && status === 'RUNNING' ? isoTime(grant.stopsAt) : null,
    failure: notebook.fail_reason ? { code: null, message: boundedText(notebook.fail_reason) } : null,
    queueRank: null,
    ...(volumeStatus ? { volumeStatus } : {}),
    ...(grant === null ? {} : { grant }),
  };
}

/** A notebook as the decision on a create needs it. `isKnown`: a lease has it as ours, whatever its marker. */
export function existingCurrentNotebook(facts: NotebookFacts, isKnown?: true): ExistingResource {
  return {
    id: facts.id,
    createdAt: facts.createdAt,
    marker: parseMarker(facts.description),
    leaving: facts.status === 'DELETING' || facts.status === 'DELETED',
    failed: facts.status === 'CREATE_FAILED',
    wanted: {},
    ...(isKnown === true ? { isKnown } : {}),
  };
}

/** A notebook as audits and plans need it; null for the record of a deleted one. */
export function currentNotebookItem(notebook: CurrentNotebook, source: Source): InventoryItem | null {
  const { id, name, description, status, flavor } = notebook;
  if (status === 'DELETED') return null;
  const { createdAt, poolId, workspaceId } = currentNotebookFacts(notebook);
  const isBilled = flavor !== undefined && poolId === null && !idleStates.includes(status ?? '');
  return {
    kind: 'notebook',
    id,
    name: name ?? id,
    createdAt,
    state: status ?? null,
    changedAt: notebook.update_at ?? null,
    leaving: status === 'DELETING',
    // If show returns no description, the notebook has none.
    marker: description === undefined && source === 'list' ? 'unread' : parseMarker(description),
    isProtected: isProtected(description),
    labels: {},
    workspaceId,
    poolId,
    flavors: isBilled ? { [flavor]: 1 } : {},
  };
}

/** A notebook as the command line prints it. */
export function currentNotebookRow(notebook: CurrentNotebook): NotebookRow {
  const { image, status, flavor, user, description = '' } = notebook;
  const own = { api: 'current', image: image?.name ?? image?.id ?? null, profile: null } as const;
  return rowOf(currentNotebookFacts(notebook), own, { status, flavor, user, description });
}
