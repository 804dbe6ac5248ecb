import type { InventoryItem } from './inventory.js';

export const removalReasons = ['expired', 'released', 'orphan', 'idle', 'asked'] as const;
/** Why a plan would delete something; `asked` is a teardown that somebody asked for by name. */
export type RemovalReason = (typeof removalReasons)[number];

/** One resource that a plan would delete, or keeps although there is a reason to delete it. */
export interface PlanItem {
  readonly kind: InventoryItem['kind'];
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** As written in the resource: `maops:…`. */
  readonly marker: string;
  readonly isProtected: boolean;
  readonly reason: RemovalReason;
  /** Name of the environment, pool or notebook operation that it belongs to; null when nobody knows it. */
  readonly environment: string | null;
  /** One line for people. */
  readonly why: string;
}

/** A resource with a reason to go that stays, and the rule that keeps it. */
export interface KeptItem extends PlanItem {
  readonly rule: string;
}

/** What a teardown or sweep would delete; a dry run and a real one are made by the same code. */
export interface Plan {
  /** Over kind, id, creation time, marker, protection and reason of each item. */
  readonly hash: string;
  readonly madeAt: string;
  readonly items: readonly PlanItem[];
  readonly kept: readonly KeptItem[];
  /** How many resources carry this installation's marker. */
  readonly carrying: number;
  /** Why the plan may not be applied as it is; null when it may. */
  readonly refusal: string | null;
  /** What could not be read, so that it is neither in `items` nor in `kept`. */
  readonly unread: readonly string[];
}

/** What a sweep may take and what it leaves; durations in milliseconds, after checking. */
export interface SweepRules {
  readonly protect: {
    /** Patterns with `*`. */
    readonly names: readonly string[];
    readonly labels: Readonly<Record<string, string>>;
    readonly workspaces: readonly string[];
    /** Younger resources stay. */
    readonly minAgeMs: number;
  };
  /** Null: orphans are never deleted. */
  readonly orphans: { readonly minAgeMs: number } | null;
  /** Null: nothing is deleted for being idle. */
  readonly idle: { readonly afterMs: number } | null;
  /** Share of everything that carries our marker that one plan may delete, 0..1; plans of up to three items are always small enough. */
  readonly maxShare: number;
}
