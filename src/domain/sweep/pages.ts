import { fitting } from '../pages.js';
import { type KeptItem, order, type Plan, type PlanItem, type PlanPart, partsOf } from '../teardown/plan.js';
import { cut, jsonSize } from '../text.js';

/** A page of a large plan: whole parts in the order of their deletion, and after all of them the kept items. */
export interface PlanPage {
  readonly parts: readonly { readonly hash: string; readonly items: readonly PlanItem[] }[];
  readonly kept: readonly KeptItem[];
  /** Where the next page begins; null after the last one. */
  readonly next: number | null;
}

/** The largest plan that one result holds, the lists of a partial plan, and one page, as JSON. */
const wholeBytes = 128 * 1024;
const shownBytes = 24 * 1024;
const pageBytes = 96 * 1024;
/** Lists and resources that could not be read; each is one line. */
const unreadLines = { count: 100, length: 500 };

/** The plan as one result may hold it: partial where it is too large. */
export function withinLimits(plan: Plan): Plan {
  const { items, kept } = plan;
  const bounded = { ...plan, unread: boundedUnread(plan.unread) };
  if (jsonSize([items, kept]) <= wholeBytes) return bounded;
  return {
    ...bounded,
    items: items.slice(0, fitting(items, shownBytes)),
    kept: kept.slice(0, fitting(kept, shownBytes)),
    partial: true,
    totals: { items: items.length, kept: kept.length },
  };
}

function boundedUnread(lines: readonly string[]): readonly string[] {
  const short = lines.map((line) => cut(line, unreadLines.length));
  if (short.length <= unreadLines.count) return short;
  return [...short.slice(0, unreadLines.count - 1), `and ${short.length - unreadLines.count + 1} more`];
}

/** The page that begins at a part or kept item, counted from 0. */
export function pageOf(plan: Plan, hashOf: (items: readonly PlanItem[]) => string, from: number): PlanPage {
  const parts = partsOf(plan.items);
  const open: readonly (PlanPart | KeptItem)[] = [...parts, ...plan.kept].slice(from);
  const count = fitting(open, pageBytes);
  const next = from + count;
  return {
    parts: parts.slice(from, next).map(({ items }) => ({ hash: hashOf(items), items })),
    kept: plan.kept.slice(Math.max(0, from - parts.length), Math.max(0, next - parts.length)),
    next: count < open.length ? next : null,
  };
}

/** The whole plan from a partial one and its pages. Null when these are not all, and the plan stays partial. */
export function wholePlan(plan: Plan, pages: readonly PlanPage[]): Plan | null {
  const { partial: _partial, totals, pages: _pages, ...rest } = plan;
  const items = pages.flatMap(({ parts }) => parts.flatMap((part) => part.items));
  const kept = pages.flatMap((page) => page.kept);
  if (items.length !== totals?.items || kept.length !== totals.kept) return null;
  return { ...rest, items: items.sort(comparePlanned), kept: kept.sort(comparePlanned) };
}

/** In plan order: by environment, notebooks before their pool. */
function comparePlanned(a: PlanItem, b: PlanItem): number {
  const groupOf = ({ environment, marker }: PlanItem) => environment ?? `#${marker.split('-')[1] ?? ''}`;
  return order(groupOf(a), groupOf(b)) || order(a.kind, b.kind) || order(a.name, b.name) || order(a.id, b.id);
}
