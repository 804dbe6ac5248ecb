import { setImmediate } from 'node:timers';

/** Something that happens at a moment of virtual time; dropping it is how timers are cancelled. */
export interface Entry {
  readonly at: number;
  readonly order: number;
  dropped: boolean;
  readonly act: () => void | Promise<void>;
}

/** Virtual time and what is to happen in it, ordered by moment and then by who asked first. */
export class VirtualClock {
  private readonly heap: Entry[] = [];
  private order = 0;
  /** Grows with everything that running code does to the world: while it grows, something is still running. */
  activityCount = 0;

  constructor(public now: number) {}

  schedule(at: number, act: () => void | Promise<void>): Entry {
    this.activityCount += 1;
    this.order += 1;
    // Whole milliseconds, as a server counts them.
    const entry: Entry = { at: Math.max(Math.ceil(at), this.now), order: this.order, dropped: false, act };
    const { heap } = this;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
    return entry;
  }

  /** The next entry that was not dropped, left in place. */
  peek(): Entry | undefined {
    while (this.heap[0]?.dropped === true) this.take();
    return this.heap[0];
  }

  take(): Entry | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }

  /** Resolves after `ms` of virtual time; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const entry = this.schedule(this.now + Math.max(0, ms), () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        this.activityCount += 1;
        entry.dropped = true;
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /**
   * Resolves when nothing of this process has anything left to do at this moment: promises run out within one turn of
   * the event loop, and code that continues over several turns raises the activity count in between.
   */
  async waitUntilIdle(): Promise<void> {
    let quiet = 0;
    let seen = this.activityCount;
    while (quiet < 2) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = seen === this.activityCount ? quiet + 1 : 0;
      seen = this.activityCount;
    }
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
