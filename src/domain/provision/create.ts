import { byAge } from '../resource/identity.js';
import { parseInstant } from '../resource/instant.js';
import { formatMarker, type Marker, type MarkerOwnership, markerOwnershipOf } from '../resource/marker.js';
import { freshWatch } from '../resource/observation.js';
import type { CapacityRefusal, LastCreate, ResourceState, UnknownCreate } from './resource-state.js';

/** A resource with the name that we want, as a look found it. */
export interface ExistingResource {
  readonly id: string;
  readonly createdAt: string;
  readonly marker: Marker | null;
  /** Being deleted: it will be gone. */
  readonly leaving: boolean;
  /** Its creation failed for good: it holds the name or the record, and nothing usable. */
  readonly failed: boolean;
  /** Nodes by flavor that it was made with; empty for notebooks. */
  readonly wanted: Readonly<Record<string, number>>;
}

/** Adds a call that was not answered, or was refused because the name exists, to what is known of the calls before it. */
export function afterUnconfirmed(
  last: LastCreate,
  { outcome, why }: { readonly outcome: 'unknown' | 'exists' | 'soldOut'; readonly why: string },
  sentAt: number,
  since: number,
): UnknownCreate {
  const isTaken = outcome === 'exists';
  const earlier = last.outcome === 'unknown' && last.isRefused !== true ? last : null;
  if (earlier === null) return { outcome: 'unknown', sentAt, since, why, isTaken, isRefused: isTaken };
  const first = { sentAt: earlier.sentAt, why: earlier.why };
  return { outcome: 'unknown', ...first, since, again: { sentAt, why }, isTaken, isRefused: false };
}

