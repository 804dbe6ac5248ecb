import { describeDuration, HOUR, MINUTE } from '../duration.js';
import { parseInstant } from './instant.js';
import type { InventoryItem, Ownership, OwnershipStatus } from './inventory.js';

/** How long things may take before they say something. */
export interface OwnershipLimits {
  /** The list of operations lags behind: a younger resource without a known name may belong to one that it does not show yet. */
  readonly listLagMs: number;
  /** An operation that works has not changed its phase for longer than its deadlines usually are. */
  readonly phaseMs: number;
  /** An operation that waits for people or for capacity. */
  readonly patientPhaseMs: number;
  /** A resource on its way in or out. */
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
  /** Workflow id that the marker's owner hash belongs to; null when nobody knows. */
  readonly owner: string | null;
  /** One line for people. */
  readonly why: string;
}

/** Phases that an operation may stay in for as long as somebody wants it to. */
const restingPhases = ['Leased', 'Paused'];
/** Phases that wait for somebody or something, within deadlines of many hours. */
const patientPhases = ['AwaitingOperator', 'AwaitingApproval', 'AwaitingCapacity'];
/** States of pools and notebooks that lead to another one by themselves. */
const comingStates = [
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
 * Whose a resource is and how it stands (docs/audit.md). Whatever could not be read, or not be read for certain, makes it
 * `unknown`: `orphan` is only what carries our marker while Temporal said of every operation that could own it that it is closed.
 */
export function ownershipStatusOf(
  item: InventoryItem,
  ownerships: readonly Ownership[],
  installation: string,
  now: number,
  limits: OwnershipLimits = ownershipLimits,
): StatusWithReason {
  const { marker } = item;
  if (marker === 'unread') return unknown(null, 'the answer left out the description, which would carry the marker');
  if (marker === null) return { standing: 'foreign', owner: null, why: 'no marker' };
  if (marker.installation !== installation) {
    return { standing: 'foreign', owner: null, why: `made by installation ${marker.installation}` };
  }
  const ownership = ownerships.find(({ owner }) => owner === marker.owner);
  if (ownership === undefined) return unknown(null, 'nobody was asked who owns it');
  const owner = ownership.workflowId;
  const holder = holderOf(ownership);
  if (holder !== null) return { owner, ...statusOfOwned(item, ownership, holder, now, limits) };
  if (ownership.answer === 'unknown') return unknown(owner, 'Temporal could not say whether an operation owns it');
  if (ownership.name === null && ageOf(item, now) < limits.listLagMs) {
    return unknown(null, 'it is young, and the list of operations may not show its owner yet');
  }
  return { standing: 'orphan', owner, why: whyOrphan(ownership) };
}

/** The open operation that owns the resource: the one that created it, else the lease or teardown of the name. */
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

/** Since when a resource is on its way; a create is counted from its creation, a removal from its beginning. */
function transitOf(item: InventoryItem, now: number): { state: string; ms: number } | null {
  const state = item.state ?? 'without a state';
  if (item.leaving) return item.changedAt === null ? null : { state: 'leaving', ms: now - item.changedAt };
  const since = item.kind === 'pool' ? parseInstant(item.createdAt) : (item.changedAt ?? parseInstant(item.createdAt));
  return item.state === null || comingStates.includes(item.state)
    ? { state, ms: since === null ? 0 : now - since }
    : null;
}

function whyOrphan({ workflowId, name, ended }: Ownership): string {
  if (name === null || workflowId === null)
    return 'it carries our marker, and no operation that Temporal knows made it';
  if (ended === null) return `${workflowId} made it, and Temporal knows nothing of ${name} any more`;
  return `${workflowId} made it, and nothing of ${name} is open: it ended ${ended.phase} at ${ended.at}`;
}

function unknown(owner: string | null, why: string): StatusWithReason {
  return { standing: 'unknown', owner, why };
}

/** Age in milliseconds; 0 when the creation time is missing: what may be young is treated as young. */
function ageOf(item: InventoryItem, now: number): number {
  const created = parseInstant(item.createdAt);
  return created === null ? 0 : now - created;
}

const clockSkewMs = 60_000;

/** Age in milliseconds; null without a creation time, or with one that another clock tells, as that of a simulator that runs faster. */
export function ageMs(item: Pick<InventoryItem, 'createdAt'>, now: number): number | null {
  const created = parseInstant(item.createdAt);
  return created === null || created > now + clockSkewMs ? null : Math.max(0, now - created);
}
