import type { Endpoint } from './call.js';
import type { ModelArts } from './client.js';
import { ModelArtsError } from './errors.js';
import { RowParser } from './listed-rows.js';
import { listCurrentNotebookRows } from './resources/current-notebooks.js';
import { listNotebookRows } from './resources/notebooks.js';
import { listPoolRows } from './resources/pools.js';
import { type CurrentNotebook, currentNotebookSchema } from './schemas/current-notebook.js';
import { type Notebook, notebookSchema } from './schemas/notebook.js';
import { type Pool, poolSchema } from './schemas/pool.js';
import { realSleep } from './timing.js';
import type { WatcherOptions } from './watch-loop.js';
import {
  type CurrentNotebookWatcher,
  createWatcher,
  type FlavorWatcher,
  type NotebookWatcher,
  type PoolWatcher,
} from './watcher.js';

/** The settings that all watchers share. Clock and randomness default to the real ones. */
export type WatchersOptions = Pick<WatcherOptions<unknown>, 'pace'> &
  Partial<Pick<WatcherOptions<unknown>, 'now' | 'sleep' | 'random' | 'signal'>>;

function filled({ pace, now = Date.now, sleep = realSleep, random = Math.random, signal }: WatchersOptions) {
  return { pace, now, sleep, random, signal };
}

/** The resource, or null when the service reports that it does not exist. Other errors are thrown. */
async function nullIfAbsent<Item>(read: Promise<Item>): Promise<Item | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ModelArtsError && error.kind === 'notFound') return null;
    throw error;
  }
}

/** The parser of each workspace. */
function parsers<Item>(schema: { parse(row: unknown): Item }, { operation, method, template }: Endpoint<unknown>) {
  const all = new Map<string | undefined, RowParser<Item>>();
  return (workspaceId: string | undefined): RowParser<Item> => {
    const parser = all.get(workspaceId) ?? new RowParser(schema, { operation, method, template });
    all.set(workspaceId, parser);
    return parser;
  };
}

function poolFingerprint({ metadata, status }: Pool): string {
  return JSON.stringify([metadata.creationTimestamp, metadata.deletionTimestamp, status]);
}

/** Leaves out remaining times, which change with every poll. */
function notebookFingerprint({ status, spec, queuing_info }: Notebook): string {
  return JSON.stringify([status, spec.annotations.url, spec.auto_stop?.stop_timestamp, queuing_info?.rank]);
}

/** The end of a lease is `create_at + duration`, so both are compared. */
function currentNotebookFingerprint({ status, url, lease, volume, action_progress }: CurrentNotebook): string {
  const steps = action_progress.map((step) => [step.step, step.status]);
  return JSON.stringify([status, url, lease?.create_at, lease?.duration, lease?.enable, volume?.status, steps]);
}

/** Watches pools by id. */
function createPoolWatcher(modelarts: ModelArts, options: WatchersOptions): PoolWatcher {
  const parserOf = parsers(poolSchema, listPoolRows);
  return createWatcher({
    ...filled(options),
    list: async (workspaceId, signal) => {
      const rows = await modelarts.pools.listRows(workspaceId === undefined ? {} : { workspaceId }, { signal });
      return parserOf(workspaceId).rows(rows);
    },
    show: async (id, signal) => nullIfAbsent(modelarts.pools.show(id, { signal })),
    fingerprint: poolFingerprint,
  });
}

/** Watches notebook instances by id. */
function createNotebookWatcher(modelarts: ModelArts, options: WatchersOptions): NotebookWatcher {
  const parserOf = parsers(notebookSchema, listNotebookRows);
  return createWatcher({
    ...filled(options),
    list: async (workspaceId, signal) => {
      const filter = workspaceId === undefined ? {} : { workspace_id: workspaceId };
      return parserOf(workspaceId).rows(await modelarts.notebooks.listRows(filter, { signal }));
    },
    show: async (id, signal) => nullIfAbsent(modelarts.notebooks.show(id, { signal })),
    fingerprint: notebookFingerprint,
  });
}

/** Watches notebook instances of the current API by id. A list shows one workspace, and only own instances. */
function createCurrentNotebookWatcher(modelarts: ModelArts, options: WatchersOptions): CurrentNotebookWatcher {
  const parserOf = parsers(currentNotebookSchema, listCurrentNotebookRows);
  return createWatcher({
    ...filled(options),
    list: async (workspaceId, signal) => {
      const filter = workspaceId === undefined ? {} : { workspace_id: workspaceId };
      return parserOf(workspaceId).rows(await modelarts.currentNotebooks.listRows(filter, { signal }));
    },
    show: async (id, signal) => nullIfAbsent(modelarts.currentNotebooks.show(id, { signal })),
    fingerprint: currentNotebookFingerprint,
  });
}

/** Watches the availability of flavors, by flavor name. A name that is not listed does not exist. */
function createFlavorWatcher(modelarts: ModelArts, options: WatchersOptions): FlavorWatcher {
  return createWatcher({
    ...filled(options),
    list: async (_workspaceId, signal) => {
      const flavors = new Map();
      for await (const flavor of modelarts.flavors.list({}, { signal })) flavors.set(flavor.metadata.name, flavor);
      return flavors;
    },
    fingerprint: ({ status }) => JSON.stringify(status?.phase ?? null),
  });
}

/** The watchers of one worker process, one for each resource kind. */
export interface Watchers {
  readonly pools: PoolWatcher;
  readonly notebooks: NotebookWatcher;
  readonly currentNotebooks: CurrentNotebookWatcher;
  readonly flavors: FlavorWatcher;
}

export function createWatchers(modelarts: ModelArts, options: WatchersOptions): Watchers {
  return {
    pools: createPoolWatcher(modelarts, options),
    notebooks: createNotebookWatcher(modelarts, options),
    currentNotebooks: createCurrentNotebookWatcher(modelarts, options),
    flavors: createFlavorWatcher(modelarts, options),
  };
}
