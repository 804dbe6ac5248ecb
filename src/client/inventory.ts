import { isoTimeOf } from '../domain/resource/instant.js';
import { isProtected, type Marker, parseMarker } from '../domain/resource/marker.js';
import type { ModelArts } from '../modelarts/client.js';
import { ModelArtsError } from '../modelarts/errors.js';
import type { Flavor } from '../modelarts/schemas/flavor.js';
import type { Network } from '../modelarts/schemas/network.js';
import type { Notebook } from '../modelarts/schemas/notebook.js';
import type { Pool, PoolNodes } from '../modelarts/schemas/pool.js';

/** A pool as `maops pool` shows it; every key is always there. */
export interface PoolRow {
  readonly name: string;
  readonly id: string;
  readonly phase: string | null;
  readonly type: string | null;
  readonly flavors: readonly { readonly flavor: string; readonly wanted: number; readonly available: number }[];
  readonly nodes: {
    readonly wanted: number;
    readonly available: number;
    readonly creating: number;
    readonly abnormal: number;
  };
  readonly scopes: Readonly<Record<string, string>>;
  readonly network: string | null;
  readonly message: string | null;
  readonly description: string;
  readonly createdAt: string | null;
  readonly marker: Marker | null;
  readonly protected: boolean;
}

/** A notebook as `maops notebook` shows it; every key is always there. */
export interface NotebookRow {
  readonly name: string;
  readonly id: string;
  readonly status: string | null;
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

/** A flavor with its sale status by availability zone (docs/api/pools-and-flavors.md "3.4 Flavor sale status"). */
export interface FlavorRow {
  readonly name: string;
  readonly type: string | null;
  readonly cpu: string | null;
  readonly memory: string | null;
  readonly accelerator: string | null;
  readonly sale: Readonly<Record<string, string>>;
}

export interface NetworkRow {
  readonly name: string;
  readonly id: string;
  readonly phase: string | null;
  readonly cidr: string | null;
  readonly createdAt: string | null;
}

/** Reads a pool's answer (docs/api/pools-and-flavors.md "2.6 Pool object"). */
function readPool(pool: Pool): PoolRow {
  const { metadata, spec, status } = pool;
  const description = metadata.annotations['os.modelarts/description'] ?? '';
  const { available, creating, abnormal, creationFailed } = status.resources;
  const scopes = status.scope.map(({ scopeType, state }) => [scopeType ?? '', state ?? ''] as const);
  return {
    name: metadata.labels['os.modelarts/name'] ?? metadata.name,
    id: metadata.name,
    phase: metadata.deletionTimestamp === undefined ? (status.phase ?? null) : 'Deleting',
    type: spec.type ?? null,
    flavors: spec.resources.map(({ flavor = '', count }) => ({
      flavor,
      wanted: count,
      available: countOf(available, flavor),
    })),
    nodes: {
      wanted: countOf(spec.resources),
      available: countOf(available),
      creating: countOf(creating),
      abnormal: countOf(abnormal) + countOf(creationFailed),
    },
    scopes: Object.fromEntries(scopes),
    network: spec.network?.name ?? null,
    message: status.message ?? null,
    description,
    createdAt: metadata.creationTimestamp ?? null,
    marker: parseMarker(description),
    protected: isProtected(description),
  };
}

function countOf(nodes: readonly PoolNodes[], flavor?: string): number {
  return nodes
    .filter((node) => flavor === undefined || node.flavor === flavor)
    .reduce((sum, { count }) => sum + count, 0);
}

/** Reads an instance of the old notebook API (docs/api/notebooks-and-auth.md "2.3 Old instance object"). */
function readNotebook(notebook: Notebook): NotebookRow {
  const description = notebook.description ?? '';
  return {
    name: notebook.name ?? '',
    id: notebook.id,
    status: notebook.status ?? null,
    flavor: notebook.flavor ?? null,
    pool: notebook.pool?.id ?? null,
    url: notebook.spec.annotations.url || null,
    autoStopAt: isoTimeOf(notebook.spec.auto_stop?.stop_timestamp),
    description,
    createdAt: notebook.creation_timestamp ?? null,
    user: notebook.user?.name ?? null,
    marker: parseMarker(description) ?? parseMarker(notebook.spec.annotations.maops),
    protected: isProtected(description),
  };
}

export function readFlavor({ metadata, spec, status }: Flavor): FlavorRow {
  const card = spec?.npu ?? spec?.gpu;
  return {
    name: metadata.name,
    type: spec?.type ?? null,
    cpu: spec?.cpu ?? null,
    memory: spec?.memory ?? null,
    accelerator: card?.type === undefined ? null : `${card.size ?? '1'} x ${card.type}`,
    sale: status?.phase ?? {},
  };
}

export function readNetwork({ metadata, spec, status }: Network): NetworkRow {
  return {
    name: metadata.labels['os.modelarts/name'] ?? metadata.name,
    id: metadata.name,
    phase: status?.phase ?? null,
    cidr: spec?.cidr ?? null,
    createdAt: metadata.creationTimestamp ?? null,
  };
}

/** All pools; records of failed creations are hidden by the service unless they are asked for (docs/api/pools-and-flavors.md "2.3 List"). */
export async function listPools(modelarts: ModelArts, signal: AbortSignal): Promise<PoolRow[]> {
  const [shown, failed] = await Promise.all([
    modelarts.pools.list({}, { signal }),
    modelarts.pools.list({ status: 'failed' }, { signal }),
  ]);
  const byId = new Map([...failed.items, ...shown.items].map((pool) => [pool.metadata.name, readPool(pool)]));
  return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The pool of a display name or id; null when there is none. */
export async function findPool(modelarts: ModelArts, nameOrId: string, signal: AbortSignal): Promise<PoolRow | null> {
  const suffix = `-${modelarts.projectId}`;
  const id = nameOrId.endsWith(suffix) ? nameOrId : `${nameOrId}${suffix}`;
  const shown = await orNull(modelarts.pools.show(id, { signal }));
  if (shown !== null) return readPool(shown);
  // The id is documented as derived from the name, but not promised.
  const listed = await listPools(modelarts, signal);
  return listed.find((pool) => pool.id === nameOrId || pool.name === nameOrId) ?? null;
}

export async function listNotebooks(
  modelarts: ModelArts,
  signal: AbortSignal,
  workspaceId?: string,
): Promise<NotebookRow[]> {
  const { instances } = await modelarts.notebooks.list(workspaceId === undefined ? {} : { workspace_id: workspaceId }, {
    signal,
  });
  return instances.map(readNotebook).sort((a, b) => a.name.localeCompare(b.name));
}

/** The notebook of a name or id in a workspace, the default one unless it is said; null when there is none. */
export async function findNotebook(
  modelarts: ModelArts,
  nameOrId: string,
  signal: AbortSignal,
  workspaceId?: string,
): Promise<NotebookRow | null> {
  const listed = (await listNotebooks(modelarts, signal, workspaceId)).filter(({ status }) => status !== 'DELETED');
  return listed.find(({ id, name }) => id === nameOrId || name === nameOrId) ?? null;
}

/** The network of an id; null when there is none. */
export async function findNetwork(modelarts: ModelArts, id: string, signal: AbortSignal): Promise<NetworkRow | null> {
  const shown = await orNull(modelarts.networks.show(id, { signal }));
  return shown === null ? null : readNetwork(shown);
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ModelArtsError && error.kind === 'notFound') return null;
    throw error;
  }
}
