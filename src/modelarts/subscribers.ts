/**
 * One observation of a resource at a time in epoch milliseconds: the resource, null when it does not exist, or the
 * error of the read.
 */
export type Observation<Item> =
  | { readonly at: number; readonly item: Item | null; readonly error?: undefined }
  | { readonly at: number; readonly item?: undefined; readonly error: Error };

export type Listener<Item> = (observation: Observation<Item>) => void;

/**
 * When a subscriber needs the poll after that at `polledAt`, in epoch milliseconds; null for the pace of the watcher.
 */
export type NextPollAt = (polledAt: number) => number | null;

/** A listener and the resource that it waits for. */
export interface Subscriber<Item> {
  readonly id: string;
  readonly listener: Listener<Item>;
  readonly changeExpectedAt: number | null;
  /** It is being deleted, so the list that first lacks it counts as an absence. */
  readonly isLeaving: boolean;
  readonly nextPollAt: NextPollAt;
}

/**
 * Subscribers by the resource that they wait for, so that an observation costs its own subscribers and not all of them.
 */
export class Subscribers<Item> {
  readonly #byId = new Map<string, Set<Subscriber<Item>>>();
  readonly #expecting = new Set<Subscriber<Item>>();

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  /** The resources that somebody waits for. */
  get ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** The times in epoch milliseconds at which a change is expected. */
  get expectedAt(): number[] {
    return [...this.#expecting].flatMap(({ changeExpectedAt }) => changeExpectedAt ?? []);
  }

  /** When the next poll is needed; `usual` is the time of the watcher's own pace. */
  nextPollAt(polledAt: number, usual: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const same of this.#byId.values())
      for (const { nextPollAt } of same) earliest = Math.min(earliest, nextPollAt(polledAt) ?? usual);
    return earliest;
  }

  add(subscriber: Subscriber<Item>): void {
    const same = this.#byId.get(subscriber.id) ?? new Set();
    this.#byId.set(subscriber.id, same.add(subscriber));
    if (subscriber.changeExpectedAt !== null) this.#expecting.add(subscriber);
  }

  /** Returns whether nobody waits for the resource any more. */
  remove(subscriber: Subscriber<Item>): boolean {
    this.#expecting.delete(subscriber);
    const same = this.#byId.get(subscriber.id);
    if (same === undefined || !same.delete(subscriber)) return false;
    if (same.size === 0) this.#byId.delete(subscriber.id);
    return same.size === 0;
  }

  /** The subscribers of a resource. */
  of(id: string): readonly Subscriber<Item>[] {
    return [...(this.#byId.get(id) ?? [])];
  }

  notify(id: string, observation: Observation<Item>): void {
    for (const { listener } of this.#byId.get(id) ?? []) listener(observation);
  }
}
