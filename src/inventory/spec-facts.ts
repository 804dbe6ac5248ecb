import { isCurrentNotebook, type NotebookPool, type NotebookSpec, type Spec } from '../contract/spec.js';
import type { FlavorFacts } from '../domain/resource/flavor.js';
import type { ModelArts } from '../modelarts/client.js';
import { ModelArtsError } from '../modelarts/errors.js';
import type { Pool } from '../modelarts/schemas/pool.js';
import { type NotebookPoolFacts, noFacts, type SpecFacts } from '../spec/facts.js';
import { flavorFacts } from './flavor-facts.js';
import { readImages } from './images.js';

/** The facts that a spec is checked against, with the sale status of all pool flavors; null where it is unknown. */
export interface ReadFacts extends SpecFacts {
  readonly flavors: readonly FlavorFacts[] | null;
}

/** Reads the facts that a spec is checked against. A refused read is unknown; transient errors throw. */
export async function readSpecFacts(modelarts: ModelArts, spec: Spec, signal: AbortSignal): Promise<ReadFacts> {
  const { pool, notebook } = spec;
  const listed = pool === undefined ? null : await unlessRefused(readPoolFlavors(modelarts, signal));
  // An empty list is no evidence.
  const flavors = listed?.length === 0 ? null : listed;
  return {
    ...noFacts,
    flavors,
    poolFlavors: flavors?.map(({ name }) => name) ?? null,
    notebookPool: notebook?.pool === undefined ? null : await readNotebookPool(modelarts, notebook.pool, signal),
    images: notebook === undefined ? null : await readNotebookImages(modelarts, notebook, signal),
  };
}

async function readNotebookImages(modelarts: ModelArts, notebook: NotebookSpec, signal: AbortSignal) {
  if (!isCurrentNotebook(notebook)) return null;
  return await unlessRefused(readImages(modelarts, notebook.image, notebook.workspaceId, signal));
}

async function readPoolFlavors(modelarts: ModelArts, signal: AbortSignal): Promise<FlavorFacts[]> {
  const flavors: FlavorFacts[] = [];
  for await (const flavor of modelarts.flavors.list({}, { signal })) flavors.push(flavorFacts(flavor));
  return flavors;
}

/** A pool of another project cannot be read with this project's credentials. */
async function readNotebookPool(
  modelarts: ModelArts,
  { id, owner }: NotebookPool,
  signal: AbortSignal,
): Promise<NotebookPoolFacts | null> {
  if (owner !== undefined && owner.projectId !== modelarts.projectId) return null;
  try {
    return factsOf(await modelarts.pools.show(id, { signal }));
  } catch (error) {
    if (!(error instanceof ModelArtsError)) throw error;
    if (error.kind === 'notFound') return { isThere: false, isLeaving: false, scopes: [], flavors: [] };
    if (isRefusal(error)) return null;
    throw error;
  }
}

function factsOf({ metadata, spec, status }: Pool): NotebookPoolFacts {
  const enabled = status.scope.filter(({ state }) => state !== 'EnableFailed').map(({ scopeType = '' }) => scopeType);
  return {
    isThere: true,
    isLeaving: metadata.deletionTimestamp !== undefined || status.phase === 'Deleting',
    scopes: [...new Set([...spec.scope, ...enabled])],
    flavors: spec.resources.map(({ flavor = '' }) => flavor),
  };
}

async function unlessRefused<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ModelArtsError && (isRefusal(error) || error.kind === 'notFound')) return null;
    throw error;
  }
}

/** A missing permission or API must not stop a spec that may work. */
function isRefusal({ kind }: ModelArtsError): boolean {
  return kind === 'permission' || kind === 'rejected';
}
