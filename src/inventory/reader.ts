import { maybeSame, sameResource } from '../domain/resource/identity.js';
import { unknownInstant } from '../domain/resource/instant.js';
import type { Inventory, InventoryItem } from '../domain/resource/inventory.js';
import { notebookApiOf } from '../domain/resource/notebook.js';
import type { ModelArts } from '../modelarts/client.js';
import { isUnknownWorkspace, isUnpublished, ModelArtsError, type ModelArtsErrorKind } from '../modelarts/errors.js';
import type { CurrentNotebook } from '../modelarts/schemas/current-notebook.js';
import { currentNotebookItem } from './current-notebook-facts.js';
import { notebookItem } from './notebook-facts.js';
import { poolItem } from './pool-facts.js';

/** The dependencies of a read, which the worker and the command line provide. */
export interface ReaderDeps {
  readonly modelarts: Pick<ModelArts, 'pools' | 'notebooks' | 'currentNotebooks'>;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Attempts of a list or show before it counts as unread. */
const tries = 3;
const longestPauseMs = 20_000;
const transient: readonly ModelArtsErrorKind[] = ['throttled', 'unavailable', 'transport', 'malformed'];
/** The workspace of resources that were created without one (docs/api/pools-and-flavors.md "2.6 Pool object"). */
const defaultWorkspace = '0';

/**
 * Reads all pools and notebooks of the project, including other users' and failed creations. `unread` lists incomplete
 * reads. A resource whose marker is missing in the list is read by id. Rejected credentials throw. Workspaces other
 * than the default are those in `workspaceIds`, and those of the resources found.
 */
export async function readProject(
  deps: ReaderDeps,
  signal: AbortSignal,
  workspaceIds: readonly string[] = [],
): Promise<Inventory> {
  const reader = new Reader(deps, signal);
  const at = deps.now();
  const asked = new Set<string>();
  let next: (string | null)[] = [null, ...workspaceIds];
  while (next.length > 0) {
    for (const workspaceId of next) {
      asked.add(workspaceId ?? defaultWorkspace);
      await reader.readWorkspace(workspaceId);
    }
    const seen = reader.found().map((item) => item.workspaceId ?? defaultWorkspace);
    next = [...new Set(seen)].filter((workspaceId) => !asked.has(workspaceId));
  }
  const items = await reader.completed();
  return { at, items, unread: reader.unread };
}

/** Reads resources again by id. A resource that is gone or was replaced is left out. */
export async function readAgain(
  deps: ReaderDeps,
  signal: AbortSignal,
  items: readonly InventoryItem[],
): Promise<InventoryItem[]> {
  const reader = new Reader(deps, signal);
  const seen: InventoryItem[] = [];
  for (const item of items) {
    const now = await reader.show(item);
    if (now === 'unread') seen.push({ ...item, marker: 'unread' });
    else if (now !== null && maybeSame(now, item)) seen.push(now);
  }
  return seen;
}

/** Whether a show is about the listed resource, and not about the next one with the same id. */
function isCompletedBy(item: InventoryItem, shown: InventoryItem): boolean {
  return item.createdAt === unknownInstant || sameResource(item, shown) === 'same';
}

class Reader {
  readonly unread: string[] = [];
  /** By kind and id. A failed creation and the next pool of its name have the same id. */
  private readonly items = new Map<string, InventoryItem[]>();

  constructor(
    private readonly deps: ReaderDeps,
    private readonly signal: AbortSignal,
  ) {}

  found(): InventoryItem[] {
    return [...this.items.values()].flat();
  }

  async readWorkspace(workspaceId: string | null): Promise<void> {
    const { pools, notebooks } = this.deps.modelarts;
    const where = workspaceId === null ? '' : ` in workspace ${workspaceId}`;
    const query = workspaceId === null ? {} : { workspaceId };
    const arePoolsRead = await this.list(`pools${where}`, async (options) =>
      (await pools.list(query, options)).items.map((pool) => poolItem(pool, 'list')),
    );
    await this.list(`failed pools${where}`, async (options) =>
      (await pools.list({ ...query, status: 'failed' }, options)).items.map((pool) => poolItem(pool, 'list')),
    );
    const inWorkspace = workspaceId === null ? {} : { workspace_id: workspaceId };
    const failed = await this.list(`notebooks${where}`, async (options) => {
      const listed = await notebooks.list({ ...inWorkspace, show_self: false }, options).catch((error: unknown) => {
        // If the pools were read, the historical notebook API is not published here, so it has no notebooks.
        if (arePoolsRead === null && isUnpublished(error)) return { instances: [], total_count: 0 };
        throw error;
      });
      const { instances, total_count: total = 0 } = listed;
      if (total > instances.length) throw new IncompleteListError(instances.length, total);
      return instances.map((notebook) => notebookItem(notebook, 'list')).filter((item) => item !== null);
    });
    // An account that may not list other users' notebooks can list its own.
    if (failed === 'permission') {
      await this.list(`own notebooks${where}`, async (options) => {
        const { instances } = await notebooks.list(inWorkspace, options);
        return instances.map((notebook) => notebookItem(notebook, 'list')).filter((item) => item !== null);
      });
    }
    await this.readCurrentNotebooks(where, inWorkspace, arePoolsRead === null);
  }

