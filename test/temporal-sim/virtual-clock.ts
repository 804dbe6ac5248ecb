import { setImmediate } from 'node:timers';

/** An event at a moment of virtual time. Setting `dropped` cancels it. */
export interface ScheduledEvent {
  readonly at: number;
  readonly order: number;
  dropped: boolean;
  readonly act: () => void | Promise<void>;
}

/** Virtual time and its scheduled events, ordered by moment and then by the order of scheduling. */
export class VirtualClock {
  private readonly heap: ScheduledEvent[] = [];
  private order = 0;
  /** Grows with every visible effect of running code. While it grows, something is still running. */
  activityCount = 0;

  constructor(public now: number) {}

  schedule(at: number, act: () => void | Promise<void>): ScheduledEvent {
    this.activityCount += 1;
    this.order += 1;
    // Whole milliseconds, as on a server.
    const entry: ScheduledEvent = { at: Math.max(Math.ceil(at), this.now), order: this.order, dropped: false, act };
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

  /** The next event that was not dropped, without removing it. */
  peek(): ScheduledEvent | undefined {
    while (this.heap[0]?.dropped === true) this.take();
    return this.heap[0];
  }

  take(): ScheduledEvent | undefined {
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

  /** Resolves after `ms` of virtual time. Rejects with the signal's reason if it is aborted. */
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
   * Resolves when no code is left to run at this moment of virtual time: promise jobs finish within one turn of
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

function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
