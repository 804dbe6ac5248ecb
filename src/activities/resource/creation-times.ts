import { type Creation, type Expectation, expectationOf } from '../../domain/resource/expectation.js';

const creationsKept = 20;
const keysKept = 500;

interface Known {
  readonly earlier: readonly Creation[];
  readonly expectation: Expectation | null;
}

/** How long earlier creations took, by what was created. One for each worker process; a restart forgets it. */
export class CreationTimes {
  readonly #known = new Map<string, Known>();

  add(like: string, creation: Creation): void {
    const earlier = [...(this.#known.get(like)?.earlier.slice(1 - creationsKept) ?? []), creation];
    // A map keeps the order of insertions, so its first key was changed least recently.
    this.#known.delete(like);
    this.#known.set(like, { earlier, expectation: expectationOf(earlier) });
    const [oldest] = this.#known.keys();
    if (this.#known.size > keysKept && oldest !== undefined) this.#known.delete(oldest);
  }

  expectation(like: string): Expectation | null {
    return this.#known.get(like)?.expectation ?? null;
  }
}
