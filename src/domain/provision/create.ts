import { byAge } from '../resource/identity.js';
import { parseInstant } from '../resource/instant.js';
import { formatMarker, type Marker, type MarkerOwnership, markerOwnershipOf } from '../resource/marker.js';
import { freshWatch } from '../resource/observation.js';
import type {
  CapacityRefusal,
  LastCreate,
  ResourceState,
  ResponseIds,
  UnknownCreate,
  UnseenResource,
} from './resource-state.js';

/** An existing resource with the wanted name. */
export interface ExistingResource {
  readonly id: string;
  readonly createdAt: string;
  readonly marker: Marker | null;
  /** Being deleted. */
  readonly leaving: boolean;
  /** Its creation failed for good: it occupies the name and is not usable. */
  readonly failed: boolean;
  /** Nodes by flavor that it was created with; empty for notebooks. */
  readonly wanted: Readonly<Record<string, number>>;
  /** Recorded as ours. Set only where names repeat: there, another resource without a marker takes no name. */
  readonly isKnown?: true;
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

/** The ids of a response; none for a resource that is not visible yet. */
function idsOf({
  errorCode = null,
  requestId = null,
}: Partial<ResponseIds> & { readonly outcome?: unknown }): ResponseIds {
  return { errorCode, requestId };
}

/** The first request of this run that may have taken effect. A resource that a lease owns is of another run. */
function earlierRequest(last: LastCreate): Pick<UnknownCreate, 'sentAt' | 'why'> | null {
  if (last.outcome === 'none') return null;
  if (last.outcome === 'unknown') return last.isRefused === true ? null : last;
  return last.owner === 'run' ? { sentAt: last.sentAt, why: 'it succeeded and never became visible' } : null;
}

/** What shows that a resource of ours may exist, for the operator who has to find out. */
function describeEvidence(last: UnknownCreate | UnseenResource, us: MarkerOwnership): string {
  const marker = formatMarker({ installation: us.installation, owner: us.owner, spec: us.specs.at(-1) ?? '' });
  if (last.outcome === 'unseen')
    return last.owner === 'run'
      ? `this run created it with marker ${marker} at ${timeOf(last.sentAt)}`
      : `its lease has owned one since ${timeOf(last.since)} that may not be visible yet, and this run has sent no create request`;
  const first = `a create request with marker ${marker} was sent at ${timeOf(last.sentAt)} (${last.why})`;
  return last.again === undefined
    ? first
    : `${first}, and the latest at ${timeOf(last.again.sentAt)} (${last.again.why})`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** The failure at a deadline: nothing exists, the name is taken, or a resource of ours may exist and is not visible. */
type Unconfirmed = 'DeadlineExceeded' | 'NameTaken' | 'UnknownOutcome';

export type CreateDecision =
  | { readonly act: 'create' }
  | { readonly act: 'adopt'; readonly found: ExistingResource; readonly duplicates: readonly ExistingResource[] }
  | { readonly act: 'awaitGone'; readonly found: ExistingResource }
  | { readonly act: 'cleanUp'; readonly found: ExistingResource }
  /** Pauses before the next check. `failure` is the failure type when the deadline passes first. */
  | ({
      readonly act: 'checkAgain';
      readonly pauseMs: number;
      readonly why: string;
      readonly failure: Unconfirmed;
    } & ResponseIds)
  | CreateRefusal;

export type CreateRefusal = {
  readonly act: 'refuse';
  readonly why: string;
} /** `UnknownOutcome`: only an operator can tell whose it is. */ & (
  | { readonly type: 'NameTaken' }
  | ({ readonly type: 'UnknownOutcome' } & ResponseIds)
  /** `madeFrom`: hash of the spec that it was created from. */
  | { readonly type: 'SpecConflict'; readonly madeFrom: string }
);

/**
 * Decides before a create request. The API has no idempotency token, so this decision keeps a resource from being created
 * twice. Ours is adopted, or awaited until its deletion is complete. A foreign one ends the step. After an unknown outcome,
 * a missing resource counts as absent only after `consistencyWindowMs`: until then it may still become visible. Where
 * `namesRepeat`, a foreign resource takes no name, and only one that is or may be ours counts, or that of another operation.
 */
export function decideCreate(
  label: string,
  found: readonly ExistingResource[],
  us: MarkerOwnership,
  lastCreate: LastCreate,
  consistencyWindowMs: number,
  now: number,
  namesRepeat = false,
): CreateDecision {
  const mine = found.filter(({ marker }) => ['mine', 'otherSpec'].includes(markerOwnershipOf(marker, us)));
  const others = namesRepeat
    ? found.filter((one) => takesName(one, us) || (lastCreate.outcome !== 'none' && mayBeOurs(one, lastCreate)))
    : found;
  const foreign = mine.length > 0 ? undefined : others[0];
  if (foreign !== undefined && lastCreate.outcome !== 'none' && mayBeOurs(foreign, lastCreate)) {
    return {
      act: 'refuse',
      type: 'UnknownOutcome',
      ...idsOf(lastCreate),
      why: `${label} may be ours: ${describeEvidence(lastCreate, us)}. At ${timeOf(now)}, ${foreign.id} exists without a marker, created at ${foreign.createdAt || 'an unknown time'}`,
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
    const why = `${label}: ${otherSpec.id} was created from another spec (${madeFrom}, this one is ${us.specs.at(-1) ?? '?'})`;
    return { act: 'refuse', type: 'SpecConflict', why, madeFrom };
  }
  const [oldest, ...duplicates] = [...mine].sort(byAge);
  if (oldest !== undefined) return { act: 'adopt', found: oldest, duplicates };
  if (lastCreate.outcome !== 'none') {
    const left = consistencyWaitMs(lastCreate, consistencyWindowMs, now);
    const why = `${label} may exist: ${describeEvidence(lastCreate, us)}, and it was not visible at ${timeOf(now)}`;
    const failure = failureAtDeadline(lastCreate);
    const pauseMs = consistencyPause(now - lastCreate.since, left, consistencyWindowMs);
    if (left > 0) return { act: 'checkAgain', pauseMs, why, failure, ...idsOf(lastCreate) };
  }
  return { act: 'create' };
}

/** Where names repeat: recorded as ours, or created by another operation of this installation. */
function takesName({ isKnown, marker }: ExistingResource, us: MarkerOwnership): boolean {
  return isKnown === true || markerOwnershipOf(marker, us) === 'otherOwner';
}

function failureAtDeadline(last: UnknownCreate | UnseenResource): Unconfirmed {
  if (last.outcome === 'unseen') return 'DeadlineExceeded';
  return last.isRefused ? 'NameTaken' : last.isTaken ? 'UnknownOutcome' : 'DeadlineExceeded';
}

const clockSkewMs = 60_000;

/** Created after our request and without a marker: ours without its description, or a foreign one. */
function mayBeOurs(found: ExistingResource, last: UnknownCreate | UnseenResource): boolean {
  if ((last.outcome === 'unknown' && last.isRefused === true) || found.marker !== null) return false;
  const createdAt = parseInstant(found.createdAt);
  return createdAt === null || createdAt >= last.sentAt - clockSkewMs;
}

/** Growing pauses between checks while an outcome is unknown: short at first, when most resources become visible. */
export function consistencyPause(elapsedMs: number, leftMs: number, consistencyWindowMs: number): number {
  const pause = Math.max(consistencyWindowMs / 60, elapsedMs / 2);
  return Math.ceil(Math.min(pause, leftMs));
}

/** The outcome of a create request. Only after `created`, `unknown` and a `soldOut` with `mayBeMade` may a resource exist. */
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
      // Lists and shows lag behind: until it is observed, its absence is believed no sooner than after an unknown create.
      const unseen: LastCreate = { outcome: 'unseen', owner: 'run', sentAt, since: now };
      return {
        change: { ref: { id, createdAt }, lastCreate: unseen, refusal: null, watch: freshWatch },
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

/** How much of the consistency window is left for a create that may have taken effect. */
export function consistencyWaitMs(lastCreate: LastCreate, consistencyWindowMs: number, now: number): number {
  return lastCreate.outcome !== 'none' ? Math.max(0, lastCreate.since + consistencyWindowMs - now) : 0;
}

/** Growing pause after creates in a row without capacity: 1 to 10 minutes at the default pace (pollMax 30 s). */
export function capacityPause(refusals: number, pollMaxMs: number): number {
  return Math.min(pollMaxMs * 2 ** refusals, pollMaxMs * 20);
}
