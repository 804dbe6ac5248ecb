import type { Sleep } from '../../src/modelarts/request-options.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Runs everything that is ready to run. */
export async function flushPromises(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that moves only by `advance`. */
export class FakeClock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  #sleepers: Sleeper[] = [];

  readonly now = (): number => this.#now;

  readonly sleep: Sleep = async (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });

  /** The number of timers that are still set. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves the time forward and wakes each sleeper at its own time. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await flushPromises();
    for (;;) {
      const next = this.#sleepers.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await flushPromises();
    }
    this.#now = end;
    await flushPromises();
  }
}
