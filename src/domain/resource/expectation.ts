import type { Pace } from './observation.js';

/**
 * One earlier creation: its age in milliseconds when it was last seen not usable, and when it was first seen usable.
 */
export interface Creation {
  readonly notYetMs: number;
  readonly usableMs: number;
}

/** The ages between which resources of one kind, flavor and size usually become usable, in milliseconds. */
export interface Expectation {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The p10 to p90 of earlier creations; null without any. */
export function expectationOf(earlier: readonly Creation[]): Expectation | null {
  if (earlier.length === 0) return null;
  const fromMs = quantile(
    earlier.map(({ notYetMs }) => notYetMs),
    0.1,
  );
  const toMs = quantile(
    earlier.map(({ usableMs }) => usableMs),
    0.9,
  );
  return { fromMs, toMs: Math.max(fromMs, toMs) };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? 0;
}

/** What decides the pause before the next observation of a resource that is on its way. Times in epoch milliseconds. */
export interface Progress {
  /** When its create was sent; null when this run did not create it. */
  readonly createdAt: number | null;
  /** Since when nothing but its last parts are missing, such as scopes and drivers; null before. */
  readonly nearlySince: number | null;
  /** When its state or its counts changed last; null while no change was seen. */
  readonly changedAt: number | null;
}

/**
 * The pause before the next observation, in milliseconds; null for the pace of the watcher. It is `pollMinMs` when only
 * the last parts are missing, and inside the window of the expectation, and as long as possible before that window.
 * Without an expectation it grows with the age, and again after each change. When the last parts or the end of the
 * window are late, it grows to `pollMaxMs` again.
 */
export function pauseBefore(
  { createdAt, nearlySince, changedAt }: Progress,
  expectation: Expectation | null,
  now: number,
  { pollMinMs, pollMaxMs }: Pick<Pace, 'pollMinMs' | 'pollMaxMs'>,
): number | null {
  const within = (ms: number) => Math.min(pollMaxMs, Math.max(pollMinMs, ms));
  if (nearlySince !== null) return within((now - nearlySince) / 10);
  if (createdAt === null) return null;
  const age = now - createdAt;
  if (expectation === null) return within(Math.min(age, 2 * (now - (changedAt ?? createdAt))) / 3);
  return within(age < expectation.fromMs ? expectation.fromMs - age : (age - expectation.toMs) / 10);
}
