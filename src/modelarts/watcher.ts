import { AsyncResource } from 'node:async_hooks';
import type { Sleep } from './request-options.js';
import type { Flavor } from './schemas/flavor.js';
import type { Notebook } from './schemas/notebook.js';
import type { Pool } from './schemas/pool.js';
import { type SharedPause, type Subscriber, WatchLoop } from './watch-loop.js';

/** One observation of a resource at a time in epoch milliseconds: the resource, null when it does not exist, or the error of the read. */
export type Observation<Item> =
  | { readonly at: number; readonly item: Item | null; readonly error?: undefined }
  | { readonly at: number; readonly item?: undefined; readonly error: Error };

/** Which resource to watch. */
export interface Target {
  readonly id: string;
  /** The workspace to list. @defaultValue the default workspace of the service */
  readonly workspaceId?: string | null | undefined;
  /** Epoch milliseconds at which a change is expected. Polls are more frequent near it. */
  readonly changeExpectedAt?: number | undefined;
  /** Epoch milliseconds of the subscriber's latest observation. Without it, the next poll is made as soon as pollMin allows. */
  readonly lastSeenAt?: number | undefined;
}

export type Listener<Item> = (observation: Observation<Item>) => void;

/** Polls resources for many subscribers, with one list call per workspace. */
export interface Watcher<Item> {
  /** Passes every observation of the target to the listener. Returns a function that ends the subscription. */
  subscribe(target: Target | string, listener: Listener<Item>): () => void;
  /** Stops polling permanently. */
  close(): void;
}

export type PoolWatcher = Watcher<Pool>;
export type NotebookWatcher = Watcher<Notebook>;
/** Watches flavors by name; flavors have no workspaces. */
export type FlavorWatcher = Watcher<Flavor>;

/** How often to poll, in milliseconds. */
interface WatchPace {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
}

/** The settings of a watcher. */
export interface WatcherOptions<Item> {
  /** Returns all resources of a workspace, by id. */
  readonly list: (workspaceId: string | undefined, signal: AbortSignal) => Promise<ReadonlyMap<string, Item>>;
  /** Reads a resource that is missing from the list; null when it does not exist. When absent, a missing resource does not exist. */
  readonly show?: ((id: string, signal: AbortSignal) => Promise<Item | null>) | undefined;
  /** The part of a resource whose change makes the polls more frequent. */
  readonly fingerprint: (item: Item) => string;
  readonly pace: WatchPace;
  readonly now: () => number;
  readonly sleep: Sleep;
  readonly random: () => number;
  /** Stops polling permanently. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Creates a watcher. Its loops run in the async context of this call, and not in that of the activity that subscribes
 * first. Listeners run in the context of their subscription.
 */
export function createWatcher<Item>(options: WatcherOptions<Item>): Watcher<Item> {
  const context = new AsyncResource('ModelArtsWatcher');
  const closing = new AbortController();
  const signal = options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);
  const loops = new Map<string, WatchLoop<Item>>();
  const shared: SharedPause = { notBefore: 0, pausedBy: null };

  const loopFor = (workspaceId: string | undefined): WatchLoop<Item> => {
    const key = workspaceId ?? '';
    const loop = loops.get(key) ?? new WatchLoop(options, shared, workspaceId, signal);
    loops.set(key, loop);
    return loop;
  };

  return {
    subscribe(target, listener) {
      const { id, workspaceId, changeExpectedAt, lastSeenAt }: Target =
        typeof target === 'string' ? { id: target } : target;
      const loop = loopFor(workspaceId ?? undefined);
      const subscriber: Subscriber<Item> = {
        id,
        changeExpectedAt: changeExpectedAt ?? null,
        listener: AsyncResource.bind((observation: Observation<Item>) => {
          try {
            listener(observation);
          } catch {
            // A failing listener must not affect the others or the loop.
          }
        }),
      };
      loop.add(subscriber, lastSeenAt ?? null);
      // `run` never rejects, because it handles the errors of all calls.
      context.runInAsyncScope(() => void loop.run());
      return () => loop.remove(subscriber);
    },
    close: () => closing.abort(),
  };
}
