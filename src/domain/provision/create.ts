import { byAge } from '../resource/identity.js';
import { parseInstant } from '../resource/instant.js';
import { formatMarker, type Marker, type MarkerOwnership, markerOwnershipOf } from '../resource/marker.js';
import { idsOf, type LastCreate, type ResponseIds, type UnknownCreate, type UnseenResource } from './resource-state.js';

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
} & (
  | ({ readonly type: 'NameTaken' } & Partial<ResponseIds>)
  /** Only an operator can tell whose it is. */
  | ({ readonly type: 'UnknownOutcome' } & ResponseIds)
  /** `madeFrom`: hash of the spec that it was created from. */
  | { readonly type: 'SpecConflict'; readonly madeFrom: string }
);

/**
 * Decides before a create request. The API has no idempotency token, so this decision keeps a resource from being
 * created twice. Ours is adopted, or awaited until its deletion is complete. A foreign one ends the step. After an
 * unknown outcome, a missing resource counts as absent only after `consistencyWindowMs`: until then it may still become
 * visible. Where `namesRepeat`, a foreign resource takes no name, and only one that is or may be ours counts, or that
 * of another operation.
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
    const ids = lastCreate.outcome === 'unknown' ? idsOf(lastCreate) : {};
    return { act: 'refuse', type: 'NameTaken', ...ids, why: `${label} is taken: ${foreign.id} exists and ${owner}` };
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

/** How much of the consistency window is left for a create that may have taken effect. */
export function consistencyWaitMs(lastCreate: LastCreate, consistencyWindowMs: number, now: number): number {
  return lastCreate.outcome !== 'none' ? Math.max(0, lastCreate.since + consistencyWindowMs - now) : 0;
}

/**
 * How a resource of an earlier attempt makes room. Where names repeat it is removed by its identity. The API cannot
 * delete a prepaid pool.
 */
export function roomFor(
  act: 'awaitGone' | 'cleanUp',
  kind: { readonly byMarker: boolean; readonly isPrepaid: boolean },
): 'clear' | 'refuse' | 'cleanUp' | 'await' {
  if (kind.byMarker) return 'clear';
  if (act === 'awaitGone') return 'await';
  return kind.isPrepaid ? 'refuse' : 'cleanUp';
}

/** Whether the wait for a deletion is over: the resource is gone for sure, or turns out to stay. */
export function hasLeftOrStays(condition: string, isAbsenceConfirmed: boolean): boolean {
  return condition === 'absent' ? isAbsenceConfirmed : condition !== 'leaving';
}
