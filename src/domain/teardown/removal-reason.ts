import { describeDuration } from '../duration.js';
import { parseInstant } from '../resource/instant.js';
import type { InventoryItem, Ownership } from '../resource/inventory.js';
import { ownershipStatusOf } from '../resource/ownership-status.js';
import { type PoolUse, stateOfUse } from '../resource/pool-use.js';
import { isoTime } from '../rfc3339.js';
import type { SweepRules } from '../sweep/rules.js';
import type { RemovalReason } from './plan.js';

/** Why a resource may be deleted; `unclear` when facts are missing, null when its owner keeps it. */
export type Reason =
  | { readonly reason: RemovalReason; readonly why: string; readonly idleSince?: string }
  | { readonly reason: 'unclear'; readonly why: string };

/** Endings after which no resource of a name should exist. */
const releasedEndings: readonly string[] = ['Gone', 'Cancelled', 'RolledBack'];

/** A removal without progress for this long is not expected to finish. */
const stuckRemovalMs = 60 * 60_000;

/** What makes an environment idle. */
interface IdleRules {
  readonly rules: SweepRules;
  /** The use of a pool by its id; null where it was not read. */
  readonly useOf?: ((poolId: string) => PoolUse | null) | undefined;
}

/**
 * Why a sweep would delete a resource of ours. `members` are all resources of the name, because only a whole
 * environment can be idle. Without a response of Temporal the resource is kept.
 */
export function reasonOf(
  item: InventoryItem,
  ownership: Ownership | undefined,
  members: readonly InventoryItem[],
  { rules, useOf }: IdleRules,
  installation: string,
  now: number,
): Reason | null {
  const { standing, why } = ownershipStatusOf(item, ownership === undefined ? [] : [ownership], installation, now);
  if (ownership === undefined || ownership.answer === 'unknown' || standing === 'unknown')
    return { reason: 'unclear', why };
  if (ownership.open.length === 0) return unowned(item, ownership);
  if (!isLeasedOnly(ownership)) return null;
  return expired(ownership, now) ?? idle(ownership, members, { rules, useOf }, now);
}

/** A resource without an open operation: released by an operation that ended on purpose, or an orphan. */
function unowned(item: InventoryItem, { ended, workflowId }: Ownership): Reason {
  const created = parseInstant(item.createdAt);
  // An end that is older than the resource does not explain it: the database may have been restored.
  if (ended !== null && releasedEndings.includes(ended.phase) && created !== null && created <= Date.parse(ended.at))
    return { reason: 'released', why: `its operation ended ${ended.phase} at ${ended.at}` };
  const creator = workflowId === null ? 'creator unknown' : `created by ${workflowId}`;
  return { reason: 'orphan', why: `no open workflow owns it; ${creator}` };
}

function isLeasedOnly({ open }: Ownership): boolean {
  return open.every((workflowId) => workflowId.startsWith('lease/'));
}

function expired({ leaseEndsAt, isBeingRemoved, phase, phaseSince }: Ownership, now: number): Reason | null {
  // A paused lease keeps its resources until an operator resumes it.
  if (phase === 'Paused') return null;
  if (leaseEndsAt === null || Date.parse(leaseEndsAt) > now) return null;
  const since = phaseSince === null ? Number.NaN : Date.parse(phaseSince);
  if (isBeingRemoved && !(now - since >= stuckRemovalMs)) return null;
  const stuck = isBeingRemoved ? `, and its removal has not moved since ${phaseSince}` : '';
  return { reason: 'expired', why: `its lease ended at ${leaseEndsAt}${stuck}` };
}

/**
 * Nothing runs on it: every notebook is stopped, and no job uses the pool. It has been idle since the last of them
 * ended, or since the pool was created. Without a reading of its jobs, an environment needs a stopped notebook to be
 * idle.
 */
function idle(
  ownership: Ownership,
  members: readonly InventoryItem[],
  { rules, useOf }: IdleRules,
  now: number,
): Reason | null {
  if (rules.idle === null || ownership.phase !== 'Leased' || ownership.isBeingRemoved) return null;
  const notebooks = members.filter(({ kind }) => kind === 'notebook');
  if (notebooks.some(({ state }) => state !== 'STOPPED')) return null;
  const pools = useOf === undefined ? [] : members.filter(({ kind }) => kind === 'pool');
  if (notebooks.length === 0 && pools.length === 0) return null;
  const uses = pools.map(({ id }) => useOf?.(id) ?? null);
  if (uses.some((use) => use === null || stateOfUse(use) !== 'idle')) return null;
  const changes = [
    ...notebooks.map(({ changedAt }) => changedAt ?? Number.NaN),
    ...pools.map(({ createdAt }) => parseInstant(createdAt) ?? Number.NaN),
    ...uses.map((use) => use?.lastEndedAt ?? 0),
  ];
  const since = Math.max(...changes);
  if (!(now - since >= rules.idle.afterMs)) return null;
  const idleSince = isoTime(since);
  return { reason: 'idle', why: `nothing has run on it for ${describeDuration(now - since)}`, idleSince };
}
