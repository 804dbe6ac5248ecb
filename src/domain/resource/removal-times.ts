import type { Pace } from './observation.js';

/** How many removals of one kind are remembered. */
const kept = 20;

/** Adds how long a removal took, in milliseconds from its command to the first absence. */
export function addAge(ages: readonly number[], ageMs: number): readonly number[] {
  return [...ages.slice(1 - kept), ageMs];
}

/**
 * How long a removal takes at least, as a rule: the p10 of earlier ones; null without any. Polls are frequent from
 * shortly before it, so a removal that was noticed late makes the next ones be noticed earlier.
 */
export function expectedAge(ages: readonly number[]): number | null {
  const sorted = [...ages].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 10)] ?? null;
}

/** The share of a removal so far after which it is polled again: the end is noticed that late at most. */
const lateShare = 0.2;

/**
 * When to poll again for the end of a removal whose duration is not known (epoch ms): often at first, because most are
 * short, then less often.
 */
export function nextRemovalPollAt(
  commandedAt: number,
  polledAt: number,
  { pollMinMs, pollMaxMs }: Pick<Pace, 'pollMinMs' | 'pollMaxMs'>,
): number {
  const late = Math.round(lateShare * (polledAt - commandedAt));
  return polledAt + Math.min(pollMaxMs, Math.max(pollMinMs, late));
}
