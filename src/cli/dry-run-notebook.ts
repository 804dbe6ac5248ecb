import { isCurrentNotebook, type NotebookSpec } from '../contract/spec.js';
import type { ExistingResource } from '../domain/provision/create.js';
import { isMarkedBy, type MarkerOwnership, parseMarker } from '../domain/resource/marker.js';
import { readImages } from '../inventory/images.js';
import type { ModelArts } from '../modelarts/client.js';
import { isUnpublished, ModelArtsError } from '../modelarts/errors.js';
import type { NotebookFlavorFacts, SpecFacts } from '../spec/facts.js';
import type { DryRunCheck } from './output/dry-run.js';

/** A resource with a name from the spec, and its state as the service reports it. */
export interface Named extends ExistingResource {
  readonly state: string | null;
}

/** What a dry run reads about the notebook of a spec. */
export interface NotebookReading {
  /** Notebooks that the create would find. */
  readonly named: readonly Named[];
  readonly facts: Pick<SpecFacts, 'usedProfiles' | 'usedFlavors' | 'images' | 'notebookFlavors'>;
  /** The account does not have the API; otherwise null. */
  readonly missingApi: DryRunCheck | null;
}

const nothing = { usedProfiles: [], usedFlavors: [], images: null, notebookFlavors: null };
/** States that a notebook reaches only after a successful creation. */
const workedStates: readonly string[] = ['RUNNING', 'STOPPING', 'STOPPED'];

/** Reads the notebooks with the name of the spec, and the values that it may use. */
export async function readNotebook(
  modelarts: ModelArts,
  notebook: NotebookSpec,
  us: MarkerOwnership | null,
  signal: AbortSignal,
): Promise<NotebookReading> {
  const isCurrent = isCurrentNotebook(notebook);
  try {
    if (!isCurrent) return await readHistorical(modelarts, notebook, signal);
    return {
      named: await findCurrent(modelarts, notebook, us, signal),
      facts: {
        ...nothing,
        images: await unlessRefused(readImages(modelarts, notebook.image, notebook.workspaceId, signal)),
        notebookFlavors: await unlessRefused(readFlavors(modelarts, signal)),
      },
      missingApi: null,
    };
  } catch (error) {
    if (!isUnpublished(error)) throw error;
    const [is, key] = isCurrent ? ['current', 'profileId'] : ['historical', 'image'];
    const finding = `this account does not have the ${is} notebook API. Write \`notebook.${key}\` instead.`;
    return { named: [], facts: nothing, missingApi: { subject: 'notebook API', state: 'failed', finding } };
  }
}

async function readHistorical(
  modelarts: ModelArts,
  { name, workspaceId }: NotebookSpec,
  signal: AbortSignal,
): Promise<NotebookReading> {
  const filter = workspaceId === undefined ? {} : { workspace_id: workspaceId };
  const { instances } = await modelarts.notebooks.list(filter, { signal });
  const worked = instances.filter(({ status = '' }) => workedStates.includes(status));
  const named = instances.filter((one) => one.name === name && one.status !== 'DELETED');
  return {
    named: named.map(({ id, creation_timestamp: createdAt, description, spec, status }) =>
      existing(id, createdAt, parseMarker(description) ?? parseMarker(spec.annotations.maops), status),
    ),
    // The project's notebooks show profiles and flavors that worked before.
    facts: {
      ...nothing,
      usedProfiles: worked.flatMap(({ profile }) => profile?.id ?? []),
      usedFlavors: worked.flatMap(({ flavor }) => flavor ?? []),
    },
    missingApi: null,
  };
}

/** Names may repeat in the current API, so only notebooks with our marker count. */
async function findCurrent(
  modelarts: ModelArts,
  { name, workspaceId }: NotebookSpec,
  us: MarkerOwnership | null,
  signal: AbortSignal,
): Promise<Named[]> {
  const place = workspaceId === undefined ? {} : { workspace_id: workspaceId };
  const rows = await modelarts.currentNotebooks.list({ ...place, name }, { signal });
  return rows.flatMap((row) => {
    const marker = parseMarker(row.description);
    const isOurs = us === null ? marker !== null : isMarkedBy(marker, us.installation, [us.owner]);
    if (row.name !== name || row.status === 'DELETED' || !isOurs) return [];
    const createdAt = row.create_at === undefined ? undefined : new Date(row.create_at).toISOString();
    return [existing(row.id, createdAt, marker, row.status)];
  });
}

function existing(
  id: string,
  createdAt: string | undefined,
  marker: ExistingResource['marker'],
  status: string | undefined,
): Named {
  const flags = { leaving: status === 'DELETING', failed: status === 'CREATE_FAILED' };
  return { id, createdAt: createdAt ?? '', marker, wanted: {}, state: status ?? null, ...flags };
}

async function readFlavors(modelarts: ModelArts, signal: AbortSignal): Promise<NotebookFlavorFacts[]> {
  const flavors = await modelarts.currentNotebooks.flavors({}, { signal });
  return flavors.map(({ id, sold_out }) => ({ name: id, isSoldOut: sold_out ?? null }));
}

async function unlessRefused<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ModelArtsError && ['permission', 'rejected', 'notFound'].includes(error.kind)) return null;
    throw error;
  }
}

/** Whether the flavor of a notebook is sold out now; null when it has none or nothing is known. */
export function checkNotebookSale(
  notebook: NotebookSpec,
  { notebookFlavors }: Pick<SpecFacts, 'notebookFlavors'>,
): DryRunCheck | null {
  const listed = notebookFlavors?.find(({ name }) => name === notebook.flavor);
  if (listed?.isSoldOut == null) return null;
  const subject = `notebook flavor ${listed.name}`;
  return listed.isSoldOut
    ? { subject, state: 'warning', finding: 'sold out; the create request may be rejected' }
    : { subject, state: 'ok', finding: 'on sale' };
}
