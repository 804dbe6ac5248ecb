import pMap from 'p-map';
import { ModelArtsError } from './errors.js';
import { formatSeconds, linkSignals } from './timing.js';
import type { Listener, Observation, WatcherOptions } from './watcher.js';

/** How many absent resources are looked at individually at the same time. */
const showsAtOnce = 4;
/** After a `Retry-After` of nothing, as between looks that the service puts off again and again. */
const shortestDelayMs = 1000;
/** Many processes that were told the same must not come back in step, yet all of them soon. */
const longestJitterMs = 500;

/** One listener and what it waits for. */
export interface Subscriber<Item> {
  readonly id: string;
  readonly listener: Listener<Item>;
  readonly expectedSoon: number | null;
}

/** What the loops of one watcher have in common. */
export interface Shared {
  /** No request before this time, because of `pausedBy`. */
  notBefore: number;
  pausedBy: ModelArtsError | null;
}

/**
 * The looks at one workspace: a list call per round, however many wait, and one look by id for each resource that the
 * list does not hold (records of failed creations are hidden from it, and only "not found" means absence).
 *
 * The pause grows from pollMin to pollMax while nothing happens; it is pollMin after a change and near a time at which
 * a change is expected. The loop ends when nobody waits; its last look is remembered, so that a new waiter cannot make
 * looks come faster than pollMin.
 */
export class WatchLoop<Item> {
  readonly #options: WatcherOptions<Item>;
  readonly #shared: Shared;
  readonly #workspaceId: string | undefined;
  readonly #signal: AbortSignal;
  readonly #subscribers = new Set<Subscriber<Item>>();
  readonly #seen = new Map<string, string>();
  #pause: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** When the next look is due, after one that the service has put off; null after any other. */
  #putOffUntil: number | null = null;
  #wasPutOff = false;
  #running = false;
  #nap: AbortController | null = null;

  constructor(options: WatcherOptions<Item>, shared: Shared, workspaceId: string | undefined, signal: AbortSignal) {
    this.#options = options;
    this.#shared = shared;
    this.#workspaceId = workspaceId;
    this.#signal = signal;
    this.#pause = options.pace.pollMinMs;
  }

  /** Adds a listener; one that has seen nothing recent makes the next look come as soon as the pace allows. */
  add(subscriber: Subscriber<Item>, lastSeenAt: number | null): void {
    this.#subscribers.add(subscriber);
    const recent = lastSeenAt !== null && this.#options.now() - lastSeenAt <= this.#pause;
    if (!recent) this.#pause = this.#options.pace.pollMinMs;
    this.#nap?.abort();
  }

  remove(subscriber: Subscriber<Item>): void {
    this.#subscribers.delete(subscriber);
    if (![...this.#subscribers].some(({ id }) => id === subscriber.id)) this.#seen.delete(subscriber.id);
    if (this.#subscribers.size === 0) this.#nap?.abort();
  }

  /** Looks until nobody waits any more. Must be called in the watcher's own context, and never twice at a time. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#subscribers.size > 0 && !this.#signal.aborted) {
        const wait = this.#nextLook() - this.#options.now();
        if (wait > 0) await this.#sleep(wait);
        else await this.#look();
      }
    } finally {
      this.#running = false;
    }
  }

  #nextLook(): number {
    const { pace, now } = this.#options;
    if (this.#putOffUntil !== null) return Math.max(this.#putOffUntil, this.#shared.notBefore);
    const near = [...this.#subscribers].some(({ expectedSoon }) => {
      const ahead = expectedSoon === null ? null : expectedSoon - now();
      return ahead !== null && ahead <= pace.pollMinMs && ahead >= -2 * pace.pollMaxMs;
    });
    return Math.max(this.#lookedAt + (near ? pace.pollMinMs : this.#pause), this.#shared.notBefore);
  }

  /** Sleeps, but not through the arrival or leave of a waiter, nor past the time at which someone expects a change. */
  async #sleep(wait: number): Promise<void> {
    const { now, pace, sleep } = this.#options;
    const alarms = [...this.#subscribers].flatMap(({ expectedSoon }) => {
      const ahead = expectedSoon === null ? 0 : expectedSoon - pace.pollMinMs - now();
      return ahead > 0 ? [ahead] : [];
    });
    const nap = new AbortController();
    this.#nap = nap;
    const waking = linkSignals([nap.signal, this.#signal]);
    try {
      await sleep(Math.max(1, Math.min(wait, ...alarms)), waking.signal);
    } catch {
      // Woken early: the loop looks at what there is to do.
    } finally {
      this.#nap = null;
      waking.unlink();
    }
  }

  async #look(): Promise<void> {
    const { list, now, pace, random } = this.#options;
    let changed = false;
    // Taken before the call: a sighting must not claim to be newer than the answer it rests on.
    const at = now();
    this.#lookedAt = at;
    this.#wasPutOff = false;
    try {
      const listed = await list(this.#workspaceId, this.#signal);
      const wanted = [...new Set([...this.#subscribers].map(({ id }) => id))];
      for (const id of wanted) {
        const item = listed.get(id);
        if (item !== undefined) changed = this.#tell(id, { at, item }) || changed;
      }
      changed = (await this.#showAll(wanted.filter((id) => !listed.has(id)))) || changed;
    } catch (error) {
      this.#obey(error);
      for (const id of new Set([...this.#subscribers].map((subscriber) => subscriber.id))) {
        this.#tell(id, { at, error: asError(error) });
      }
    }
    this.#lookedAt = now();
    this.#putOffUntil = null;
    if (this.#wasPutOff) {
      // The look has not taken place: it is made up for as soon as it may, though never at once.
      const soonest = Math.max(this.#shared.notBefore, this.#lookedAt + Math.min(pace.pollMinMs, shortestDelayMs));
      this.#putOffUntil = soonest + random() * Math.min(pace.pollMinMs, longestJitterMs);
      return;
    }
    const grown = Math.min(pace.pollMaxMs, this.#pause * 1.5);
    // Jitter only ever adds, so that pollMin stays a promise; many processes must not look in step.
    this.#pause = (changed ? pace.pollMinMs : grown) * (1 + 0.1 * random());
  }

  async #showAll(ids: readonly string[]): Promise<boolean> {
    const changes = await pMap(ids, async (id) => this.#tell(id, await this.#show(id)), { concurrency: showsAtOnce });
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
      this.#obey(error);
      return { at, error: asError(error) };
    }
  }

  #obey(error: unknown): void {
    if (!(error instanceof ModelArtsError) || error.retryAfterMs === null) return;
    this.#wasPutOff = true;
    const until = this.#options.now() + error.retryAfterMs;
    if (until > this.#shared.notBefore) Object.assign(this.#shared, { notBefore: until, pausedBy: error });
  }

  /** Tells everyone who waits for the resource; answers whether it differs from what was seen before. */
  #tell(id: string, observation: Observation<Item>): boolean {
    if (this.#signal.aborted) return false;
    for (const subscriber of this.#subscribers) {
      if (subscriber.id === id) subscriber.listener(observation);
    }
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
