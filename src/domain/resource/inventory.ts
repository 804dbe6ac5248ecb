import type { Instant } from './instant.js';
import { isMarkedBy, type Marker } from './marker.js';

/** A pool or notebook of the project as the service showed it, in the words that audits and plans need. */
export interface InventoryItem {
  readonly kind: 'pool' | 'notebook';
  readonly id: string;
  /** Display name. */
  readonly name: string;
  /** Identity together with the id. */
  readonly createdAt: Instant;
  /** Phase of a pool, status of a notebook; null when the answer had none. */
  readonly state: string | null;
  /** Epoch milliseconds of the last change that the service tells of; null when it tells none. */
  readonly changedAt: number | null;
  /** Being deleted already. */
  readonly leaving: boolean;
  /** Null: no marker. `unread`: the answer left out the field that would carry it, so nothing can be said. */
  readonly marker: Marker | null | 'unread';
  /** Carries `maops:keep`. */
  readonly isProtected: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly workspaceId: string | null;
  /** The pool that a notebook runs on. */
  readonly poolId: string | null;
  /** How many of each flavor are paid for. */
  readonly flavors: Readonly<Record<string, number>>;
}

/** All pools and notebooks of the project at one time, and what could not be read. */
export interface Inventory {
  /** Epoch milliseconds at which the reading began. */
  readonly at: number;
  readonly items: readonly InventoryItem[];
  /** One line for each list that could not be read: nothing may be concluded from what is missing. */
  readonly unread: readonly string[];
}

/** What Temporal knows of the operations that share one owner hash, read after the inventory. */
export interface Ownership {
  /** Owner hash in the marker. */
  readonly owner: string;
  /** The name that the hash belongs to, as `team-a`; null when no known name has it. */
  readonly name: string | null;
  /** Workflow id that the hash belongs to, as `env/team-a`; null when no known name has it. */
  readonly workflowId: string | null;
  /** Workflow ids of the open operations on the name. */
  readonly open: readonly string[];
  /** `unknown`: Temporal could not be asked, or could not answer for this name. */
  readonly answer: 'asked' | 'unknown';
  /** Phase of the open operation that counts (teardown, else env, pool, notebook, else lease), and since when. */
  readonly phase: string | null;
  readonly phaseSince: string | null;
  /** End of the open lease; null without one. */
  readonly leaseEndsAt: string | null;
  /** True while a lease or teardown is removing the environment. */
  readonly isBeingRemoved: boolean;
  /**
   * Phase in which the newest closed operation of the name ended, and when (RFC 3339); null when Temporal knows of none. It
   * tells what was released from an orphan: a plan may say `released` only of a resource that is older than this end.
   */
  readonly ended: { readonly phase: string; readonly at: string } | null;
}

export const ownershipStatuses = ['owned', 'orphan', 'foreign', 'expired', 'stuck', 'unknown'] as const;
/**
 * Whose a resource is and how it stands (docs/audit.md). `expired`: owned, and the end of its lease has passed. `stuck`:
 * owned, and its operation has not moved for long. `unknown`: the information is incomplete.
 */
export type OwnershipStatus = (typeof ownershipStatuses)[number];

/** The owner hashes in the markers of this installation. */
export function ownersOf(items: readonly InventoryItem[], installation: string): string[] {
  return items.flatMap(({ marker }) => (isMarkedBy(marker, installation) ? [marker.owner] : []));
}
