import { parseDuration } from '../duration.js';

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names that stand for `min`, `min + 1` and so on. */
  readonly words?: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const second: Field = { name: 'second', min: 0, max: 59 };
const fivefold: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: months },
  { name: 'day of week', min: 0, max: 7, words: days },
];
const year: Field = { name: 'year', min: 2000, max: 2100 };

const shorthands: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
/** After so many years a date falls on the same day of the week again. */
const cycleYears = 28;

/** The local times that a cron expression names. */
export interface CronTimes {
  /** Seconds since midnight, in order; the same on every day that fits. */
  readonly ofDay: readonly number[];
  /** Whether a date fits; the month counts from 1, Sunday is 0. */
  readonly isDay: (date: {
    readonly year: number;
    readonly month: number;
    readonly day: number;
    readonly weekday: number;
  }) => boolean;
}

/** The local times of a cron expression; null for one that is wrong, and for an interval, which no clock decides. */
export function readCronTimes(text: string): CronTimes | null {
  const cron = text.trim();
  const values = readFields((Object.hasOwn(shorthands, cron) ? shorthands[cron] : undefined) ?? cron);
  if (typeof values === 'string') return null;
  const all = (name: string) => [...(values.get(name) ?? [0])];
  const has = (name: string, value: number) => values.get(name)?.has(value) ?? true;
  const hours = all('hour').flatMap((hour) => all('minute').map((minute) => (hour * 60 + minute) * 60));
  return {
    ofDay: hours.flatMap((start) => all(second.name).map((value) => start + value)).sort((a, b) => a - b),
    isDay: ({ year: inYear, month, day, weekday }) =>
      has(year.name, inYear) &&
      has('month', month) &&
      has('day of month', day) &&
      (has('day of week', weekday) || (weekday === 0 && has('day of week', 7))),
  };
}

/**
 * What is wrong with a cron expression as Temporal reads it, or null. Five fields, a sixth for the year, seven with
 * seconds first; also `@daily` and its like, and `@every 30m`. One that can never come true is wrong too: Temporal
 * would take it and never run.
 */
export function cronProblem(text: string, thisYear: number): string | null {
  const cron = text.trim();
  if (/^(CRON_)?TZ=/.test(cron)) return 'give the time zone with --timezone, not inside the expression';
  if (cron.includes('#')) return '# begins a comment for Temporal; write the days out';
  if (cron.startsWith('@every')) return everyProblem(cron);
  if (cron.startsWith('@')) {
    const known = Object.keys(shorthands);
    return known.includes(cron) ? null : `there is no ${cron}; there are ${known.join(', ')} and @every 30m`;
  }
  const values = readFields(cron);
  if (typeof values === 'string') return values;
  const named = values.get(year.name);
  const years = named ? [...named] : Array.from({ length: cycleYears }, (_, index) => thisYear + index);
  const left = years.filter((one) => one >= thisYear);
  if (left.length === 0) return 'it never fires: those years are over';
  return canComeTrue(values, left) ? null : 'it never fires: no such date exists';
}

/** The values of each field by its name, or what is wrong with one of them. */
function readFields(cron: string): ReadonlyMap<string, ReadonlySet<number>> | string {
  const texts = cron === '' ? [] : cron.split(/\s+/);
  const fields = fieldsFor(texts.length);
  if (fields === null) {
    return `it has ${texts.length === 1 ? '1 field' : `${texts.length} fields`}; write minute, hour, day of month, month and day of week, as 0 20 * * 1-5`;
  }
  const values = new Map<string, ReadonlySet<number>>();
  for (const [index, field] of fields.entries()) {
    const read = readField(field, texts[index] ?? '');
    if (typeof read === 'string') return read;
    values.set(field.name, read);
  }
  return values;
}

function fieldsFor(count: number): readonly Field[] | null {
  if (count === 5) return fivefold;
  if (count === 6) return [...fivefold, year];
  return count === 7 ? [second, ...fivefold, year] : null;
}

function everyProblem(cron: string): string | null {
  const [, every = '', phase = '0s'] = /^@every\s+([\da-z]+)(?:\/([\da-z]+))?$/.exec(cron) ?? [];
  const [ms, phaseMs] = [parseDuration(every), parseDuration(phase)];
  const isWell = ms !== null && ms > 0 && phaseMs !== null && (ms + phaseMs) % 1_000 === 0 && ms % 1_000 === 0;
  return isWell ? null : 'after @every comes a duration in whole seconds, such as @every 30m or @every 1h30m';
}

/** The values that a field allows, or what is wrong with it. */
function readField(field: Field, text: string): ReadonlySet<number> | string {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from = '', to, ...more] = range.split('-');
    const isOpen = range === '*';
    const start = isOpen ? field.min : numberIn(field, from);
    const isStepped = part.includes('/');
    const end = isOpen || (to === undefined && isStepped) ? field.max : numberIn(field, to ?? from);
    if (start === null || end === null || more.length > 0 || Number(step) < 1) {
      const words = field.words === undefined ? '' : `, or ${field.words[0]} to ${field.words.at(-1)}`;
      return `${field.name} ${text}: write numbers from ${field.min} to ${field.max}${words}, as *, 5, 1-5, 1,3 or */2`;
    }
    if (start > end) return `${field.name} ${text}: the range ends before it begins`;
    for (let value = start; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}

function numberIn({ min, max, words }: Field, text: string): number | null {
  const word = words?.indexOf(text.toUpperCase().slice(0, 3)) ?? -1;
  if (word >= 0 && /^[a-z]{3,}$/i.test(text)) return min + word;
  const value = Number(text);
  return /^\d+$/.test(text) && value >= min && value <= max ? value : null;
}

/** Temporal wants every field to fit: also the day of the month and that of the week together. */
function canComeTrue(values: ReadonlyMap<string, ReadonlySet<number>>, years: readonly number[]): boolean {
  const valuesOf = (name: string) => [...(values.get(name) ?? [])];
  const weekdays = new Set(valuesOf('day of week').map((day) => day % 7));
  return years.some((inYear) =>
    valuesOf('month').some((month) =>
      valuesOf('day of month').some((day) => {
        const date = new Date(Date.UTC(inYear, month - 1, day));
        return date.getUTCDate() === day && weekdays.has(date.getUTCDay());
      }),
    ),
  );
}
