import type { SweepProgress } from '../../contract/workflows.js';
import { parseInstant } from '../../domain/resource/instant.js';
import type { Plan, PlanItem } from '../../domain/teardown/plan.js';
import { hasRoom, renderTable } from './table.js';
import { formatTime } from './time.js';
import type { View } from './view.js';
import { wrapText } from './width.js';

/** What a plan looks like depends on the terminal and the reader's zone. */
type Look = Pick<View, 'timeZone' | 'columns'>;

/** An item of a plan, with what keeps it; null when nothing does. */
export type ShownItem = PlanItem & { readonly rule: string | null };

/** What would go and why, and what stays although there is a reason, and by which rule. */
export function renderItems(items: readonly ShownItem[], { timeZone, columns }: Look): string {
  if (items.length === 0) return 'no resources';
  const fit = { columns, last: 'wrap' } as const;
  const rows = items.map(({ kind, name, id, createdAt, reason, why, rule }) => ({
    begin: [rule === null ? 'delete' : 'keep', kind, name],
    identity: [id, timeText(createdAt, timeZone)],
    end: [reason, rule === null ? why : `${why}; kept: ${rule}`],
  }));
  const head = ['ACTION', 'KIND', 'NAME', 'ID', 'CREATED', 'REASON', 'WHY'];
  const whole = rows.map(({ begin, identity, end }) => [...begin, ...identity, ...end]);
  if (hasRoom([head, ...whole], columns)) return renderTable(whole, head, fit);
  // An id and a time are wider than many terminals have room for: there they stand below the reason.
  return renderTable(
    rows.flatMap(({ begin, identity, end }) => [
      [...begin, ...end],
      ['', '', '', '', identity.join(', made ')],
    ]),
    ['ACTION', 'KIND', 'NAME', 'REASON', 'WHY'],
    fit,
  );
}

/** The plan of a sweep, with its hash and what forbids it. */
export function renderPlan(plan: Plan, look: Look): string {
  const { items, kept, carrying, hash, refusal, unread } = plan;
  const shown = [...items.map((item) => ({ ...item, rule: null })), ...kept];
  const going = `${items.length} of the ${carrying} resources that carry our marker would go, ${kept.length} stay by a rule`;
  const notes = [
    ...unread.map((line) => `not judged: ${line}`),
    ...(refusal === null ? [] : [`refused: ${refusal}; when it is meant, raise the share with --max-share PERCENT`]),
  ];
  const blocks = [shown.length === 0 ? '' : renderItems(shown, look), `${going}\nhash ${hash}`, notes.join('\n')];
  return wrapText(blocks.filter((block) => block !== '').join('\n\n'), look.columns);
}

/** What became of each item. */
export function renderResults(
  { results, plan }: Pick<SweepProgress, 'results' | 'plan'>,
  { columns }: Pick<View, 'columns'>,
): string {
  if (results.length === 0) return '';
  const nameOf = (kind: string, id: string) => plan?.items.find((item) => item.kind === kind && item.id === id)?.name;
  const rows = results.map(({ result, kind, id, why }) => [
    result,
    kind,
    nameOf(kind, id) ?? '-',
    id,
    why.split('\n')[0] ?? '',
  ]);
  return renderTable(rows, ['RESULT', 'KIND', 'NAME', 'ID', 'WHY'], { columns, last: 'wrap' });
}

/** Pools tell their creation in RFC 3339, notebooks in epoch milliseconds. */
function timeText(createdAt: string, timeZone: string): string {
  const ms = parseInstant(createdAt);
  return ms === null ? '-' : formatTime(new Date(ms).toISOString(), timeZone);
}
