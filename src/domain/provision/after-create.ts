import { freshWatch } from '../resource/observation.js';
import {
  type CapacityRefusal,
  idsOf,
  type LastCreate,
  type ResourceState,
  type ResponseIds,
  type UnknownCreate,
} from './resource-state.js';

/**
 * The outcome of a create request. Only after `created`, `unknown` and a `soldOut` with `mayBeMade` may a resource
 * exist.
 */
export type CreateOutcome =
  | { readonly outcome: 'created'; readonly id: string; readonly createdAt: string }
  /** Held back by the rate governor, or refused with 429: nothing was created. */
  | ({
      readonly outcome: 'notSent';
      readonly retryAfterMs: number;
      /** The service or the rate governor held it back; false for an unavailable service or network. */
      readonly isThrottled: boolean;
      readonly why: string;
    } & ResponseIds)
  /** No capacity. */
  | ({
      readonly outcome: 'soldOut';
      readonly why: string;
      /** Reported as a server error (500 6200): a resource may exist all the same. */
      readonly mayBeMade: boolean;
    } & ResponseIds)
  /** The name exists. It may be ours. */
  | ({ readonly outcome: 'exists'; readonly why: string } & ResponseIds)
  /** Connection lost after sending, time-out, 5xx: a resource may exist. */
  | ({ readonly outcome: 'unknown'; readonly why: string } & ResponseIds);

/** What follows a create call. */
export interface AfterCreate {
  readonly change: Partial<ResourceState>;
  readonly next:
    | { readonly act: 'await' }
    /** Nothing was sent, or the outcome is unknown. */
    | { readonly act: 'checkAgain'; readonly why: string }
    | ({ readonly act: 'pause'; readonly why: string; readonly pauseMs: number } & ResponseIds)
    | { readonly act: 'noCapacity'; readonly refusal: CapacityRefusal };
}

/** Decides what follows a create. `outcome` is null when the call was withdrawn before it was sent. */
export function afterCreate(
  label: string,
  before: Pick<ResourceState, 'lastCreate' | 'undo'>,
  outcome: CreateOutcome | null,
  sentAt: number,
  now: number,
): AfterCreate {
  const { lastCreate, undo } = before;
  if (outcome === null)
    return {
      change: { undo },
      next: { act: 'checkAgain', why: `the create of ${label} was withdrawn before it was sent` },
    };
  switch (outcome.outcome) {
    case 'created': {
      const { id, createdAt } = outcome;
      // Lists and shows lag behind: until it is observed, its absence is believed no sooner than after an unknown
      // create.
      const unseen: LastCreate = { outcome: 'unseen', owner: 'run', sentAt, since: now };
      return {
        change: { ref: { id, createdAt }, lastCreate: unseen, refusal: null, watch: freshWatch, sentAt },
        next: { act: 'await' },
      };
    }
    case 'notSent': {
      const why = `the create of ${label} has to wait: ${outcome.why}`;
      return { change: {}, next: { act: 'pause', why, pauseMs: outcome.retryAfterMs, ...idsOf(outcome) } };
    }
    case 'soldOut': {
      const { why, errorCode, requestId } = outcome;
      const change = outcome.mayBeMade ? { lastCreate: afterUnconfirmed(lastCreate, outcome, sentAt, now) } : {};
      return { change, next: { act: 'noCapacity', refusal: { why, errorCode, requestId } } };
    }
    case 'exists':
    case 'unknown': {
      const unconfirmed = afterUnconfirmed(lastCreate, outcome, sentAt, now);
      // A refused create has created nothing: the resource of that name is not this run's to remove.
      const undoBefore = unconfirmed.isRefused === true ? { undo } : {};
      return {
        change: { lastCreate: unconfirmed, refusal: null, ...undoBefore },
        next: { act: 'checkAgain', why: `${label} may exist: ${outcome.why}. Checking again.` },
      };
    }
  }
}

/** Adds a create without a response, or one that was refused because the name exists, to the earlier ones. */
export function afterUnconfirmed(
  last: LastCreate,
  {
    outcome,
    why,
    ...response
  }: { readonly outcome: 'unknown' | 'exists' | 'soldOut'; readonly why: string } & Partial<ResponseIds>,
  sentAt: number,
  since: number,
): UnknownCreate {
  const isTaken = outcome === 'exists';
  const earlier = earlierRequest(last);
  const ids = idsOf(response);
  if (earlier === null) return { outcome: 'unknown', sentAt, since, why, ...ids, isTaken, isRefused: isTaken };
  const first = { sentAt: earlier.sentAt, why: earlier.why };
  const known = ids.errorCode === null && ids.requestId === null ? idsOf(last) : ids;
  return { outcome: 'unknown', ...first, ...known, since, again: { sentAt, why }, isTaken, isRefused: false };
}

/** The first request of this run that may have taken effect. A resource that a lease owns is of another run. */
function earlierRequest(last: LastCreate): Pick<UnknownCreate, 'sentAt' | 'why'> | null {
  if (last.outcome === 'none') return null;
  if (last.outcome === 'unknown') return last.isRefused === true ? null : last;
  return last.owner === 'run' ? { sentAt: last.sentAt, why: 'it succeeded and never became visible' } : null;
}
