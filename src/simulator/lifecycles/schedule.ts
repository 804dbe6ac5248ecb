import type { ScheduledTransition } from '../records.js';
import { nextSequence, type World } from '../world.js';

/** Schedules a transition. Transitions are ordered by time, then by the order of scheduling. */
export function schedule(world: World, item: Omit<ScheduledTransition, 'seq'>): void {
  const entry: ScheduledTransition = { ...item, seq: nextSequence(world) };
  const agenda = world.state.agenda;
  let low = 0;
  let high = agenda.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = agenda[middle];
    if (other !== undefined && other.at <= entry.at) low = middle + 1;
    else high = middle;
  }
  agenda.splice(low, 0, entry);
}

/** Removes and returns the next transition that is due at `now`; undefined when there is none. */
export function takeDue(world: World, now: number): ScheduledTransition | undefined {
  const first = world.state.agenda[0];
  if (first === undefined || first.at > now) return undefined;
  world.state.agenda.shift();
  return first;
}
