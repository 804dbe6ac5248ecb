import { type Instant, parseInstant } from './instant.js';

/**
 * What tells one resource from another. A pool's id is made of its name, so a pool that was deleted and made again has
 * the same id, and only the creation time tells the two apart. A notebook's id is never used again.
 */
export interface Identity {
  readonly id: string;
  /** Empty or null when an answer did not give a time that can be read. */
  readonly createdAt: Instant | null;
}

/** A resource that this side has recorded. The creation time is empty when no answer gave one. */
export interface ResourceRef {
  readonly id: string;
  readonly createdAt: Instant;
}

/** `unknown`: the ids are equal, and one of the creation times is not known. What that means is decided where it is asked. */
export type Sameness = 'same' | 'other' | 'unknown';

/** A service may round a time in one answer and cut it in another. No pool is deleted and made again within a second. */
const roundingMs = 1_000;

/** Whether two answers are about one resource. The only place where this is decided. */
export function sameResource(a: Identity, b: Identity): Sameness {
  if (a.id !== b.id) return 'other';
  const [one, two] = [parseInstant(a.createdAt), parseInstant(b.createdAt)];
  if (one === null || two === null) return 'unknown';
  return Math.abs(one - two) <= roundingMs ? 'same' : 'other';
}

/** For what is only shown, and for what has only grown older: without a creation time, the id decides. */
export function maybeSame(a: Identity, b: Identity): boolean {
  return sameResource(a, b) !== 'other';
}

/** Sorts the oldest first. What has no known time comes last, and ids decide between equals. */
export function byAge(a: Identity, b: Identity): number {
  const [one, two] = [parseInstant(a.createdAt), parseInstant(b.createdAt)];
  const byTime = (one ?? Number.POSITIVE_INFINITY) - (two ?? Number.POSITIVE_INFINITY);
  return byTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * Whether a command that is meant for one resource may be sent to the one that a show has just returned.
 * `replaced`: it is another one. `undecided`: neither its creation time nor a marker says that it is ours.
 */
export type Aim = 'hit' | 'replaced' | 'undecided';

/**
 * `isOurs`: the shown resource belongs to the sender whatever its creation time, because ids of its kind are never reused
 * or because it carries the sender's marker.
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