/** What was sent, when, and what came of it, for whoever has to find out the rest. */
function describeUnconfirmed(last: UnknownCreate, us: MarkerOwnership): string {
  const marker = formatMarker({ installation: us.installation, owner: us.owner, spec: us.specs.at(-1) ?? '' });
  const first = `a create with the marker ${marker} was sent at ${timeOf(last.sentAt)} (${last.why})`;
  return last.again === undefined
    ? first
    : `${first}, and the latest one at ${timeOf(last.again.sentAt)} (${last.again.why})`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** Not seen by the deadline: nothing is there, someone has the name, or one of ours may be there that nobody sees. */
type Unsettled = 'DeadlineExceeded' | 'NameTaken' | 'UnknownOutcome';

export type CreateDecision =
  | { readonly act: 'create' }
  | { readonly act: 'adopt'; readonly found: ExistingResource; readonly duplicates: readonly ExistingResource[] }
  | { readonly act: 'awaitGone'; readonly found: ExistingResource }
  | { readonly act: 'cleanUp'; readonly found: ExistingResource }
  /** Pauses before the next look; `failure` says what it is when there is no time for one. */
  | { readonly act: 'checkAgain'; readonly pauseMs: number; readonly why: string; readonly failure: Unsettled }
  | CreateRefusal;

export type CreateRefusal = {
  readonly act: 'refuse';
  readonly why: string;
} /** `UnknownOutcome`: only an operator can tell whose it is. */ & (
  | { readonly type: 'NameTaken' | 'UnknownOutcome' }
  /** `madeFrom`: hash of the spec that it was made from. */
  | { readonly type: 'SpecConflict'; readonly madeFrom: string }
);

/**
 * What to do after a look and before a create call; neither create call has an idempotency token, so this is what keeps
 * a resource from being made twice. Ours is adopted; ours but leaving is waited out; a stranger's ends the run. When the
 * outcome of an earlier call is unknown, absence is believed only after `consistencyWindowMs`: until then it may still turn up.
 */
export function decideCreate(
  label: string,
  found: readonly ExistingResource[],
  us: MarkerOwnership,
  lastCreate: LastCreate,
  consistencyWindowMs: number,
  now: number,
): CreateDecision {
  const mine = found.filter(({ marker }) => ['mine', 'otherSpec'].includes(markerOwnershipOf(marker, us)));
  const foreign = mine.length > 0 ? undefined : found[0];
  if (foreign !== undefined && lastCreate.outcome === 'unknown' && mayBeOurs(foreign, lastCreate)) {
    return {
      act: 'refuse',
      type: 'UnknownOutcome',
      why: `whether ${label} was made is not known: ${describeUnconfirmed(lastCreate, us)}; at ${timeOf(now)} ${foreign.id} is there, made at ${foreign.createdAt || 'an unknown time'}, without a marker`,
    };
  }
  if (foreign !== undefined) {
    const owner =
      markerOwnershipOf(foreign.marker, us) === 'otherOwner'
        ? 'it belongs to another operation of this installation'
        : 'it does not carry the marker of this installation';
    return { act: 'refuse', type: 'NameTaken', why: `${label} is taken: ${foreign.id} exists and ${owner}` };
  }
  const leaving = mine.find((one) => one.leaving);
  if (leaving !== undefined) return { act: 'awaitGone', found: leaving };
  const failed = mine.find((one) => one.failed);
  if (failed !== undefined) return { act: 'cleanUp', found: failed };
  const otherSpec = mine.find((one) => markerOwnershipOf(one.marker, us) === 'otherSpec');
  if (otherSpec !== undefined) {
    const madeFrom = otherSpec.marker?.spec ?? '?';
    const why = `${label}: ${otherSpec.id} was made from another spec (${madeFrom}, this one is ${us.specs.at(-1) ?? '?'})`;
    return { act: 'refuse', type: 'SpecConflict', why, madeFrom };
  }
  const [oldest, ...duplicates] = [...mine].sort(byAge);
  if (oldest !== undefined) return { act: 'adopt', found: oldest, duplicates };
  if (lastCreate.outcome === 'unknown') {
    const left = consistencyWaitMs(lastCreate, consistencyWindowMs, now);
    const why = `whether ${label} was made is not known: ${describeUnconfirmed(lastCreate, us)}, and it was not seen until ${timeOf(now)}; looking again`;
    const { isRefused, isTaken } = lastCreate;
    const failure = isRefused ? 'NameTaken' : isTaken ? 'UnknownOutcome' : 'DeadlineExceeded';
    const pauseMs = consistencyPause(now - lastCreate.since, left, consistencyWindowMs);
    if (left > 0) return { act: 'checkAgain', pauseMs, why, failure };
  }
  return { act: 'create' };
}

const clockSkewMs = 60_000;

/** Made after our unanswered call and with no marker at all: ours with its description lost, or a stranger's. */
function mayBeOurs(found: ExistingResource, { sentAt, isRefused }: UnknownCreate): boolean {
  if (isRefused === true || found.marker !== null) return false;
  const createdAt = parseInstant(found.createdAt);
  return createdAt === null || createdAt >= sentAt - clockSkewMs;
}

/** Growing pauses between looks while an outcome is unknown: often at first, where most answers turn up. */
export function consistencyPause(elapsedMs: number, leftMs: number, consistencyWindowMs: number): number {
  const pause = Math.max(consistencyWindowMs / 60, elapsedMs / 2);
  return Math.ceil(Math.min(pause, leftMs));
}

/** What a create call came to, as its activity tells it. Only `created`, `unknown` and a `soldOut` that says so may have left something behind. */
export type CreateOutcome =
  | { readonly outcome: 'created'; readonly id: string; readonly createdAt: string }
  /** The governor did not let it out in time, or the service answered 429: nothing was made. */
  | {
      readonly outcome: 'notSent';
      readonly retryAfterMs: number;
      /** The service or the rate governor held it back; false for an unavailable service or network. */
      readonly isThrottled: boolean;
      readonly why: string;
    }
  /** No capacity. */
  | {
      readonly outcome: 'soldOut';
      readonly why: string;
      /** Told as a server error (500 6200): whether something was made all the same is not known. */
      readonly mayBeMade: boolean;
      readonly errorCode: string | null;
      readonly requestId: string | null;
    }
  /** The name exists already: look again, it may be ours. */
  | { readonly outcome: 'exists'; readonly why: string }
  /** Connection lost after sending, time-out, 5xx: it may have been made. */
  | { readonly outcome: 'unknown'; readonly why: string };

/** What follows a create call. */
export interface AfterCreate {
  readonly change: Partial<ResourceState>;
  readonly next:
    | { readonly act: 'await' }
    /** Nothing was sent, or the outcome is unknown. */
    | { readonly act: 'checkAgain'; readonly why: string }
    | { readonly act: 'pause'; readonly why: string; readonly pauseMs: number }
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
      // Lists and shows lag behind: until it is observed, its absence is believed no sooner than after an unknown create.
      const unseen: LastCreate = {
        outcome: 'unknown',
        sentAt,
        since: now,
        why: 'it was created and is not visible yet',
      };
      return {
        change: { ref: { id, createdAt }, lastCreate: unseen, refusal: null, watch: freshWatch },
        next: { act: 'await' },
      };
    }
    case 'notSent': {
      const why = `the create of ${label} has to wait: ${outcome.why}`;
      return { change: {}, next: { act: 'pause', why, pauseMs: outcome.retryAfterMs } };
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

/** How long a create that may have taken effect has to settle still. */
export function consistencyWaitMs(lastCreate: LastCreate, consistencyWindowMs: number, now: number): number {
  return lastCreate.outcome === 'unknown' ? Math.max(0, lastCreate.since + consistencyWindowMs - now) : 0;
}

/** Growing pause after the first, second … create refused for want of capacity: 1 to 10 minutes at the default pace (pollMax 30 s). */
export function capacityPause(refusals: number, pollMaxMs: number): number {
  return Math.min(pollMaxMs * 2 ** refusals, pollMaxMs * 20);
}
