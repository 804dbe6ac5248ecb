import { DAY } from '../duration.js';
import { isoTime } from '../rfc3339.js';
import { type CronTimes, readCronTimes } from './cron.js';

/**
 * A local time of a schedule that does not come on a day, or comes twice, because the clocks of its zone are changed.
 */
export interface ScheduleWarning {
  readonly kind: 'skipped' | 'doubled';
  /** The first such time in the zone, as `2026-04-24T00:00:00`. */
  readonly localTime: string;
  /** How many times of the schedule are affected by this change. */
  readonly count: number;
  /** When the clocks are changed, in RFC 3339 UTC. */
  readonly at: string;
}

/** A change of a zone's offset from UTC, in milliseconds. */
interface ZoneChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const warnedAhead = 366 * DAY;
/** Times of a schedule that are further apart are none of a change's neighbours. */
const neighbourDays = 8;

/**
 * What the changes of a zone within the next year do to the times of a schedule. Temporal skips a time that does not
 * exist; at one that comes twice it runs once or twice. A time whose run comes early enough otherwise is not reported.
 */
export function scheduleWarnings(cron: string, timeZone: string, now: number): ScheduleWarning[] {
  const times = readCronTimes(cron);
  if (times === null) return [];
  return zoneChanges(timeZone, now, now + warnedAhead).flatMap((change) => warningOf(times, change));
}

function warningOf(times: CronTimes, { at, before, after }: ZoneChange): ScheduleWarning[] {
  const isForward = after > before;
  const from = at + Math.min(before, after);
  const until = at + Math.max(before, after);
  const affected = localTimes(times, from, until);
  const [first] = affected;
  if (first === undefined || (isForward && isHarmless(times, affected, after - before))) return [];
  return [
    {
      kind: isForward ? 'skipped' : 'doubled',
      localTime: new Date(first).toISOString().slice(0, 19),
      count: affected.length,
      at: isoTime(at),
    },
  ];
}

/** Whether the runs around a gap are no further apart than usual, as those of an hourly schedule. */
function isHarmless(times: CronTimes, skipped: readonly number[], shift: number): boolean {
  const [first = 0, last = 0] = [skipped[0], skipped.at(-1)];
  const previous = localTimes(times, first - neighbourDays * DAY, first).at(-1);
  const [next] = localTimes(times, last + 1, last + neighbourDays * DAY);
  if (previous === undefined || next === undefined) return false;
  const local = [previous, ...skipped, next];
  const usual = Math.max(...local.slice(1).map((time, index) => time - (local[index] ?? time)));
  return next - previous - shift <= usual;
}

/** The times in a range of local time, which is counted as if it were UTC. The end is excluded. */
function localTimes({ ofDay, isDay }: CronTimes, from: number, until: number): number[] {
  const found: number[] = [];
  for (let midnight = Math.floor(from / DAY) * DAY; midnight < until; midnight += DAY) {
    const date = new Date(midnight);
    const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    if (!isDay({ year, month, day: dayOfMonth, weekday: date.getUTCDay() })) continue;
    for (const seconds of ofDay) {
      const time = midnight + seconds * 1_000;
      if (time >= from && time < until) found.push(time);
    }
  }
  return found;
}

function zoneChanges(timeZone: string, from: number, until: number): ZoneChange[] {
  const offsetAt = offsetsOf(timeZone);
  const changes: ZoneChange[] = [];
  for (let at = from; at < until; at += DAY) {
    const [before, after] = [offsetAt(at), offsetAt(at + DAY)];
    if (before !== after) changes.push({ at: changeBetween(offsetAt, at, at + DAY), before, after });
  }
  return changes;
}

/** The first whole second with the offset of the later time. */
function changeBetween(offsetAt: (time: number) => number, earlier: number, later: number): number {
  const before = offsetAt(earlier);
  let [low, high] = [Math.floor(earlier / 1_000), Math.ceil(later / 1_000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1_000) === before) low = middle;
    else high = middle;
  }
  return high * 1_000;
}

/** How far the clocks of a zone are ahead of UTC at a time, in milliseconds. */
function offsetsOf(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return local - Math.floor(time / 1_000) * 1_000;
  };
}
