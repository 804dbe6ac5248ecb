import type { ModelArts } from '../modelarts/client.js';
import { isUnpublished, ModelArtsError } from '../modelarts/errors.js';
import type { Network } from '../modelarts/schemas/network.js';
import { currentNotebookRow } from './current-notebook-facts.js';
import { type NotebookRow, notebookRow } from './notebook-facts.js';
import { type PoolRow, poolRow } from './pool-facts.js';

/** A network as `maops network` prints it; every key is always present. */
export interface NetworkRow {
  readonly name: string;
  readonly id: string;
  readonly phase: string | null;
  readonly cidr: string | null;
  readonly createdAt: string | null;
}

export function networkRow({ metadata, spec, status }: Network): NetworkRow {
  return {
    name: metadata.labels['os.modelarts/name'] ?? metadata.name,
    id: metadata.name,
    phase: status?.phase ?? null,
    cidr: spec?.cidr ?? null,
    createdAt: metadata.creationTimestamp ?? null,
  };
}

/**
 * All pools; records of failed creations are hidden by the service unless they are asked for
 * (docs/api/pools-and-flavors.md "2.3 List").
 */
export async function listPools(modelarts: ModelArts, signal: AbortSignal): Promise<PoolRow[]> {
  const [shown, failed] = await Promise.all([
    modelarts.pools.list({}, { signal }),
    modelarts.pools.list({ status: 'failed' }, { signal }),
  ]);
  const byId = new Map([...failed.items, ...shown.items].map((pool) => [pool.metadata.name, poolRow(pool)]));
  return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The pool of a display name or id; null when there is none. */
export async function findPool(modelarts: ModelArts, nameOrId: string, signal: AbortSignal): Promise<PoolRow | null> {
  const suffix = `-${modelarts.projectId}`;
  const id = nameOrId.endsWith(suffix) ? nameOrId : `${nameOrId}${suffix}`;
  const shown = await orNull(modelarts.pools.show(id, { signal }));
  if (shown !== null) return poolRow(shown);
  // The id is documented as derived from the name, but not promised.
  const listed = await listPools(modelarts, signal);
  return listed.find((pool) => pool.id === nameOrId || pool.name === nameOrId) ?? null;
}

/** The notebooks of both APIs that the caller owns. An API that the account does not have has none. */
export async function listNotebooks(
  modelarts: ModelArts,
  signal: AbortSignal,
  workspaceId?: string,
): Promise<NotebookRow[]> {
  const filter = workspaceId === undefined ? {} : { workspace_id: workspaceId };
  const [historical, current] = await Promise.all([
    unlessUnpublished(modelarts.notebooks.list(filter, { signal }).then(({ instances }) => instances.map(notebookRow))),
    unlessUnpublished(modelarts.currentNotebooks.list(filter, { signal }).then((rows) => rows.map(currentNotebookRow))),
  ]);
  // Without either API, say so.
  if (historical instanceof Error && current instanceof Error) throw historical;
  return [historical, current]
    .flatMap((rows) => (rows instanceof Error ? [] : rows))
    .sort((a, b) => a.name.localeCompare(b.name));
}

async function unlessUnpublished(read: Promise<NotebookRow[]>): Promise<NotebookRow[] | Error> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ModelArtsError && isUnpublished(error)) return error;
    throw error;
  }
}

/**
 * The notebooks of a name or id in a workspace. The current API lets names repeat. @defaultValue the default workspace
 */
export async function findNotebooks(
  modelarts: ModelArts,
  nameOrId: string,
  signal: AbortSignal,
  workspaceId?: string,
): Promise<NotebookRow[]> {
  const listed = (await listNotebooks(modelarts, signal, workspaceId)).filter(({ status }) => status !== 'DELETED');
  const byId = listed.filter(({ id }) => id === nameOrId);
  return byId.length > 0 ? byId : listed.filter(({ name }) => name === nameOrId);
}

/** The network of an id; null when there is none. */
export async function findNetwork(modelarts: ModelArts, id: string, signal: AbortSignal): Promise<NetworkRow | null> {
  const shown = await orNull(modelarts.networks.show(id, { signal }));
  return shown === null ? null : networkRow(shown);
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ModelArtsError && error.kind === 'notFound') return null;
    throw error;
  }
}