  /** The same in the current API, which lists all users' notebooks by a call and a right of its own. */
  private async readCurrentNotebooks(where: string, filter: { workspace_id?: string }, arePoolsRead: boolean) {
    const { currentNotebooks } = this.deps.modelarts;
    const items = (rows: readonly CurrentNotebook[]) =>
      rows.map((row) => currentNotebookItem(row, 'list')).filter((item) => item !== null);
    const unlessUnpublished = async (read: Promise<CurrentNotebook[]>) =>
      await read.catch((error: unknown) => {
        if (arePoolsRead && isUnpublished(error)) return [];
        throw error;
      });
    const failed = await this.list(`notebooks of the current API${where}`, async (options) =>
      items(await unlessUnpublished(currentNotebooks.listAll(filter, options))),
    );
    if (failed !== 'permission') return;
    await this.list(`own notebooks of the current API${where}`, async (options) =>
      items(await unlessUnpublished(currentNotebooks.list(filter, options))),
    );
  }

  /** Everything found. Resources with missing fields are read by id. */
  async completed(): Promise<InventoryItem[]> {
    const complete: InventoryItem[] = [];
    for (const item of this.found()) {
      if (item.marker !== 'unread' && item.createdAt !== unknownInstant) {
        complete.push(item);
        continue;
      }
      const shown = await this.show(item);
      // A 404 for a resource that was just listed proves nothing: list or show is out of date.
      complete.push(shown !== null && shown !== 'unread' && isCompletedBy(item, shown) ? shown : item);
    }
    return complete;
  }

  /** Reads one resource by id; null when the service reports that it does not exist. */
  async show({ kind, id }: Pick<InventoryItem, 'kind' | 'id'>): Promise<InventoryItem | null | 'unread'> {
    const { pools, notebooks, currentNotebooks } = this.deps.modelarts;
    try {
      return await this.withRetries(async (options) => {
        if (kind === 'pool') return poolItem(await pools.show(id, options), 'show');
        return notebookApiOf(id) === 'historical'
          ? notebookItem(await notebooks.show(id, options), 'show')
          : currentNotebookItem(await currentNotebooks.show(id, options), 'show');
      });
    } catch (error) {
      const kindOfError = this.kindOf(error);
      return kindOfError === 'notFound' ? null : 'unread';
    }
  }

  /** Returns the kind of error of a failed read, or null. */
  private async list(
    label: string,
    read: (options: { signal: AbortSignal }) => Promise<readonly InventoryItem[]>,
  ): Promise<ModelArtsErrorKind | null> {
    try {
      for (const item of await this.withRetries(read)) this.add(item);
      return null;
    } catch (error) {
      const kind = this.kindOf(error);
      // A spec may name a workspace that does not exist, so nothing is missing.
      if (isUnknownWorkspace(error)) return null;
      this.unread.push(`${label}: ${error instanceof Error ? error.message : String(error)}`);
      return kind;
    }
  }

  /** Two lists may report a resource differently. The later response counts, but a known creation time is kept. */
  private add(item: InventoryItem): void {
    const key = `${item.kind} ${item.id}`;
    const known = this.items.get(key) ?? [];
    const before = known.find((one) => maybeSame(one, item));
    const createdAt = item.createdAt || (before?.createdAt ?? unknownInstant);
    this.items.set(key, [...known.filter((one) => one !== before), { ...item, createdAt }]);
  }

  /** Rejected credentials and an aborted signal end the whole read. */
  private kindOf(error: unknown): ModelArtsErrorKind {
    if (error instanceof IncompleteListError) return 'malformed';
    if (!(error instanceof ModelArtsError) || error.kind === 'auth' || this.signal.aborted) throw error;
    return error.kind;
  }

  private async withRetries<T>(call: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call({ signal: this.signal });
      } catch (error) {
        const kind =
          error instanceof IncompleteListError ? 'malformed' : error instanceof ModelArtsError ? error.kind : null;
        if (kind === null || attempt === tries || !transient.includes(kind)) throw error;
        const asked = error instanceof ModelArtsError ? error.retryAfterMs : null;
        await this.deps.sleep(Math.min(asked ?? 1_000 * 2 ** attempt, longestPauseMs), this.signal);
      }
    }
  }
}

/**
 * A list without a limit is documented as complete. `total_count` shows when it is not (docs/api/notebooks-and-auth.md
 * "2.4 O2 list").
 */
class IncompleteListError extends Error {
  constructor(had: number, total: number) {
    super(`the response has ${had} of ${total}`);
  }
}
