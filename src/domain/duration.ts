/** Milliseconds in a unit of time. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const unitMs = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY } as const;
type Unit = keyof typeof unitMs;

const unitsFromLargest: readonly Unit[] = ['d', 'h', 'm', 's', 'ms'];

/**
 * The form of a duration, as the source of a regular expression for the JSON Schemas: one number and unit, or whole
 * numbers with each unit at most once, the largest first.
 */
export const durationPattern =
  '^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d)|(?=\\d)(?:\\d+d)?(?:\\d+h)?(?:\\d+m)?(?:\\d+s)?(?:\\d+ms)?)$';
const duration = new RegExp(durationPattern);

/** How a duration is written, for messages. */
export const durationWords = 'a number with ms, s, m, h or d, such as 90m or 1h30m';

/** A century. A longer duration is a mistake, and exceeds the range of dates and of Temporal's timers. */
const longestMs = 36_500 * unitMs.d;

/**
 * Reads `90m`, `1.5h` or `1h30m` as whole milliseconds; null for a bare number, an unknown unit or more than a century,
 * and for a value that is not text, which raw JSON may hold.
 */
export function parseDuration(text: unknown): number | null {
  if (typeof text !== 'string' || !duration.test(text)) return null;
  let ms = 0;
  for (const [, number, suffix] of text.matchAll(/([\d.]+)([a-z]+)/g)) {
    const unit = unitsFromLargest.find((candidate) => candidate === suffix);
    if (unit === undefined) return null;
    ms += Number(number) * unitMs[unit];
  }
  const rounded = Math.round(ms);
  return rounded <= longestMs ? rounded : null;
}

/** The canonical text of whole milliseconds: the largest unit that divides them exactly (`5400000` is `90m`). */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const unit = unitsFromLargest.find((candidate) => ms % unitMs[candidate] === 0) ?? 'ms';
  return `${ms / unitMs[unit]}${unit}`;
}

/** The two largest units for people (`1h 5m`). The rest is cut off, so a remaining time is never overstated. */
export function describeDuration(ms: number): string {
  if (ms < 0) return `-${describeDuration(-ms)}`;
  const largest = unitsFromLargest.findIndex((unit) => ms >= unitMs[unit]);
  const unit = unitsFromLargest[largest];
  if (unit === undefined) return '0s';
  if (unit === 'ms') return `${Math.floor(ms)}ms`;
  const whole = Math.floor(ms / unitMs[unit]);
  const next = unitsFromLargest[largest + 1];
  if (next === undefined || next === 'ms') return `${whole}${unit}`;
  const rest = Math.floor((ms % unitMs[unit]) / unitMs[next]);
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit} ${rest}${next}`;
}
