import type { RecordedPages } from '../pages.js';
import type { Instant } from '../resource/instant.js';
import type { InventoryItem } from '../resource/inventory.js';
import { parseMarker } from '../resource/marker.js';
import type { Job } from '../resource/pool-use.js';

export const removalReasons = ['expired', 'released', 'orphan', 'idle', 'asked'] as const;
/** Why a plan deletes a resource. `asked`: a teardown by name. */
export type RemovalReason = (typeof removalReasons)[number];

/** One resource that a plan would delete, or keeps although there is a reason to delete it. */
export interface PlanItem {
  readonly kind: InventoryItem['kind'];
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
  /** As written in the resource: `maops:…`. */
  readonly marker: string;
  readonly isProtected: boolean;
  readonly reason: RemovalReason;
  /** Since when its environment is idle, if that is the reason. A run after that invalidates the plan. */
  readonly idleSince?: string;
  /** Name of the environment, pool or notebook operation that it belongs to; null when it is unknown. */
  readonly environment: string | null;
  readonly workspaceId: string | null;
  /** One line for people. */
  readonly why: string;
}

/** A resource with a reason to be deleted, and the rule that keeps it. */
export interface KeptItem extends PlanItem {
  readonly rule: string;
}

/** The resources that a teardown or sweep deletes. A dry run and a real one use the same code. */
export interface Plan {
  /**
   * Hash of kind, id, creation time, marker, protection and reason of each item, and since when it is idle if that is
   * the reason.
   */
  readonly hash: string;
  readonly madeAt: string;
  readonly items: readonly PlanItem[];
  readonly kept: readonly KeptItem[];
  /** Jobs in use on the pools in `items`, and on those kept for them; at most 100. They are not in the hash. */
  readonly jobs: readonly Job[];
  /** How many resources carry this installation's marker. */
  readonly carrying: number;
  /** Why the plan may not be applied as it is; null when it may. */
  readonly refusal: string | null;
  /** One line for each list or resource that could not be read. It is neither in `items` nor in `kept`. */
  readonly unread: readonly string[];
  /** Only in a plan that is too large for one result: `items` and `kept` are the first of `totals`. */
  readonly partial?: true;
  readonly totals?: { readonly items: number; readonly kept: number };
  /**
   * Where the whole plan is: results of the activity `planPage` in the histories of these runs. Only with `partial`.
   */
  readonly pages?: readonly RecordedPages[];
}

/** A plan without its hash, which needs crypto and so cannot be computed in a workflow. */
export type PlanDraft = Omit<Plan, 'hash'>;

/** The items of a plan that are deleted together: those of one name, or of one owner without a known name. */
export interface PlanPart {
  readonly environment: string | null;
  /** Hash of the owner in the marker; of a name's several owners the first one. */
  readonly owner: string;
  readonly items: readonly PlanItem[];
}

/** The parts of a plan. Those without a pool come first: a pool with another user's notebook on it is kept. */
export function partsOf(items: readonly PlanItem[]): PlanPart[] {
  const ownerOf = ({ marker }: PlanItem) => parseMarker(marker)?.owner ?? '';
  const groups = groupBy(items, (item) =>
    item.environment === null ? `owner ${ownerOf(item)}` : `name ${item.environment}`,
  );
  const parts = [...groups.values()].map((members): PlanPart => {
    const [first] = members;
    return {
      environment: first?.environment ?? null,
      owner: first === undefined ? '' : ownerOf(first),
      items: members,
    };
  });
  return parts.sort((a, b) => Number(hasPool(a)) - Number(hasPool(b)));
}

export function hasPool({ items }: Pick<PlanPart, 'items'>): boolean {
  return items.some(({ kind }) => kind === 'pool');
}

/** The facts in the hash of a plan, independent of the order of items. */
export function hashedFacts(items: readonly PlanItem[]): unknown {
  return [...items]
    .sort((a, b) => order(a.kind, b.kind) || order(a.id, b.id))
    .map(({ kind, id, createdAt, marker, isProtected, reason, idleSince }) => {
      const why = idleSince === undefined ? [reason] : [reason, idleSince];
      return [kind, id, createdAt, marker, isProtected, ...why];
    });
}

export function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Groups items by a key and keeps their order. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
