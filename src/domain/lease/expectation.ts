import { MINUTE } from '../duration.js';

/** How long the phases of a creation usually last at most. A pool is there within minutes; its Terraform provider once gave up after 20. */
const usualMs: Readonly<Record<string, number>> = {
  CreatingPool: 5 * MINUTE,
  AwaitingPool: 30 * MINUTE,
  CreatingNotebook: 5 * MINUTE,
  AwaitingNotebook: 10 * MINUTE,
};

/** True when a phase has lasted longer than it usually does; a phase without an expectation, such as a wait for people, is never late. */
export function isLate(phase: string, sinceMs: number, now: number): boolean {
  const usual = usualMs[phase];
  return usual !== undefined && now - sinceMs > usual;
}
