import type { World } from './world.js';

/** Counts calls per time window, for `Behavior.rateLimit`. */
export class RateWindow {
  #start = 0;
  #count = 0;

  /** Seconds to wait when the call exceeds the limit; otherwise undefined. */
  secondsToWait(world: World): number | undefined {
    const { rateLimit } = world.behavior;
    if (rateLimit === null) return undefined;
    const now = world.clock.wall();
    if (now - this.#start >= rateLimit.pollWindowMs) {
      this.#start = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= rateLimit.limit) return undefined;
    return rateLimit.retryAfter ?? Math.max(1, Math.ceil((this.#start + rateLimit.pollWindowMs - now) / 1000));
  }
}
