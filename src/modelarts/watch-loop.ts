import pMap from 'p-map';
import { ModelArtsError } from './errors.js';
import { type ListedRows, rowOf } from './listed-rows.js';
import type { Sleep } from './request-options.js';
import { type Observation, type Subscriber, Subscribers } from './subscribers.js';
import { formatSeconds, linkSignals } from './timing.js';

/** The maximum number of concurrent show calls. */
const maxConcurrentShows = 4;
/** The minimum pause after a `Retry-After: 0`. */
const minDelayMs = 1000;
/** Spreads the retries of processes that received the same `Retry-After`. */
const maxJitterMs = 500;

/** How often to poll, in milliseconds. */
interface WatchPace {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
}

/** The settings of a watcher. */
export interface WatcherOptions<Item> {
  /** Returns all resources of a workspace, by id. Only those that somebody waits for are asked of it. */
  readonly list: (workspaceId: string | undefined, signal: AbortSignal) => Promise<ListedRows<Item>>;
  /**
   * Reads a resource that is missing from the list; null when it does not exist. When absent, a missing resource does
   * not exist.
   */
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

/** The pause that all loops of a watcher share. */
export interface SharedPause {
  /** No request before this time, because of `pausedBy`. */
  notBefore: number;
  pausedBy: ModelArtsError | null;
}

/**
 * Polls one workspace. Each poll makes one list call for all subscribers, and one show call for each resource that is
 * missing from the list. Lists hide failed creations, so only "not found" means that a resource does not exist. One
 * that is being deleted and was in the list before is first reported absent by the list alone; the next poll shows it.
 *
 * The interval grows from pollMin to pollMax while nothing changes. It is pollMin after a change and near the time at
 * which a change is expected. A subscriber may ask for polls of its own times. The loop ends when nobody subscribes.
 * The time of the last poll is kept, so that a new subscriber cannot make the polls more frequent than pollMin.
 */
export class WatchLoop<Item> {
  readonly #options: WatcherOptions<Item>;
  readonly #shared: SharedPause;
  readonly #workspaceId: string | undefined;
  readonly #signal: AbortSignal;
  readonly #subscribers = new Subscribers<Item>();
  readonly #seen = new Map<string, string>();
  /** The watched resources that the last list contained. */
  #listed: ReadonlySet<string> = new Set();
  #intervalMs: number;
  #polledAt = Number.NEGATIVE_INFINITY;
  /** The time of the next poll when the service postponed the last one; otherwise null. */
  #postponedUntil: number | null = null;
  #wasPostponed = false;
  #running = false;
  #sleeping: AbortController | null = null;

  constructor(
    options: WatcherOptions<Item>,
    shared: SharedPause,
    workspaceId: string | undefined,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#shared = shared;
    this.#workspaceId = workspaceId;
    this.#signal = signal;
    this.#intervalMs = options.pace.pollMinMs;
  }

  /** Adds a subscriber. When it has no recent observation, the next poll is made as soon as pollMin allows. */
  add(subscriber: Subscriber<Item>, lastSeenAt: number | null): void {
    this.#subscribers.add(subscriber);
    const recent = lastSeenAt !== null && this.#options.now() - lastSeenAt <= this.#intervalMs;
    if (!recent) this.#intervalMs = this.#options.pace.pollMinMs;
    this.#sleeping?.abort();
  }

