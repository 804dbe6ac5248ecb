import type { SweepProgress } from '../../contract/workflows.js';
import { parseInstant } from '../../domain/resource/instant.js';
import type { Plan, PlanItem } from '../../domain/teardown/plan.js';
import { renderJobs } from './jobs.js';
import { hasRoom, renderTable } from './table.js';
import { formatTime } from './time.js';
import type { View } from './view.js';
import { wrapText } from './width.js';

/** The parts of a view that a plan depends on. */
type PlanView = Pick<View, 'timeZone' | 'columns'>;

/** An item of a plan, with the rule that keeps it; null when it will be deleted. */
export type ShownItem = PlanItem & { readonly rule: string | null };

/** The resources to delete with the reasons, and those that a rule keeps. */
export function renderItems(items: readonly ShownItem[], { timeZone, columns }: PlanView): string {
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
  // On a narrow terminal the id and the time are on a line below the reason.
  return renderTable(
    rows.flatMap(({ begin, identity, end }) => [
      [...begin, ...end],
      ['', '', '', '', identity.join(', created ')],
    ]),
    ['ACTION', 'KIND', 'NAME', 'REASON', 'WHY'],
    fit,
  );
}

/** The plan of a sweep, with its hash and why it is refused. */
export function renderPlan(plan: Plan, view: PlanView): string {
  const { items, kept, jobs, carrying, hash, refusal, unread, totals } = plan;
  const shown = [...items.map((item) => ({ ...item, rule: null })), ...kept];
  const going = totals?.items ?? items.length;
  const counts = `${going} to delete, ${totals?.kept ?? kept.length} kept by rules; ${carrying} resources carry our marker`;
  const notes = [
    ...(plan.partial === true ? ['not the whole list: Temporal no longer has the rest of it'] : []),
    ...unread.map((line) => `not checked: ${line}`),
    ...(refusal === null
      ? []
      : [`refused: ${refusal}. If the plan is right, raise the share with --max-share PERCENT.`]),
  ];
  const blocks = [
    shown.length === 0 ? '' : renderItems(shown, view),
    renderJobs(jobs, [], view),
    `${counts}\nhash ${hash}`,
    notes.join('\n'),
  ];
  return wrapText(blocks.filter((block) => block !== '').join('\n\n'), view.columns);
}

/** The result for each resource. */
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

/** Pools have creation times in RFC 3339, notebooks in epoch milliseconds. */
function timeText(createdAt: string, timeZone: string): string {
  const ms = parseInstant(createdAt);
  return ms === null ? '-' : formatTime(new Date(ms).toISOString(), timeZone);
}
