import type { RecordedPages } from '../pages.js';
import { type Cost, costOf, type PriceTable, sumCosts, unpricedFlavors } from '../price.js';
import {
  type Inventory,
  type InventoryItem,
  type Ownership,
  type OwnershipStatus,
  ownershipStatuses,
} from '../resource/inventory.js';
import { formatMarker, type Marker } from '../resource/marker.js';
import { ageMs, ownershipStatusOf } from '../resource/ownership-status.js';
import { isoTime, isoTimeOf } from '../rfc3339.js';

/** One resource in an audit. */
export interface AuditFinding {
  readonly kind: InventoryItem['kind'];
  readonly id: string;
  /** Display name. */
  readonly name: string;
  readonly state: string | null;
  readonly standing: OwnershipStatus;
  readonly isProtected: boolean;
  /** Workflow id of the operation that created it; null when no known name has its marker. */
  readonly owner: string | null;
  /** As written in the resource: `maops:…`; null without one, or when it could not be read. */
  readonly marker: string | null;
  /** RFC 3339. */
  readonly createdAt: string | null;
  readonly ageSeconds: number | null;
  /** Null without a price table, or when it lacks one of the flavors. */
  readonly cost: Cost | null;
  readonly why: string;
  /** Workflow id of the lease that owns it now. Only for a resource that this audit has adopted. */
  readonly adoptedInto?: string;
}

/** The result of an audit, as `maops audit --json` prints it. */
export interface AuditReport {
  readonly at: string;
  /** Whether ownership was read from Temporal. Without it all our resources are `unknown`. */
  readonly source: 'temporal' | 'cloud';
  /** Null when it is unknown without Temporal: then every marker counts as ours. */
  readonly installation: string | null;
  /** Sorted: findings that need action first. */
  readonly findings: readonly AuditFinding[];
  readonly counts: Readonly<Record<OwnershipStatus, number>>;
  /** The sum without foreign resources; null without a price table. */
  readonly costs: Cost | null;
  /** Flavors without a price. Their resources are in no sum. */
  readonly unpriced: readonly string[];
  /** One line for each list that could not be read. Absence from such a list proves nothing. */
  readonly unread: readonly string[];
  /**
   * Only in a report of more than about 1,000 resources: `findings` has only the first of those that need action.
   * `counts` and `costs` are about all resources.
   */
  readonly partial?: true;
  /**
   * Where all findings are: results of the activity `auditPage` in the histories of these runs. Only with `partial`.
   */
  readonly pages?: readonly RecordedPages[];
}

export interface AuditFacts {
  readonly inventory: Inventory;
  /** Null: Temporal was not asked. */
  readonly ownerships: readonly Ownership[] | null;
  readonly installation: string | null;
  readonly prices: PriceTable | null;
  /** Epoch milliseconds of the last read. */
  readonly now: number;
}

/** Statuses that need action first, foreign resources last. */
const order: readonly OwnershipStatus[] = ['orphan', 'expired', 'stuck', 'unknown', 'owned', 'foreign'];

/** Reports the owner, ownership status and cost of every resource in the inventory. */
export function makeReport(input: AuditFacts): AuditReport {
  const { inventory, ownerships, installation, prices, now } = input;
  const findings = inventory.items.map((item) => findingOf(item, input)).sort(compareFindings);
  const ours = findings.filter(({ standing }) => standing !== 'foreign');
  const unpriced = prices === null ? [] : inventory.items.flatMap((item) => unpricedFlavors(item, prices));
  return {
    at: isoTime(now),
    source: ownerships === null ? 'cloud' : 'temporal',
    installation,
    findings,
    counts: countStatuses(findings),
    costs:
      prices === null
        ? null
        : sumCosts(
            ours.map(({ cost }) => cost).filter((cost) => cost !== null),
            prices.currency,
          ),
    unpriced: [...new Set(unpriced)].sort(),
    unread: inventory.unread,
  };
}

/** True when something needs action. An expired resource that is protected does not: an operator keeps it. */
export function needsAction({ findings, unread }: AuditReport): boolean {
  return unread.length > 0 || findings.some(asksForAction);
}

export function asksForAction({ standing, isProtected, state }: AuditFinding): boolean {
  if (standing === 'expired') return !isProtected;
  // The record of a failed creation costs nothing and disappears by itself (docs/api/pools-and-flavors.md "3.1 Pool").
  if (standing === 'orphan' && state === 'CreationFailed') return false;
  return standing === 'orphan' || standing === 'stuck' || standing === 'unknown';
}

/** One line of counts, such as `2 owned, 1 orphan`. Unread lists are mentioned, because there may be more. */
export function describeCounts({ counts, unread }: Pick<AuditReport, 'counts' | 'unread'>): string {
  const shown = order.filter((standing) => counts[standing] > 0).map((standing) => `${counts[standing]} ${standing}`);
  if (unread.length > 0) return [...shown, 'some lists could not be read'].join(', ');
  return shown.length === 0 ? 'no pools or notebooks' : shown.join(', ');
}

/** The finding of one resource. */
export function findingOf(
  item: InventoryItem,
  { ownerships, installation, prices, now }: Omit<AuditFacts, 'inventory'>,
): AuditFinding {
  const { kind, id, name, state, isProtected, marker } = item;
  const written = marker === null || marker === 'unread' ? null : marker;
  const age = ageMs(item, now);
  const stood = ownershipStatusOf(item, ownerships ?? [], installation ?? written?.installation ?? '', now);
  return {
    kind,
    id,
    name,
    state: item.leaving && kind === 'pool' ? 'Deleting' : state,
    standing: stood.standing,
    isProtected,
    owner: stood.owner,
    marker: written === null ? null : formatMarker(written),
    createdAt: isoTimeOf(item.createdAt),
    ageSeconds: age === null ? null : Math.floor(age / 1_000),
    cost: costOf(item, prices, now),
    why:
      ownerships === null && written !== null && stood.standing === 'unknown'
        ? unasked(installation, written)
        : stood.why,
  };
}

function unasked(installation: string | null, marker: Marker): string {
  const markerOwnershipOf =
    installation === null ? `created by installation ${marker.installation}` : 'carries our marker';
  return `${markerOwnershipOf}; Temporal was not asked`;
}

export function countStatuses(findings: readonly AuditFinding[]): Record<OwnershipStatus, number> {
  const counts = { owned: 0, orphan: 0, foreign: 0, expired: 0, stuck: 0, unknown: 0 };
  for (const status of ownershipStatuses) counts[status] = findings.filter((one) => one.standing === status).length;
  return counts;
}

export function compareFindings(a: AuditFinding, b: AuditFinding): number {
  return (
    order.indexOf(a.standing) - order.indexOf(b.standing) ||
    compare(a.name, b.name) ||
    // A pool before what is on it.
    compare(b.kind, a.kind) ||
    compare(a.id, b.id) ||
    compare(a.createdAt ?? '', b.createdAt ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
