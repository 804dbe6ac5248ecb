import type { StoryEntry } from '../../client/history.js';
import type { TimelineEntry } from '../../client/run-events.js';
import { describeDuration } from '../../domain/duration.js';
import { renderTable } from './table.js';
import { formatClock, formatDay } from './time.js';
import type { View } from './view.js';
import { wrapText } from './width.js';

/** A timeline, one line per entry under its day; phases stand out, because they are what people look for. */
export function renderTimeline(entries: readonly TimelineEntry[], view: View): string {
  return renderDays(fold(entries), view, (entry) => [entry.kind, paint(entry, view)]);
}

/** The story of everything of a name: each line says whose it is. */
export function renderStory(entries: readonly StoryEntry[], view: View): string {
  return renderDays(fold(entries), view, (entry) => [entry.workflowId, entry.kind, paint(entry, view)]);
}

/** The day and the zone stand once, above the lines that they are true of. */
function renderDays<Entry extends TimelineEntry>(
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

function paint({ kind, text, activity }: TimelineEntry, { colors }: View): string {
  if (kind === 'phase') return colors.bold(text);
  if (kind === 'command') return colors.yellow(text);
  return activity?.end === 'failed' || activity?.end === 'timedOut' ? colors.red(text) : text;
}

/** Lines of the same good wait after each other become one: a pool that counts up its nodes is one thing to people. */
function fold<Entry extends TimelineEntry>(entries: readonly Entry[]): Entry[] {
  const folded: { entry: Entry; times: number; ms: number }[] = [];
  for (const entry of entries) {
    const last = folded.at(-1);
    const { activity } = entry;
    const ms = activity?.durationMs ?? 0;
    if (last !== undefined && isGood(entry) && isGood(last.entry) && activity?.does === last.entry.activity?.does) {
      folded[folded.length - 1] = { entry: last.entry, times: last.times + 1, ms: last.ms + ms };
    } else folded.push({ entry, times: 1, ms });
  }
  return folded.map(({ entry, times, ms }) =>
    times < 2 ? entry : { ...entry, text: `${entry.activity?.does}: done ${times} times in ${describeDuration(ms)}` },
  );
}

function isGood({ activity }: TimelineEntry): boolean {
  return activity?.end === 'done' && activity.lastFailure === null && !activity.type.startsWith('create');
}
