/** Time that has counted against a deadline, in milliseconds; it does not run while an operation is paused. */
export interface Stopwatch {
  readonly limitMs: number;
  readonly spentMs: number;
}

export function startStopwatch(limitMs: number): Stopwatch {
  return { limitMs, spentMs: 0 };
}

export function spend(watch: Stopwatch, elapsedMs: number): Stopwatch {
  return { ...watch, spentMs: watch.spentMs + Math.max(0, elapsedMs) };
}

export function remaining(watch: Stopwatch): number {
  return Math.max(0, watch.limitMs - watch.spentMs);
}
