import type { Found } from '../../domain/provision/create.js';
import { isoTimeOf, unknownInstant } from '../../domain/resource/instant.js';
import { parseMarker } from '../../domain/resource/marker.js';
import type { NotebookFacts } from '../../domain/resource/notebook.js';
import type { PoolFacts } from '../../domain/resource/pool.js';
import { cut, textLimits } from '../../domain/text.js';
import type { Notebook } from '../../modelarts/schemas/notebook.js';
import type { Pool, PoolNodes } from '../../modelarts/schemas/pool.js';

/** Reads a pool's answer into the facts that decisions need (docs/api/pools-and-flavors.md "2.6 Pool object"). */
export function poolFacts(pool: Pool): PoolFacts {
  const { metadata, status } = pool;
  const { gpu, npu } = status.driver ?? {};
  return {
    id: metadata.name,
    createdAt: metadata.creationTimestamp ?? unknownInstant,
    phase: wordOf(status.phase),
    message: textOf(status.message),
    deleting: metadata.deletionTimestamp !== undefined,
    description: textOf(metadata.annotations['os.modelarts/description']) ?? '',
    workspaceId: metadata.labels['os.modelarts/workspace.id'] ?? null,
    wanted: nodesByFlavor(pool.spec.resources),
    available: nodesByFlavor(status.resources.available),
    creating: nodesByFlavor(status.resources.creating),
    abnormal: nodesByFlavor([...status.resources.abnormal, ...status.resources.creationFailed]),
    scopes: Object.fromEntries(
      status.scope.slice(0, mostScopes).map(({ scopeType, state }) => [wordOf(scopeType) ?? '', wordOf(state) ?? '']),
    ),
    driver: wordOf(worseState(gpu?.state, npu?.state)),
  };
}

/** The service knows three. */
const mostScopes = 50;

/** A word of the service, which a history must be able to hold. */
function wordOf(text: string | null | undefined): string | null {
  return text == null ? null : cut(text, textLimits.name);
}

/** A sentence of the service, or a description that somebody has written. */
function textOf(text: string | null | undefined): string | null {
  return text == null ? null : cut(text, textLimits.why);
}

function nodesByFlavor(nodes: readonly PoolNodes[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { flavor, count } of nodes) counts[flavor ?? ''] = (counts[flavor ?? ''] ?? 0) + count;
  return counts;
}

/** Of two drivers the one that does not run yet decides. */
function worseState(...states: readonly (string | undefined)[]): string | null {
  const known = states.filter((state) => state !== undefined);
  return known.find((state) => state !== 'Running') ?? known[0] ?? null;
}

/** Reads a notebook's answer into the facts that decisions need (docs/api/notebooks-and-auth.md "2.3 Old instance object"). */
export function notebookFacts(notebook: Notebook): NotebookFacts {
  const { spec } = notebook;
  const failure = spec.failed_reasons;
  return {
    id: notebook.id,
    createdAt: notebook.creation_timestamp ?? unknownInstant,
    name: notebook.name ?? '',
    status: wordOf(notebook.status) ?? '',
    description: textOf(markedText(notebook)) ?? '',
    poolId: notebook.pool?.id ?? null,
    workspaceId: notebook.workspace?.id ?? null,
    url: textOf(spec.annotations.url) || null,
    autoStopAt: isoTimeOf(spec.auto_stop?.stop_timestamp),
    failure: failure === undefined ? null : { code: wordOf(failure.code), message: textOf(failure.message) },
    queueRank: notebook.queuing_info?.rank ?? null,
  };
}

/** Where a notebook may carry the marker: its description, or our annotation when someone edited that. */
function markedText(notebook: Notebook): string {
  const description = notebook.description ?? '';
  const annotation = notebook.spec.annotations.maops;
  return parseMarker(description) === null && annotation !== undefined ? `${description} ${annotation}` : description;
}

export function foundPool(facts: PoolFacts): Found {
  return {
    id: facts.id,
    createdAt: facts.createdAt,
    marker: parseMarker(facts.description),
    leaving: facts.deleting || facts.phase === 'Deleting',
    failed: facts.phase === 'CreationFailed',
    wanted: facts.wanted,
  };
}

export function foundNotebook(facts: NotebookFacts): Found {
  return {
    id: facts.id,
    createdAt: facts.createdAt,
    marker: parseMarker(facts.description),
    leaving: facts.status === 'DELETING' || facts.status === 'DELETED',
    failed: facts.status === 'CREATE_FAILED',
    wanted: {},
  };
}
