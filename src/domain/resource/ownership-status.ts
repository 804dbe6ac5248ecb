import { describeDuration, HOUR, MINUTE } from '../duration.js';
import { parseInstant } from './instant.js';
import type { InventoryItem, Ownership, OwnershipStatus } from './inventory.js';

/** Ages from which a state means something. */
export interface OwnershipLimits {
  /** The list of operations lags behind: a younger resource may belong to an operation that is not listed yet. */
  readonly listLagMs: number;
  /** Longest time in one phase of an operation that makes progress. */
  readonly phaseMs: number;
  /** An operation that waits for people or for capacity. */
  readonly patientPhaseMs: number;
  /** A resource that is being created or deleted. */
  readonly transitMs: number;
}

export const ownershipLimits: OwnershipLimits = {
  listLagMs: 10 * MINUTE,
  phaseMs: 6 * HOUR,
  patientPhaseMs: 24 * HOUR,
  transitMs: 6 * HOUR,
};

export interface StatusWithReason {
  readonly standing: OwnershipStatus;
  /** Workflow id that the marker's owner hash belongs to; null when it is unknown. */
  readonly owner: string | null;
  /** One line for people. */
  readonly why: string;
}

/** Phases without a time limit. */
const restingPhases = ['Leased', 'Paused'];
/** Phases that wait for an operator or for capacity, within deadlines of many hours. */
const patientPhases = ['AwaitingOperator', 'AwaitingApproval', 'AwaitingCapacity'];
/** Transitional states of pools and notebooks. */
const transitionalStates = [
  'Creating',
  'Waiting',
  'CREATING',
  'CREATE_QUEUING',
  'STARTING',
  'START_QUEUING',
  'RESTARTING',
  'STOPPING',
];

/**
 * The ownership status of a resource (docs/audit.md). Facts that could not be read for certain make it `unknown`. An
 * `orphan` carries our marker, and Temporal reports every operation that could own it as closed.
 */
export function ownershipStatusOf(
  item: InventoryItem,
  ownerships: readonly Ownership[],
  installation: string,
  now: number,
  limits: OwnershipLimits = ownershipLimits,
): StatusWithReason {
  const { marker } = item;
  if (marker === 'unread') return unknown(null, 'the response has no description, so its marker is unknown');
  if (marker === null) return { standing: 'foreign', owner: null, why: 'no marker' };
  if (marker.installation !== installation) {
    return { standing: 'foreign', owner: null, why: `created by installation ${marker.installation}` };
  }
  const ownership = ownerships.find(({ owner }) => owner === marker.owner);
  if (ownership === undefined) return unknown(null, 'its ownership was not read');
  const owner = ownership.workflowId;
  const holder = holderOf(ownership);
  if (holder !== null) return { owner, ...statusOfOwned(item, ownership, holder, now, limits) };
  if (ownership.answer === 'unknown') return unknown(owner, 'Temporal could not say whether an operation owns it');
  if (ownership.name === null && ageOf(item, now) < limits.listLagMs) {
    return unknown(null, 'it is young, and the list of operations may not show its owner yet');
  }
  return { standing: 'orphan', owner, why: whyOrphan(ownership) };
}

/** The open operation that owns the resources of an owner hash: the teardown, the creating operation, or the lease. */
export function holderOf(ownership: Ownership): string | null {
  const { workflowId, name, open } = ownership;
  const holders = [`teardown/${name}`, workflowId, `lease/${name}`];
  return holders.find((id) => id !== null && open.includes(id)) ?? null;
}

function statusOfOwned(
  item: InventoryItem,
  ownership: Ownership,
  holder: string,
  now: number,
  limits: OwnershipLimits,
): { standing: 'owned' | 'expired' | 'stuck'; why: string } {
  const { phase, phaseSince, leaseEndsAt } = ownership;
  const inPhaseMs = phaseSince === null ? null : now - Date.parse(phaseSince);
  const patienceMs = patientPhases.includes(phase ?? '') ? limits.patientPhaseMs : limits.phaseMs;
  if (!restingPhases.includes(phase ?? '') && inPhaseMs !== null && inPhaseMs > patienceMs) {
    return { standing: 'stuck', why: `${holder} has been ${phase} for ${describeDuration(inPhaseMs)}` };
  }
  const transit = transitOf(item, now);
  if (transit !== null && transit.ms > limits.transitMs) {
    return {
      standing: 'stuck',
      why: `${holder} owns it, and it has been ${transit.state} for ${describeDuration(transit.ms)}`,
    };
  }
  const endedMs = leaseEndsAt === null ? null : now - Date.parse(leaseEndsAt);
  if (endedMs !== null && endedMs > 0 && !ownership.isBeingRemoved) {
    return { standing: 'expired', why: `the lease of ${ownership.name} ended ${describeDuration(endedMs)} ago` };
  }
  return { standing: 'owned', why: phase === null ? holder : `${holder}: ${phase}` };
}

/** How long a resource has been in a transitional state: since its creation, or since its deletion began. */
function transitOf(item: InventoryItem, now: number): { state: string; ms: number } | null {
  const state = item.state ?? 'without a state';
  if (item.leaving) return item.changedAt === null ? null : { state: 'leaving', ms: now - item.changedAt };
  const since = item.kind === 'pool' ? parseInstant(item.createdAt) : (item.changedAt ?? parseInstant(item.createdAt));
  return item.state === null || transitionalStates.includes(item.state)
    ? { state, ms: since === null ? 0 : now - since }
    : null;
}

function whyOrphan({ workflowId, name, ended }: Ownership): string {
  if (name === null || workflowId === null)
    return 'it carries our marker, and Temporal has no operation that created it';
  if (ended === null) return `created by ${workflowId}; Temporal no longer has its history`;
  return `created by ${workflowId}; its last operation ended ${ended.phase} at ${ended.at}`;
}

function unknown(owner: string | null, why: string): StatusWithReason {
  return { standing: 'unknown', owner, why };
}

/** Age in milliseconds; 0 when the creation time is missing, because the resource may be young. */
function ageOf(item: InventoryItem, now: number): number {
  const created = parseInstant(item.createdAt);
  return created === null ? 0 : now - created;
}

const clockSkewMs = 60_000;

/** Age in milliseconds; null without a creation time, or with one in the future, such as that of a faster simulator. */
export function ageMs(item: Pick<InventoryItem, 'createdAt'>, now: number): number | null {
  const created = parseInstant(item.createdAt);
  return created === null || created > now + clockSkewMs ? null : Math.max(0, now - created);
}
