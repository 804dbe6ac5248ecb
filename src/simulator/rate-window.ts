import type { Behavior } from './behavior.js';

/** Counts calls per time window, for `Behavior.rateLimit`. */
export class RateWindow {
  readonly #rateLimit: Behavior['rateLimit'];
  readonly #now: () => number;
  #start = 0;
  #count = 0;

  constructor(rateLimit: Behavior['rateLimit'], now: () => number) {
    this.#rateLimit = rateLimit;
    this.#now = now;
  }

  /** Counts a call. Returns the seconds to wait when it exceeds the limit; otherwise undefined. */
  countCall(): number | undefined {
    if (this.#rateLimit === null) return undefined;
    const { limit, windowMs, retryAfter } = this.#rateLimit;
    const now = this.#now();
    if (now - this.#start >= windowMs) {
      this.#start = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= limit) return undefined;
    return retryAfter ?? Math.max(1, Math.ceil((this.#start + windowMs - now) / 1000));
  }
}
