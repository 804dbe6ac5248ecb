import { type OperationKind, operationId } from '../contract/ids.js';
import type { Marker } from '../domain/marker.js';
import type { ModelArts } from '../modelarts/client.js';
import { ownerHash } from '../spec/hash.js';
import { findPool, listNotebooks, type NotebookRow, type PoolRow } from './inventory.js';

/** One resource that a teardown would delete, or has to leave. */
export interface PlannedRemoval {
  readonly kind: 'notebook' | 'pool';
  readonly name: string;
  readonly id: string;
  readonly createdAt: string | null;
  readonly action: 'delete' | 'leave';
  readonly why: string;
  /** Workflow id of the operation that made it; null for a foreign one. */
  readonly owner: string | null;
}

const makers: readonly OperationKind[] = ['env', 'pool', 'notebook'];

export interface RemovalQuestion {
  readonly name: string;
  readonly installation: string;
  /** Workspaces besides the default one that notebooks may be in. */
  readonly workspaceIds: readonly string[];
}

/** Lists what a teardown of a name would delete, notebooks first, as it would. Reads only. */
export async function planRemoval(
  modelarts: ModelArts,
  question: RemovalQuestion,
  signal: AbortSignal,
): Promise<PlannedRemoval[]> {
  const [pool, ...lists] = await Promise.all([
    findPool(modelarts, question.name, signal),
    ...[undefined, ...question.workspaceIds].map((workspace) => listNotebooks(modelarts, signal, workspace)),
  ]);
  const notebooks = new Map(lists.flat().map((notebook) => [notebook.id, notebook]));
  return assemblePlan(question, pool, [...notebooks.values()]);
}

/** Decides from what was seen: ours goes, protected and foreign resources stay. */
export function assemblePlan(
  { name, installation }: Pick<RemovalQuestion, 'name' | 'installation'>,
  pool: PoolRow | null,
  notebooks: readonly NotebookRow[],
): PlannedRemoval[] {
  const ownerOf = (marker: Marker | null) =>
    marker === null || marker.installation !== installation
      ? null
      : (makers.map((kind) => operationId(kind, name)).find((id) => ownerHash(id) === marker.owner) ?? null);
  const items = notebooks
    .filter((notebook) => notebook.status !== 'DELETED' && ownerOf(notebook.marker) !== null)
    .map((notebook) => describe('notebook', notebook, ownerOf(notebook.marker)));
  return pool === null ? items : [...items, describe('pool', pool, ownerOf(pool.marker))];
}

function describe(kind: PlannedRemoval['kind'], resource: PoolRow | NotebookRow, owner: string | null): PlannedRemoval {
  const { name, id, createdAt } = resource;
  const facts = { kind, name, id, createdAt, owner };
  if (owner === null) return { ...facts, action: 'leave', why: 'not made under this name by this installation' };
  if (resource.protected) return { ...facts, action: 'leave', why: `made by ${owner}, but protected (maops:keep)` };
  return { ...facts, action: 'delete', why: `made by ${owner}` };
}
