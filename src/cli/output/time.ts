import { describeDuration } from '../../domain/duration.js';

/** How times look to people: in their own zone, which is named. JSON has UTC instead. */
export function formatTime(time: string | null, timeZone: string): string {
  const date = new Date(time ?? '');
  if (Number.isNaN(date.getTime())) return time ?? '';
  const parts = partsOf(date, timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' });
  return `${parts.year}-${parts.month}-${parts.day} ${clockOf(date, timeZone)} ${zoneOf(date, timeZone)}`;
}

/** As `formatTime` without the seconds, for tables with several times in a row. */
export function formatMinute(time: string, timeZone: string): string {
  return formatTime(time, timeZone).replace(/(\d\d:\d\d):\d\d/, '$1');
}

/** The day alone, with the zone in which it is that day. */
export function formatDay(time: string, timeZone: string): string {
  return formatTime(time, timeZone).replace(/ \d\d:\d\d:\d\d/, '');
}

/** The time of day alone, for lines that follow each other. */
export function formatClock(time: string | number, timeZone: string): string {
  return clockOf(new Date(time), timeZone);
}

function clockOf(date: Date, timeZone: string): string {
  const parts = partsOf(date, timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  return `${parts.hour}:${parts.minute}:${parts.second}`;
}

function zoneOf(date: Date, timeZone: string): string {
  return partsOf(date, timeZone, { timeZoneName: 'short' }).timeZoneName ?? timeZone;
}

function partsOf(date: Date, timeZone: string, options: Intl.DateTimeFormatOptions): Partial<Record<string, string>> {
  const parts = new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).formatToParts(date);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

/**
 * Times inside a sentence of an operation, which has no zone but UTC; those that are part of a workflow id, or in quotes
 * as in a query, stay as they are.
 */
export function localTimes(text: string, timeZone: string): string {
  return text.replaceAll(/(?<![\w/"'-])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?![\w-])/g, (time) =>
    formatMinute(time, timeZone),
  );
}

/** What was observed within this time is shown without its age. */
const freshMs = 10 * 60_000;

/** How old an observation is, where that matters; empty for a fresh one, and where nothing was observed. */
export function ageOf(observedAt: string | null, now: number): string {
  const age = now - Date.parse(observedAt ?? '');
  return age >= freshMs ? `${describeDuration(age)} ago` : '';
}

/** As `ageOf`, to follow what was observed. */
export function describeAge(observedAt: string | null, now: number): string {
  const age = ageOf(observedAt, now);
  return age === '' ? '' : `, observed ${age}`;
}

/** The zone that times are shown in, and what to tell people when it is not the one that they asked for. */
export interface ShownZone {
  readonly timeZone: string;
  readonly note: string | null;
}

const utcNames = /^:?(Etc\/)?(UTC|UCT|GMT|GMT[+-]?0|Greenwich|Universal|Zulu)$/i;

/**
 * The zone of a process, from the name that Node.js resolved and the text of TZ. UTC where the name means nothing, such
 * as after `TZ=GMT+8`: Node.js then names a zone that it does not take itself, or none.
 */
export function shownZone(resolved: string | undefined, asked: string | undefined): ShownZone {
  const isLost = resolved === 'UTC' && asked !== undefined && asked !== '' && !utcNames.test(asked);
  if (resolved !== undefined && !isLost && isKnown(resolved)) return { timeZone: resolved, note: null };
  const note = `note: TZ '${asked ?? ''}' is no known time zone. Times are shown in UTC. Set TZ to a place, such as Europe/Berlin.`;
  return { timeZone: 'UTC', note };
}

function isKnown(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
