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
