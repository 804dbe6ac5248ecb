import { describeDuration } from '../../domain/duration.js';

/** What was observed within this time is shown without its age. */
const freshMs = 10 * 60_000;

/** How old an observation is, where that matters; empty for a fresh one, and where nothing was observed. */
export function ageOf(observedAt: string | null, now: number): string {
  const age = now - Date.parse(observedAt ?? '');
  return age >= freshMs ? `${describeDuration(age)} ago` : '';
}

/** As `ageOf`, to follow what was observed. */
export function describeAge(observedAt: string | null, now: number): string {
  const age = ageOf(observedAt, now);
  return age === '' ? '' : `, observed ${age}`;
}
