import { maybeSame, sameResource } from '../domain/resource/identity.js';
import { unknownInstant } from '../domain/resource/instant.js';
import type { Inventory, InventoryItem } from '../domain/resource/inventory.js';
import type { ModelArts } from '../modelarts/client.js';
import { isUnknownWorkspace, isUnpublished, ModelArtsError, type ModelArtsErrorKind } from '../modelarts/errors.js';
import { notebookItem } from './notebook-facts.js';
import { poolItem } from './pool-facts.js';

/** What the reading of a project needs; the worker and the command line each bring their own. */
export interface ReaderDeps {
  readonly modelarts: Pick<ModelArts, 'pools' | 'notebooks'>;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A list or show is tried this often before it is called unread. */
const tries = 3;
const longestPauseMs = 20_000;
const passing: readonly ModelArtsErrorKind[] = ['throttled', 'unavailable', 'transport', 'malformed'];
/** Where everything is that was made without a workspace (docs/api/pools-and-flavors.md "2.6 Pool object"). */
const defaultWorkspace = '0';

/**
 * Reads all pools and notebooks of the project, also of other users and failed creations. A list that cannot be had whole is
 * named in `unread`; an answer without the fields that tell whose a resource is, is looked at by id. Wrong credentials throw:
 * without them there is nothing to tell. Workspaces other than the default are found by what is in them, or named in `workspaceIds`.
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

/** Looks at resources once more by their ids; one that is gone or was made anew since is left out. */
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

/** Whether a show is about what a list has told in part: it must not be the next resource of the same id. */
function isCompletedBy(item: InventoryItem, shown: InventoryItem): boolean {
  return item.createdAt === unknownInstant || sameResource(item, shown) === 'same';
}

class Reader {
  readonly unread: string[] = [];
  /** By kind and id: a failed creation and the next pool of its name have the same id. */
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
        // Where the pools answer and the notebook API of the old generation is not published, there are no notebooks of it.
        if (arePoolsRead === null && isUnpublished(error)) return { instances: [], total_count: 0 };
        throw error;
      });
      const { instances, total_count: total = 0 } = listed;
      if (total > instances.length) throw new HalfList(instances.length, total);
      return instances.map((notebook) => notebookItem(notebook, 'list')).filter((item) => item !== null);
    });
    // Whoever may not see other users' instances can still see their own, and so those of this installation.
    if (failed !== 'permission') return;
    await this.list(`own notebooks${where}`, async (options) => {
      const { instances } = await notebooks.list(inWorkspace, options);
      return instances.map((notebook) => notebookItem(notebook, 'list')).filter((item) => item !== null);
    });
  }

  /** Everything found; what a list told in part is looked at by id. */
  async completed(): Promise<InventoryItem[]> {
    const complete: InventoryItem[] = [];
    for (const item of this.found()) {
      if (item.marker !== 'unread' && item.createdAt !== unknownInstant) {
        complete.push(item);
        continue;
      }
      const shown = await this.show(item);
      // A show that knows nothing of what the list has just told proves nothing: one of the two lags behind.
      complete.push(shown !== null && shown !== 'unread' && isCompletedBy(item, shown) ? shown : item);
    }
    return complete;
  }

  /** One resource by its id: null when the service says that there is none. */
  async show({ kind, id }: Pick<InventoryItem, 'kind' | 'id'>): Promise<InventoryItem | null | 'unread'> {
    const { pools, notebooks } = this.deps.modelarts;
    try {
      return await this.patiently(async (options) =>
        kind === 'pool'
          ? poolItem(await pools.show(id, options), 'show')
          : notebookItem(await notebooks.show(id, options), 'show'),
      );
    } catch (error) {
      const kindOfError = this.kindOf(error);
      return kindOfError === 'notFound' ? null : 'unread';
    }
  }

  /** What the list failed with; null when it was read. */
  private async list(
    label: string,
    read: (options: { signal: AbortSignal }) => Promise<readonly InventoryItem[]>,
  ): Promise<ModelArtsErrorKind | null> {
    try {
      for (const item of await this.patiently(read)) this.add(item);
      return null;
    } catch (error) {
      const kind = this.kindOf(error);
      // A spec may name a workspace that has gone since, or never was: nothing is missing.
      if (isUnknownWorkspace(error)) return null;
      this.unread.push(`${label}: ${error instanceof Error ? error.message : String(error)}`);
      return kind;
    }
  }

  /** Two lists may show one resource in two ways: the later answer counts, and a known creation time stays known. */
  private add(item: InventoryItem): void {
    const key = `${item.kind} ${item.id}`;
    const known = this.items.get(key) ?? [];
    const before = known.find((one) => maybeSame(one, item));
    const createdAt = item.createdAt || (before?.createdAt ?? unknownInstant);
    this.items.set(key, [...known.filter((one) => one !== before), { ...item, createdAt }]);
  }

  /** Wrong credentials and a caller who gave up are no half answers: they end the reading. */
  private kindOf(error: unknown): ModelArtsErrorKind {
    if (error instanceof HalfList) return 'malformed';
    if (!(error instanceof ModelArtsError) || error.kind === 'auth' || this.signal.aborted) throw error;
    return error.kind;
  }

  private async patiently<T>(call: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call({ signal: this.signal });
      } catch (error) {
        const kind = error instanceof HalfList ? 'malformed' : error instanceof ModelArtsError ? error.kind : null;
        if (kind === null || attempt === tries || !passing.includes(kind)) throw error;
        const asked = error instanceof ModelArtsError ? error.retryAfterMs : null;
        await this.deps.sleep(Math.min(asked ?? 1_000 * 2 ** attempt, longestPauseMs), this.signal);
      }
    }
  }
}

/** A list without a limit holds everything, by its documentation; `total_count` tells when it does not (docs/api/notebooks-and-auth.md "2.4 O2 list"). */
class HalfList extends Error {
  constructor(had: number, total: number) {
    super(`the answer has ${had} of ${total}`);
  }
}
