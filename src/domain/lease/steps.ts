import { describeDuration, HOUR } from '../duration.js';
import { isoTime } from '../rfc3339.js';
import { type LeaseTerm, nextAction, type RemovalCause } from './lease.js';

/** A removal that was refused, for example because a resource is protected. */
export interface RefusedRemoval {
  /** The retry has the same cause. */
  readonly cause: RemovalCause;
  /** How many removals were refused since the last command. */
  readonly times: number;
  readonly why: string;
  /** When it is retried (epoch ms). */
  readonly until: number;
}

/** What an open lease depends on. Times are in epoch milliseconds. */
export interface OpenLease {
  readonly term: LeaseTerm | null;
  readonly isPaused: boolean;
  /** Set from the decision to remove on; a pause may hold the removal. */
  readonly removalCause: RemovalCause | null;
  readonly refused: RefusedRemoval | null;
  /** True when a resource lost its protection since the last removal was refused. */
  readonly protectionChanged: boolean;
  /** When to observe the resources; null when nothing asks for it. */
  readonly lookAt: number | null;
  /** When to renew the stop time of the notebook; infinite when nothing is to be renewed. */
  readonly renewAt: number;
}

/** The next step of an open lease. `before` is the time between the warning and the end of the term. */
export type LeaseStep =
  | { readonly step: 'observe' }
  | { readonly step: 'retryRefused' }
  | { readonly step: 'renew' }
  | { readonly step: 'warn'; readonly term: LeaseTerm; readonly before: number }
  | { readonly step: 'expire'; readonly term: LeaseTerm }
  | { readonly step: 'removeAgain'; readonly cause: RemovalCause }
  | { readonly step: 'wait'; readonly until: number };

/**
 * Decides the next step of an open lease at `now`. A pause holds every removal, but not the observations and renewals,
 * because it does not stop the notebook.
 */
export function nextStep(lease: OpenLease, now: number): LeaseStep {
  const { term, isPaused, removalCause, refused, lookAt, renewAt } = lease;
  if (lookAt !== null && lookAt <= now) return { step: 'observe' };
  if (lease.protectionChanged) return { step: 'retryRefused' };
  if (renewAt <= now) return { step: 'renew' };
  const untilObservation = Math.min(lookAt ?? Number.POSITIVE_INFINITY, renewAt);
  const idle = { step: 'wait', until: untilObservation } as const;
  // A removal that waits for a resume needs no timer.
  if (removalCause !== null) return idle;
  if (refused !== null) {
    if (isPaused) return idle;
    if (refused.until > now) return { step: 'wait', until: Math.min(refused.until, untilObservation) };
    return { step: 'removeAgain', cause: refused.cause };
  }
  if (term === null) return idle;
  const action = nextAction(term, now);
  if (action.what === 'warn') return { step: 'warn', term, before: action.before };
  if (action.what === 'wait') return { step: 'wait', until: Math.min(action.until, untilObservation) };
  return isPaused ? idle : { step: 'expire', term };
}

/**
 * The refusal of a removal, and whether its reason is a new one. Without `retryAt` the pause before the retry grows
 * from one poll pause to an hour.
 */
export function afterRefusal(
  before: RefusedRemoval | null,
  refusal: { readonly cause: RemovalCause; readonly why: string; readonly retryAt?: number | undefined },
  pollMaxMs: number,
  now: number,
): { readonly refused: RefusedRemoval; readonly isNewReason: boolean } {
  const times = (before?.times ?? 0) + 1;
  const pauseMs = Math.min(pollMaxMs * 2 ** Math.min(times, 20), HOUR);
  const { cause, why, retryAt = now + pauseMs } = refusal;
  return { refused: { cause, times, why, until: retryAt }, isNewReason: before?.why !== why };
}

/** The warning before the end of a lease, with what can be done about it. */
export function describeWarning(name: string, { endsAt, maxEndsAt }: LeaseTerm, now: number): string {
  const room = maxEndsAt - endsAt;
  const advice =
    room === 0
      ? 'it cannot be extended further'
      : `it can be extended by up to ${describeDuration(room)}: \`maops env extend ${name} DURATION --reason …\``;
  return `${name} ends in ${describeDuration(endsAt - now)}, at ${isoTime(endsAt)}; ${advice}`;
}
