import { hashText, seededRandom } from '../temporal-sim/random.js';

/** Draws from one seed: the same seed gives the same scenario. */
export class Random {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
    // The first numbers of neighbouring seeds are alike.
    for (let skipped = 0; skipped < 3; skipped += 1) this.random();
  }

  /** A stream of its own for one axis of a scenario, so that a new draw on it changes no other axis. */
  static forAxis(seed: number, axis: string): Random {
    return new Random(seed ^ hashText(axis));
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  /** The result of `make` with this probability, otherwise nothing. */
  some<T>(share: number, make: () => T): T[] {
    return this.chance(share) ? [make()] : [];
  }
}
