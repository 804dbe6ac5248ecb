import { AsyncResource } from 'node:async_hooks';
import type { Sleep } from './request-options.js';
import type { Flavor } from './schemas/flavor.js';
import type { Notebook } from './schemas/notebook.js';
import type { Pool } from './schemas/pool.js';
import { type Shared, type Subscriber, WatchLoop } from './watch-loop.js';

/** One look at a watched resource: what it is, null when the service says that there is none, or why no good answer came. */
export type Observation<Item> =
  | { readonly at: number; readonly item: Item | null; readonly error?: undefined }
  | { readonly at: number; readonly item?: undefined; readonly error: Error };

/** Which resource to watch. */
export interface Target {
  readonly id: string;
  /** The workspace whose list is asked; the service's default when absent. */
  readonly workspaceId?: string | null | undefined;
  /** Epoch milliseconds at which a change is expected: looks come faster around it. */
  readonly expectedSoon?: number | undefined;
  /** Epoch milliseconds of the newest sighting that the subscriber has: without one, it is looked at as soon as the pace allows. */
  readonly lastSeenAt?: number | undefined;
}

export type Listener<Item> = (observation: Observation<Item>) => void;

/** Looks at resources on behalf of everyone who waits: one list call per workspace serves them all. */
export interface Watcher<Item> {
  /** Starts telling the listener of every look; the answer ends that. */
  subscribe(target: Target | string, listener: Listener<Item>): () => void;
  /** Stops looking, for good. */
  close(): void;
}

export type PoolWatcher = Watcher<Pool>;
export type NotebookWatcher = Watcher<Notebook>;
/** Watches flavors by name; flavors have no workspaces. */
export type FlavorWatcher = Watcher<Flavor>;

/** How often to look, in milliseconds. */
interface WatchPace {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
}

/** What a watcher is made from. */
export interface WatcherOptions<Item> {
  /** All resources of a workspace, by id. */
  readonly list: (workspaceId: string | undefined, signal: AbortSignal) => Promise<ReadonlyMap<string, Item>>;
  /** One resource that the list does not hold; null when there is none. Absent: not in the list means that there is none. */
  readonly show?: ((id: string, signal: AbortSignal) => Promise<Item | null>) | undefined;
  /** What counts as a change; a changed item makes the looks fast. */
  readonly fingerprint: (item: Item) => string;
  readonly pace: WatchPace;
  readonly now: () => number;
  readonly sleep: Sleep;
  readonly random: () => number;
  /** Ends the watcher, for good. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a watcher. It remembers the asynchronous context in which it is made and runs its loops there, as a loop that is
 * born inside an activity would go on in that activity's context; listeners run in the context of their subscription.
 */
export function createWatcher<Item>(options: WatcherOptions<Item>): Watcher<Item> {
  const home = new AsyncResource('ModelArtsWatcher');
  const closing = new AbortController();
  const signal = options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);
  const loops = new Map<string, WatchLoop<Item>>();
  const shared: Shared = { notBefore: 0, pausedBy: null };

  const loopFor = (workspaceId: string | undefined): WatchLoop<Item> => {
    const key = workspaceId ?? '';
    const loop = loops.get(key) ?? new WatchLoop(options, shared, workspaceId, signal);
    loops.set(key, loop);
    return loop;
  };

  return {
    subscribe(target, listener) {
      const { id, workspaceId, expectedSoon, lastSeenAt }: Target =
        typeof target === 'string' ? { id: target } : target;
      const loop = loopFor(workspaceId ?? undefined);
      const subscriber: Subscriber<Item> = {
        id,
        expectedSoon: expectedSoon ?? null,
        listener: AsyncResource.bind((observation: Observation<Item>) => {
          try {
            listener(observation);
          } catch {
            // One listener's mistake must not reach the others, nor end the loop.
          }
        }),
      };
      loop.add(subscriber, lastSeenAt ?? null);
      // `run` never rejects: every answer is handled inside, and sleeping is only ever cut short.
      home.runInAsyncScope(() => void loop.run());
      return () => loop.remove(subscriber);
    },
    close: () => closing.abort(),
  };
}
