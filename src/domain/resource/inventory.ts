import type { Instant } from './instant.js';
import { isMarkedBy, type Marker } from './marker.js';

/** A pool or notebook of the project, with the facts that audits and plans need. */
export interface InventoryItem {
  readonly kind: 'pool' | 'notebook';
  readonly id: string;
  /** Display name. */
  readonly name: string;
  /** Identity together with the id. */
  readonly createdAt: Instant;
  /** Phase of a pool, status of a notebook; null when the response had none. */
  readonly state: string | null;
  /** Epoch milliseconds of the last change that the service reports; null when it reports none. */
  readonly changedAt: number | null;
  /** Being deleted already. */
  readonly leaving: boolean;
  /** Null: no marker. `unread`: the response lacked the field that would carry it. */
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
  /** One line for each list that could not be read. Absence from such a list proves nothing. */
  readonly unread: readonly string[];
}

/** The operations that share one owner hash, as Temporal reports them. Read after the inventory. */
export interface Ownership {
  /** Owner hash in the marker. */
  readonly owner: string;
  /** The name that the hash belongs to, such as `team-a`; null when no known name has it. */
  readonly name: string | null;
  /** Workflow id that the hash belongs to, such as `env/team-a`; null when no known name has it. */
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
   * Phase in which the newest closed operation of the name ended, and when (RFC 3339); null when Temporal knows of
   * none. It separates released resources from orphans: only a resource that is older than this end may be `released`.
   */
  readonly ended: { readonly phase: string; readonly at: string } | null;
}

export const ownershipStatuses = ['owned', 'orphan', 'foreign', 'expired', 'stuck', 'unknown'] as const;
/**
 * The ownership status of a resource (docs/audit.md). `expired`: owned, and its lease has ended. `stuck`: owned, and
 * its operation has made no progress for long. `unknown`: the facts do not allow a decision.
 */
export type OwnershipStatus = (typeof ownershipStatuses)[number];

/** The owner hashes in the markers of this installation. */
export function ownersOf(items: readonly InventoryItem[], installation: string): string[] {
  return items.flatMap(({ marker }) => (isMarkedBy(marker, installation) ? [marker.owner] : []));
}
