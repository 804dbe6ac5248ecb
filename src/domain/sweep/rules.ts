import { describeDuration } from '../duration.js';
import { parseInstant } from '../resource/instant.js';
import type { InventoryItem } from '../resource/inventory.js';

/** The rules of a sweep, checked. Durations are in milliseconds. */
export interface SweepRules {
  readonly protect: {
    /** Patterns with `*`. */
    readonly names: readonly string[];
    /** One of them is enough. */
    readonly labels: Readonly<Record<string, string>>;
    readonly workspaces: readonly string[];
    /** Younger resources are kept. */
    readonly minAgeMs: number;
  };
  /** Null: orphans are never deleted. */
  readonly orphans: { readonly minAgeMs: number } | null;
  /** Null: nothing is deleted for being idle. */
  readonly idle: { readonly afterMs: number } | null;
  /** What jobs on a pool do: they keep it, they do not, or they are waited for that long (a duration such as `2h`). */
  readonly busy: 'keep' | 'delete' | { readonly drain: string };
  /**
   * Share (0 to 1) of the resources with our marker that one plan may delete. Plans of up to three items are always
   * allowed.
   */
  readonly maxShare: number;
}

/** The workspace of resources that name none (docs/api/pools-and-flavors.md "2.3 List"). */
const defaultWorkspace = '0';

/** The rule that keeps a resource for any reason to delete it; null when there is none. */
export function protectingRule(
  item: InventoryItem,
  environment: string | null,
  { protect }: SweepRules,
  now: number,
): string | null {
  if (item.isProtected) return keepRule;
  const names = [item.name, ...(environment === null ? [] : [environment])];
  const pattern = protect.names.find((candidate) => names.some((name) => matches(candidate, name)));
  if (pattern !== undefined) return `name ${pattern}`;
  const label = Object.entries(protect.labels).find(([key, value]) => item.labels[key] === value);
  if (label !== undefined) return `label ${label.join('=')}`;
  const workspace = item.workspaceId ?? defaultWorkspace;
  if (protect.workspaces.includes(workspace)) return `workspace ${workspace}`;
  const age = ageOf(item, now);
  if (age === null) return 'its creation time is unknown';
  return age < protect.minAgeMs ? `younger than ${describeDuration(protect.minAgeMs)}` : null;
}

/** Null when the creation time is unknown. A resource from the future, by the service's clock, has age 0. */
export function ageOf({ createdAt }: Pick<InventoryItem, 'createdAt'>, now: number): number | null {
  const created = parseInstant(createdAt);
  return created === null ? null : Math.max(0, now - created);
}

/** The name of the rule that keeps a pool with jobs in use, or whose jobs cannot be read. */
export const busyRule = 'busy';

/** The name of the rule for an operator's protection. */
export const keepRule = 'maops:keep';

/** Whether a name matches a pattern. `*` matches any text. */
export function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
