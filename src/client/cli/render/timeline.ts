import type { TimelineEntry } from '../../timeline.js';
import type { Colors } from '../terminal.js';
import { renderTable } from './table.js';
import { formatTime } from './time.js';

/** A timeline, one line per entry; phases stand out, because they are what people look for. */
export function renderTimeline(
  entries: readonly TimelineEntry[],
  view: { readonly timeZone: string; readonly colors: Colors },
): string {
  const paint = (entry: TimelineEntry) => {
    if (entry.kind === 'phase') return view.colors.bold(entry.text);
    const end = entry.activity?.end;
    return end === 'failed' || end === 'timedOut' ? view.colors.red(entry.text) : entry.text;
  };
  return renderTable(entries.map((entry) => [formatTime(entry.at, view.timeZone), entry.kind, paint(entry)]));
}
