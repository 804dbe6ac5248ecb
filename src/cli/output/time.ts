import { describeDuration } from '../../domain/duration.js';

/** A time in the local zone, with the name of the zone. JSON uses UTC instead. */
export function formatTime(time: string | null, timeZone: string): string {
  const date = new Date(time ?? '');
  if (Number.isNaN(date.getTime())) return time ?? '';
  const parts = partsOf(date, timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' });
  return `${parts.year}-${parts.month}-${parts.day} ${clockOf(date, timeZone)} ${zoneOf(date, timeZone)}`;
}

/** As `formatTime`, without seconds, for tables. */
export function formatMinute(time: string, timeZone: string): string {
  return formatTime(time, timeZone).replace(/(\d\d:\d\d):\d\d/, '$1');
}

/** The day, with the zone. */
export function formatDay(time: string, timeZone: string): string {
  return formatTime(time, timeZone).replace(/ \d\d:\d\d:\d\d/, '');
}

/** The time of day. */
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

/** A time in UTC, except in a workflow id or in quotes. */
const utcTime = /(?<![\w/"'-])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?![\w-])/;
const utcTimes = new RegExp(utcTime, 'g');

export function hasTimes(text: string): boolean {
  return utcTime.test(text);
}

/** Converts the UTC times in a text to the local zone, except those in a workflow id or in quotes. */
export function localTimes(text: string, timeZone: string): string {
  return text.replaceAll(utcTimes, (time) => formatMinute(time, timeZone));
}

/** Younger observations are shown without their age. */
const freshMs = 10 * 60_000;

/** The age of an observation; empty for a fresh one, and for none. */
export function ageOf(observedAt: string | null, now: number): string {
  const age = now - Date.parse(observedAt ?? '');
  return age >= freshMs ? `${describeDuration(age)} ago` : '';
}

/** As `ageOf`, as a suffix of the observed value. */
export function describeAge(observedAt: string | null, now: number): string {
  const age = ageOf(observedAt, now);
  return age === '' ? '' : `, observed ${age}`;
}

/** The zone of the times in text output, with a note when TZ is invalid. */
export interface ShownZone {
  readonly timeZone: string;
  readonly note: string | null;
}

const utcNames = /^:?(Etc\/)?(UTC|UCT|GMT|GMT[+-]?0|Greenwich|Universal|Zulu)$/i;

/**
 * The zone of a process, from the name that Node.js resolved and the text of TZ. UTC for an invalid zone such as
 * `TZ=GMT+8`, for which Node.js resolves a name that it does not accept itself, or none.
 */
export function shownZone(resolved: string | undefined, asked: string | undefined): ShownZone {
  const isFallback = resolved === 'UTC' && asked !== undefined && asked !== '' && !utcNames.test(asked);
  if (resolved !== undefined && !isFallback && isKnown(resolved)) return { timeZone: resolved, note: null };
  const note = `note: TZ '${asked ?? ''}' is not a known time zone. Times are shown in UTC. Set TZ to a name such as Europe/Berlin.`;
  return { timeZone: 'UTC', note };
}

function isKnown(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
