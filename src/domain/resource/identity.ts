import { type Instant, parseInstant } from './instant.js';

/**
 * The identity of a resource. A pool's id is derived from its name, so a pool that was deleted and created again has
 * the same id, and only the creation time differs. A notebook's id is never reused.
 */
export interface Identity {
  readonly id: string;
  /** Empty or null when the response had no readable time. */
  readonly createdAt: Instant | null;
}

/** A recorded resource. The creation time is empty when no response had one. */
export interface ResourceRef {
  readonly id: string;
  readonly createdAt: Instant;
}

/** `unknown`: the ids are equal and a creation time is unknown. The caller decides what that means. */
export type Sameness = 'same' | 'other' | 'unknown';

/**
 * A service may round a time in one response and truncate it in another. No pool is deleted and created again within a
 * second.
 */
const roundingMs = 1_000;

/** Whether two responses describe the same resource. */
export function sameResource(a: Identity, b: Identity): Sameness {
  if (a.id !== b.id) return 'other';
  const [one, two] = [parseInstant(a.createdAt), parseInstant(b.createdAt)];
  if (one === null || two === null) return 'unknown';
  return Math.abs(one - two) <= roundingMs ? 'same' : 'other';
}

/** Without a creation time, the id decides. For display, and for resources whose ids are never reused. */
export function maybeSame(a: Identity, b: Identity): boolean {
  return sameResource(a, b) !== 'other';
}

/** Sorts the oldest first, resources without a known time last, and equal ones by id. */
export function byAge(a: Identity, b: Identity): number {
  const [one, two] = [parseInstant(a.createdAt), parseInstant(b.createdAt)];
  const byTime = (one ?? Number.POSITIVE_INFINITY) - (two ?? Number.POSITIVE_INFINITY);
  return byTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * Whether a command for one resource may be sent to the one that was just read. `replaced`: it is another resource.
 * `undecided`: neither its creation time nor a marker shows that it is ours.
 */
export type Aim = 'hit' | 'replaced' | 'undecided';

/**
 * `isOurs`: the shown resource belongs to the sender whatever its creation time, because ids of its kind are never
 * reused or because it carries the sender's marker.
 */
export function aimAt(meant: Identity, shown: Identity, isOurs: boolean): Aim {
  switch (sameResource(meant, shown)) {
    case 'same':
      return 'hit';
    case 'other':
      return 'replaced';
    case 'unknown':
      return isOurs ? 'hit' : 'undecided';
  }
}
