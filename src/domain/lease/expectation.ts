import { MINUTE } from '../duration.js';

/**
 * How long the phases of a creation usually last at most. A pool usually needs minutes, and Terraform's provider gives
 * up after 20.
 */
const usualMs: Readonly<Record<string, number>> = {
  CreatingPool: 5 * MINUTE,
  AwaitingPool: 30 * MINUTE,
  CreatingNotebook: 5 * MINUTE,
  AwaitingNotebook: 10 * MINUTE,
};

/** True when a phase lasts longer than usual. A wait for people is never late. */
export function isLate(phase: string, sinceMs: number, now: number): boolean {
  const usual = usualMs[phase];
  return usual !== undefined && now - sinceMs > usual;
}
