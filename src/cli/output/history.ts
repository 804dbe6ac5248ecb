import type { RunHistoryEntry } from '../../client/history.js';
import type { HistoryEntry } from '../../client/run-events.js';
import { describeDuration } from '../../domain/duration.js';
import { renderTable } from './table.js';
import { formatClock, formatDay } from './time.js';
import type { View } from './view.js';
import { wrapText } from './width.js';

/** The history of one run: one line per entry under its day, with the phases in bold. */
export function renderRunHistory(entries: readonly HistoryEntry[], view: View): string {
  return renderDays(fold(entries), view, (entry) => [entry.kind, paint(entry, view)]);
}

/** The history of all runs of a name, with the workflow id in each line. */
export function renderHistory(entries: readonly RunHistoryEntry[], view: View): string {
  return renderDays(fold(entries), view, (entry) => [entry.workflowId, entry.kind, paint(entry, view)]);
}

/** Prints the day and the zone once, above their lines. */
function renderDays<Entry extends HistoryEntry>(
  entries: readonly Entry[],
  { timeZone, columns }: View,
  cells: (entry: Entry) => readonly string[],
): string {
  const days = new Map<string, string[][]>();
  for (const entry of entries) {
    const day = formatDay(entry.at, timeZone);
    days.set(day, [...(days.get(day) ?? []), [`  ${formatClock(entry.at, timeZone)}`, ...cells(entry)]]);
  }
  const blocks = [...days].map(
    ([day, rows]) => `${wrapText(day, columns)}\n${renderTable(rows, undefined, { columns, last: 'wrap' })}`,
  );
  return blocks.join('\n');
}

function paint({ kind, text, activity }: HistoryEntry, { colors }: View): string {
  if (kind === 'phase') return colors.bold(text);
  if (kind === 'command') return colors.yellow(text);
  return activity?.end === 'failed' || activity?.end === 'timedOut' ? colors.red(text) : text;
}

/** Folds consecutive successful waits of the same kind into one line. */
function fold<Entry extends HistoryEntry>(entries: readonly Entry[]): Entry[] {
  const folded: { entry: Entry; times: number; ms: number }[] = [];
  for (const entry of entries) {
    const last = folded.at(-1);
    const { activity } = entry;
    const ms = activity?.durationMs ?? 0;
    if (
      last !== undefined &&
      isUneventful(entry) &&
      isUneventful(last.entry) &&
      activity?.does === last.entry.activity?.does
    ) {
      folded[folded.length - 1] = { entry: last.entry, times: last.times + 1, ms: last.ms + ms };
    } else folded.push({ entry, times: 1, ms });
  }
  return folded.map(({ entry, times, ms }) =>
    times < 2 ? entry : { ...entry, text: `${entry.activity?.does}: done ${times} times in ${describeDuration(ms)}` },
  );
}

function isUneventful({ activity }: HistoryEntry): boolean {
  return activity?.end === 'done' && activity.lastFailure === null && !activity.type.startsWith('create');
}
