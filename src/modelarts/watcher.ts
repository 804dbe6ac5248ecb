import { AsyncResource } from 'node:async_hooks';
import type { CurrentNotebook } from './schemas/current-notebook.js';
import type { Flavor } from './schemas/flavor.js';
import type { Notebook } from './schemas/notebook.js';
import type { Pool } from './schemas/pool.js';
import type { Listener, NextPollAt, Observation, Subscriber } from './subscribers.js';
import { orAborted } from './timing.js';
import { type SharedPause, type WatcherOptions, WatchLoop } from './watch-loop.js';

/** Which resource to watch. */
export interface Target {
  readonly id: string;
  /** The workspace to list. @defaultValue the default workspace of the service */
  readonly workspaceId?: string | null | undefined;
  /** Epoch milliseconds at which a change is expected. Polls are more frequent near it. */
  readonly changeExpectedAt?: number | undefined;
  /**
   * Epoch milliseconds of the subscriber's latest observation. Without it, the next poll is made as soon as pollMin
   * allows.
   */
  readonly lastSeenAt?: number | undefined;
  /**
   * True while it is being deleted: a list that lacks it after a list that had it counts as an absence, without a show.
   */
  readonly isLeaving?: boolean | undefined;
  /**
   * The times at which this subscriber needs polls, where the pace of the watcher does not fit. Not used near
   * `changeExpectedAt`.
   */
  readonly nextPollAt?: NextPollAt | undefined;
}

/** Polls resources for many subscribers, with one list call per workspace. */
export interface Watcher<Item> {
  /** Passes every observation of the target to the listener. Returns a function that ends the subscription. */
  subscribe(target: Target | string, listener: Listener<Item>): () => void;
  /** Stops polling permanently. */
  close(): void;
}

export type PoolWatcher = Watcher<Pool>;
export type NotebookWatcher = Watcher<Notebook>;
export type CurrentNotebookWatcher = Watcher<CurrentNotebook>;
/** Watches flavors by name; flavors have no workspaces. */
export type FlavorWatcher = Watcher<Flavor>;

/** The first observation of a target that begins after this call. Rejects with the error of its read. */
export async function observeOnce<Item>(
  watcher: Watcher<Item>,
  target: Target,
  now: () => number,
  signal: AbortSignal,
): Promise<{ readonly at: number; readonly item: Item | null }> {
  const since = now();
  let leave = () => {};
  const observed = new Promise<{ readonly at: number; readonly item: Item | null }>((resolve, reject) => {
    leave = watcher.subscribe(target, ({ at, item, error }) => {
      if (error !== undefined) reject(error);
      else if (at >= since) resolve({ at, item });
    });
  });
  return await orAborted(observed, signal).finally(leave);
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
      const {
        id,
        workspaceId,
        changeExpectedAt,
        lastSeenAt,
        isLeaving = false,
        nextPollAt = () => null,
      }: Target = typeof target === 'string' ? { id: target } : target;
      const loop = loopFor(workspaceId ?? undefined);
      const subscriber: Subscriber<Item> = {
        id,
        changeExpectedAt: changeExpectedAt ?? null,
        isLeaving,
        nextPollAt,
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
