import { describeDuration } from '../duration.js';
import { parseInstant } from '../resource/instant.js';
import type { InventoryItem, Ownership } from '../resource/inventory.js';
import { ownershipStatusOf } from '../resource/ownership-status.js';
import { isoTime } from '../rfc3339.js';
import type { SweepRules } from '../sweep/rules.js';
import type { RemovalReason } from './plan.js';

/** Why a resource may go; `unclear` when the information is incomplete, null when it has an owner that keeps it. */
export type Reason =
  | { readonly reason: RemovalReason; readonly why: string; readonly idleSince?: string }
  | { readonly reason: 'unclear'; readonly why: string };

/** Endings after which nothing of a name should be alive. */
const releasedEndings: readonly string[] = ['Gone', 'Cancelled', 'RolledBack'];

/** A removal that has not moved for so long is not trusted to come to its end. */
const stuckRemovalMs = 60 * 60_000;

/**
 * Why a sweep would delete a resource of ours. `members` are all resources of the same name, because an environment is
 * idle only as a whole. Nothing is concluded from silence: without an answer of Temporal the resource stays.
 */
export function reasonOf(
  item: InventoryItem,
  ownership: Ownership | undefined,
  members: readonly InventoryItem[],
  rules: SweepRules,
  installation: string,
  now: number,
): Reason | null {
  const { standing, why } = ownershipStatusOf(item, ownership === undefined ? [] : [ownership], installation, now);
  if (ownership === undefined || ownership.answer === 'unknown' || standing === 'unknown')
    return { reason: 'unclear', why };
  if (ownership.open.length === 0) return unowned(item, ownership);
  if (!isLeasedOnly(ownership)) return null;
  return expired(ownership, now) ?? idle(ownership, members, rules, now);
}

/** What is left of a name that ended on purpose, or what nobody can account for. */
function unowned(item: InventoryItem, { ended, workflowId }: Ownership): Reason {
  const created = parseInstant(item.createdAt);
  // An end that is older than the resource says nothing about it: the database may be a restored one.
  if (ended !== null && releasedEndings.includes(ended.phase) && created !== null && created <= Date.parse(ended.at))
    return { reason: 'released', why: `its operation ended ${ended.phase} at ${ended.at}` };
  const maker = workflowId === null ? 'creator unknown' : `created by ${workflowId}`;
  return { reason: 'orphan', why: `no open workflow owns it; ${maker}` };
}

function isLeasedOnly({ open }: Ownership): boolean {
  return open.every((workflowId) => workflowId.startsWith('lease/'));
}

function expired({ leaseEndsAt, isBeingRemoved, phase, phaseSince }: Ownership, now: number): Reason | null {
  // An operator who has paused a lease wants nothing deleted until it is resumed.
  if (phase === 'Paused') return null;
  if (leaseEndsAt === null || Date.parse(leaseEndsAt) > now) return null;
  const since = phaseSince === null ? Number.NaN : Date.parse(phaseSince);
  if (isBeingRemoved && !(now - since >= stuckRemovalMs)) return null;
  const stuck = isBeingRemoved ? `, and its removal has not moved since ${phaseSince}` : '';
  return { reason: 'expired', why: `its lease ended at ${leaseEndsAt}${stuck}` };
}

function idle(ownership: Ownership, members: readonly InventoryItem[], rules: SweepRules, now: number): Reason | null {
  if (rules.idle === null || ownership.phase !== 'Leased' || ownership.isBeingRemoved) return null;
  const notebooks = members.filter(({ kind }) => kind === 'notebook');
  if (notebooks.length === 0 || notebooks.some(({ state }) => state !== 'STOPPED')) return null;
  const changes = notebooks.map(({ changedAt }) => changedAt ?? Number.NaN);
  const since = Math.max(...changes);
  if (!(now - since >= rules.idle.afterMs)) return null;
  const idleSince = isoTime(since);
  return { reason: 'idle', why: `nothing has run on it for ${describeDuration(now - since)}`, idleSince };
}
