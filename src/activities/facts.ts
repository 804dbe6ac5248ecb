import type { Found } from '../domain/create.js';
import { parseMarker } from '../domain/marker.js';
import type { NotebookFacts } from '../domain/notebook.js';
import type { PoolFacts } from '../domain/pool.js';
import type { Notebook } from '../modelarts/schemas/notebook.js';
import type { Pool, PoolNodes } from '../modelarts/schemas/pool.js';

/** Reads a pool's answer into the facts that decisions need (pools-and-flavors.md 2.6). */
export function poolFacts(pool: Pool): PoolFacts {
  const { metadata, status } = pool;
  const { gpu, npu } = status.driver ?? {};
  return {
    id: metadata.name,
    createdAt: metadata.creationTimestamp ?? '',
    phase: status.phase ?? null,
    message: status.message ?? null,
    deleting: metadata.deletionTimestamp !== undefined,
    description: metadata.annotations['os.modelarts/description'] ?? '',
    workspaceId: metadata.labels['os.modelarts/workspace.id'] ?? null,
    wanted: nodesByFlavor(pool.spec.resources),
    available: nodesByFlavor(status.resources.available),
    creating: nodesByFlavor(status.resources.creating),
    abnormal: nodesByFlavor([...status.resources.abnormal, ...status.resources.creationFailed]),
    scopes: Object.fromEntries(status.scope.map(({ scopeType, state }) => [scopeType ?? '', state ?? ''])),
    driver: worseState(gpu?.state, npu?.state),
  };
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

/** Reads a notebook's answer into the facts that decisions need (notebooks-and-auth.md 2.3). */
export function notebookFacts(notebook: Notebook): NotebookFacts {
  const { spec } = notebook;
  const stop = spec.auto_stop?.stop_timestamp;
  const failure = spec.failed_reasons;
  return {
    id: notebook.id,
    createdAt: notebook.creation_timestamp ?? '',
    name: notebook.name ?? '',
    status: notebook.status ?? '',
    description: markedText(notebook),
    poolId: notebook.pool?.id ?? null,
    workspaceId: notebook.workspace?.id ?? null,
    url: spec.annotations.url || null,
    autoStopAt: stop === undefined ? null : new Date(stop).toISOString(),
    failure: failure === undefined ? null : { code: failure.code ?? null, message: failure.message ?? null },
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
