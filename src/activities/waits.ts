import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

const recentMs = 60_000;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/** Counts what a worker waits for, and what it will wait for soon: a run that starts will. */
export class WaitLoad {
  readonly #now: () => number;
  #open = 0;
  #starts: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes the start of a run, and returns the load with it. */
  start(): number {
    const now = this.#now();
    this.#starts = [...this.#starts.filter((at) => now - at < recentMs), now];
    return this.#open + this.#starts.length;
  }

  async during<T>(wait: () => Promise<T>): Promise<T> {
    this.#open += 1;
    try {
      return await wait();
    } finally {
      this.#open -= 1;
    }
  }
}

/**
 * Counts open waits, and gives their errors a pause that grows with the attempts. The retry policy of waits has a short
 * one, for a wait that continues after a crash.
 */
export function countedWait<Input extends unknown[], Output>(
  load: WaitLoad,
  wait: (...input: Input) => Promise<Output>,
): (...input: Input) => Promise<Output> {
  return async (...input) => {
    try {
      return await load.during(() => wait(...input));
    } catch (error) {
      throw error instanceof ApplicationFailure ? withPause(error, activityInfo().attempt) : error;
    }
  };
}

function withPause(failure: ApplicationFailure, attempt: number): ApplicationFailure {
  if (failure.nonRetryable === true || (failure.nextRetryDelay ?? null) !== null) return failure;
  // Beyond 20 attempts the pause is the longest one anyway.
  const grown = firstPauseMs * 1.5 ** Math.min(attempt - 1, 20);
  return Object.assign(failure, { nextRetryDelay: Math.min(longestPauseMs, Math.round(grown)) });
}