  remove(subscriber: Subscriber<Item>): void {
    if (this.#subscribers.remove(subscriber)) this.#seen.delete(subscriber.id);
    if (this.#subscribers.isEmpty) this.#sleeping?.abort();
  }

  /** Polls until nobody subscribes. Must be called in the watcher's own async context. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#subscribers.isEmpty && !this.#signal.aborted) {
        const waitMs = this.#nextPollAt() - this.#options.now();
        if (waitMs > 0) await this.#sleep(waitMs);
        else await this.#poll();
      }
    } finally {
      this.#running = false;
    }
  }

  #nextPollAt(): number {
    const { pace, now } = this.#options;
    if (this.#postponedUntil !== null) return Math.max(this.#postponedUntil, this.#shared.notBefore);
    const near = this.#subscribers.expectedAt.some((at) => {
      const ahead = at - now();
      return ahead <= pace.pollMinMs && ahead >= -2 * pace.pollMaxMs;
    });
    const earliest = this.#polledAt + pace.pollMinMs;
    const due = near ? earliest : this.#subscribers.nextPollAt(this.#polledAt, this.#polledAt + this.#intervalMs);
    return Math.max(earliest, due, this.#shared.notBefore);
  }

  /** Sleeps until the next poll. Wakes early when subscribers change, or near an expected change. */
  async #sleep(waitMs: number): Promise<void> {
    const { now, pace, sleep } = this.#options;
    const expected = this.#subscribers.expectedAt.flatMap((at) => {
      const ahead = at - pace.pollMinMs - now();
      return ahead > 0 ? [ahead] : [];
    });
    const interrupt = new AbortController();
    this.#sleeping = interrupt;
    const waking = linkSignals([interrupt.signal, this.#signal]);
    try {
      await sleep(Math.max(1, Math.min(waitMs, ...expected)), waking.signal);
    } catch {
      // Woken early. The loop computes the next poll again.
    } finally {
      this.#sleeping = null;
      waking.unlink();
    }
  }

  async #poll(): Promise<void> {
    const { list, now, pace, random } = this.#options;
    let changed = false;
    // Taken before the call, because the response may describe an earlier time than its arrival.
    const at = now();
    this.#polledAt = at;
    this.#wasPostponed = false;
    try {
      const listed = await list(this.#workspaceId, this.#signal);
      const wanted = this.#subscribers.ids;
      for (const id of wanted) {
        if (listed.has(id)) changed = this.#notify(id, rowOf(listed, id, at)) || changed;
      }
      const missing = wanted.filter((id) => !listed.has(id));
      const gone = new Set(missing.filter((id) => this.#listed.has(id) && this.#isLeaving(id)));
      this.#listed = new Set(wanted.filter((id) => listed.has(id)));
      for (const id of gone) changed = this.#notify(id, { at, item: null }) || changed;
      changed = (await this.#showAll(missing.filter((id) => !gone.has(id)))) || changed;
    } catch (error) {
      this.#applyPause(error);
      for (const id of this.#subscribers.ids) this.#notify(id, { at, error: asError(error) });
    }
    this.#polledAt = now();
    this.#postponedUntil = null;
    if (this.#wasPostponed) {
      // The poll did not take place, so repeat it as soon as the service allows.
      const earliest = Math.max(this.#shared.notBefore, this.#polledAt + Math.min(pace.pollMinMs, minDelayMs));
      this.#postponedUntil = earliest + random() * Math.min(pace.pollMinMs, maxJitterMs);
      return;
    }
    const grown = Math.min(pace.pollMaxMs, this.#intervalMs * 1.5);
    // Jitter keeps processes from polling in step. It only adds, so that the interval is never below pollMin.
    this.#intervalMs = (changed ? pace.pollMinMs : grown) * (1 + 0.1 * random());
  }

  #isLeaving(id: string): boolean {
    return this.#subscribers.of(id).every(({ isLeaving }) => isLeaving);
  }

  async #showAll(ids: readonly string[]): Promise<boolean> {
    const changes = await pMap(ids, async (id) => this.#notify(id, await this.#show(id)), {
      concurrency: maxConcurrentShows,
    });
    return changes.includes(true);
  }

  async #show(id: string): Promise<Observation<Item>> {
    const { now, show } = this.#options;
    const at = now();
    if (show === undefined) return { at, item: null };
    // The service asked for a pause during this round, so the remaining requests would be rejected too.
    const { notBefore, pausedBy } = this.#shared;
    if (notBefore > at && pausedBy !== null) return { at, error: notSentDuringPause(pausedBy, notBefore, at) };
    try {
      return { at, item: await show(id, this.#signal) };
    } catch (error) {
      this.#applyPause(error);
      return { at, error: asError(error) };
    }
  }

  #applyPause(error: unknown): void {
    if (!(error instanceof ModelArtsError) || error.retryAfterMs === null) return;
    this.#wasPostponed = true;
    const until = this.#options.now() + error.retryAfterMs;
    if (until > this.#shared.notBefore) Object.assign(this.#shared, { notBefore: until, pausedBy: error });
  }

  /** Passes an observation to the subscribers of a resource. Returns whether the resource has changed. */
  #notify(id: string, observation: Observation<Item>): boolean {
    if (this.#signal.aborted) return false;
    this.#subscribers.notify(id, observation);
    if (observation.error !== undefined) return false;
    const before = this.#seen.get(id);
    const after = observation.item === null ? '' : this.#options.fingerprint(observation.item);
    this.#seen.set(id, after);
    return before !== undefined && before !== after;
  }
}

function notSentDuringPause(cause: ModelArtsError, until: number, now: number): ModelArtsError {
  const { kind, operation, method, template, status, errorCode, requestId, isOwnPause } = cause;
  return new ModelArtsError(`Not sent: the service asked to pause until ${formatSeconds(until)}.`, {
    kind,
    operation,
    method,
    template,
    status,
    errorCode,
    requestId,
    isOwnPause,
    retryAfterMs: until - now,
    throttledUntil: kind === 'throttled' ? until : null,
    notSent: true,
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
