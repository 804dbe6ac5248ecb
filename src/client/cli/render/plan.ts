import type { SweepProgress } from '../../../contract/workflows.js';
import type { Plan, PlanItem } from '../../../domain/plan.js';
import { timeOf } from '../../../domain/sweep-rules.js';
import { renderTable } from './table.js';
import { formatTime } from './time.js';

/** An item of a plan, with what keeps it; null when nothing does. */
export type ShownItem = PlanItem & { readonly rule: string | null };

/** What would go and why, and what stays although there is a reason, and by which rule. */
export function renderItems(items: readonly ShownItem[], timeZone: string): string {
  if (items.length === 0) return 'no resources';
  const rows = items.map(({ kind, name, id, createdAt, reason, why, rule }) => [
    rule === null ? 'delete' : 'keep',
    kind,
    name,
    id,
    timeText(createdAt, timeZone),
    reason,
    rule === null ? why : `${why}; kept: ${rule}`,
  ]);
  return renderTable(rows, ['ACTION', 'KIND', 'NAME', 'ID', 'CREATED', 'REASON', 'WHY']);
}

/** The plan of a sweep, with its hash and what forbids it. */
export function renderPlan(plan: Plan, timeZone: string): string {
  const { items, kept, carrying, hash, refusal, unread } = plan;
  const shown = [...items.map((item) => ({ ...item, rule: null })), ...kept];
  const going = `${items.length} of the ${carrying} resources that carry our marker would go, ${kept.length} stay by a rule`;
  const notes = [
    ...unread.map((line) => `not judged: ${line}`),
    ...(refusal === null ? [] : [`refused: ${refusal}; when it is meant, raise the share with --max-share PERCENT`]),
  ];
  return [shown.length === 0 ? '' : renderItems(shown, timeZone), `${going}\nhash ${hash}`, notes.join('\n')]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** What became of each item. */
export function renderResults({ results, plan }: Pick<SweepProgress, 'results' | 'plan'>): string {
  if (results.length === 0) return '';
  const nameOf = (kind: string, id: string) => plan?.items.find((item) => item.kind === kind && item.id === id)?.name;
  const rows = results.map(({ result, kind, id, why }) => [
    result,
    kind,
    nameOf(kind, id) ?? '-',
    id,
    why.split('\n')[0] ?? '',
  ]);
  return renderTable(rows, ['RESULT', 'KIND', 'NAME', 'ID', 'WHY']);
}

/** Pools tell their creation in RFC 3339, notebooks in epoch milliseconds. */
function timeText(createdAt: string, timeZone: string): string {
  const ms = timeOf(createdAt);
  return ms === null ? '-' : formatTime(new Date(ms).toISOString(), timeZone);
}
