import type { ExistingResource } from '../domain/provision/create.js';
import { parseInstant, unknownInstant } from '../domain/resource/instant.js';
import type { InventoryItem } from '../domain/resource/inventory.js';
import { isProtected, type Marker, parseMarker } from '../domain/resource/marker.js';
import type { NotebookApi, NotebookFacts } from '../domain/resource/notebook.js';
import { isoTimeOf } from '../domain/rfc3339.js';
import type { Notebook } from '../modelarts/schemas/notebook.js';
import { boundedText, boundedWord, type Source } from './pool-facts.js';

/** A notebook as `maops notebook` prints it; every key is always present. */
export interface NotebookRow {
  readonly name: string;
  readonly id: string;
  readonly api: NotebookApi;
  readonly status: string | null;
  /** Only of the current API. */
  readonly image: string | null;
  /** Only of the historical API. */
  readonly profile: string | null;
  readonly flavor: string | null;
  readonly pool: string | null;
  readonly url: string | null;
  readonly autoStopAt: string | null;
  readonly description: string;
  readonly createdAt: string | null;
  readonly user: string | null;
  readonly marker: Marker | null;
  readonly protected: boolean;
}

/**
 * States in which an instance uses no flavor. Its disk is billed all the same (docs/api/notebooks-and-auth.md "3.1 Old
 * generation").
 */
const idleStates = ['STOPPED', 'CREATE_FAILED', 'START_FAILED', 'CREATE_QUEUING', 'START_QUEUING', 'READY_TO_START'];

/** The facts of a notebook that decisions need (docs/api/notebooks-and-auth.md "2.3 Old instance object"). */
export function notebookFacts(notebook: Notebook): NotebookFacts {
  const { spec } = notebook;
  const failure = spec.failed_reasons;
  return {
    id: notebook.id,
    createdAt: notebook.creation_timestamp ?? unknownInstant,
    name: notebook.name ?? '',
    status: boundedWord(notebook.status) ?? '',
    description: boundedText(markedText(notebook)) ?? '',
    poolId: notebook.pool?.id ?? null,
    workspaceId: notebook.workspace?.id ?? null,
    url: boundedText(spec.annotations.url) || null,
    autoStopAt: isoTimeOf(spec.auto_stop?.stop_timestamp),
    failure: failure === undefined ? null : { code: boundedWord(failure.code), message: boundedText(failure.message) },
    queueRank: notebook.queuing_info?.rank ?? null,
  };
}

/** The text with the marker: the description, or our annotation if the description was edited. */
function markedText(notebook: Notebook): string {
  const description = notebook.description ?? '';
  const annotation = notebook.spec.annotations.maops;
  return parseMarker(description) === null && annotation !== undefined ? `${description} ${annotation}` : description;
}

/** A notebook as the decision on a create needs it. */
export function existingNotebook(facts: NotebookFacts): ExistingResource {
  return {
    id: facts.id,
    createdAt: facts.createdAt,
    marker: parseMarker(facts.description),
    leaving: facts.status === 'DELETING' || facts.status === 'DELETED',
    failed: facts.status === 'CREATE_FAILED',
    wanted: {},
  };
}

/** A notebook as audits and plans need it; null for the record of a deleted one. */
export function notebookItem(notebook: Notebook, source: Source): InventoryItem | null {
  const { id, description, status, flavor, spec } = notebook;
  if (status === 'DELETED') return null;
  const { createdAt, poolId, workspaceId } = notebookFacts(notebook);
  const annotated = parseMarker(spec.annotations.maops);
  const isWhole = source === 'show' && annotated === null && Object.keys(spec.annotations).length > 0;
  const isBilled = flavor !== undefined && poolId === null && !idleStates.includes(status ?? '');
  return {
    kind: 'notebook',
    id,
    name: notebook.name ?? id,
    createdAt,
    state: status ?? null,
    changedAt: parseInstant(notebook.latest_update_timestamp),
    leaving: status === 'DELETING',
    // Protection is in the description only, so the annotation is not enough.
    marker: description === undefined && !isWhole ? 'unread' : (parseMarker(description) ?? annotated),
    isProtected: isProtected(description),
    labels: {},
    workspaceId,
    poolId,
    flavors: isBilled ? { [flavor]: 1 } : {},
  };
}

/** A notebook as the command line prints it. */
export function notebookRow(notebook: Notebook): NotebookRow {
  const facts = notebookFacts(notebook);
  const { status, flavor, user, description = '' } = notebook;
  const own = { api: 'historical', image: null, profile: notebook.profile?.id ?? null } as const;
  return rowOf(facts, own, { status, flavor, user, description });
}

interface Written {
  readonly status?: string | undefined;
  readonly flavor?: string | undefined;
  readonly user?: { readonly name?: string | undefined } | undefined;
  readonly description: string;
}

/** A row of either API. Facts are bounded for histories, and a row shows what the response has. */
export function rowOf(
  facts: NotebookFacts,
  { api, image, profile }: Pick<NotebookRow, 'api' | 'image' | 'profile'>,
  { status, flavor, user, description }: Written,
): NotebookRow {
  const { id, name, createdAt, poolId, url, autoStopAt } = facts;
  return {
    name,
    id,
    api,
    status: status ?? null,
    image,
    profile,
    flavor: flavor ?? null,
    pool: poolId,
    url,
    autoStopAt,
    description,
    createdAt: createdAt === unknownInstant ? null : createdAt,
    user: user?.name ?? null,
    marker: parseMarker(facts.description),
    protected: isProtected(description),
  };
}
