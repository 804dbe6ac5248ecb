import type { ScheduledInput } from '../contract/workflows.js';
import { cronProblem } from '../domain/schedule/cron.js';
import { isName } from '../domain/text.js';
import { InvalidScheduleError } from './errors.js';

/** A schedule to create. */
export interface NewSchedule {
  readonly name: string;
  readonly cron: string;
  /** A time zone such as `Europe/Berlin`. @defaultValue 'UTC' */
  readonly timezone?: string;
  readonly start: ScheduledInput['start'];
  /** Recorded in the audit of each operation that it starts. */
  readonly reason?: string;
  /** @defaultValue the actor of the connection */
  readonly by?: string;
  /** @defaultValue false */
  readonly paused?: boolean;
  /** Each run starts up to this much late. @defaultValue 30 s */
  readonly jitterMs?: number;
  /** How late a run may still start after an outage of Temporal. @defaultValue 10 min */
  readonly catchupMs?: number;
}

const defaultJitterMs = 30_000;
const defaultCatchupMs = 10 * 60_000;
/** The minimum of Temporal, which raises a shorter one silently. */
const minCatchupMs = 10_000;

/** The times of a schedule with defaults. Throws InvalidScheduleError before anything is sent. */
export function checkSchedule(schedule: NewSchedule, thisYear: number) {
  const { name, cron, timezone = 'UTC', jitterMs = defaultJitterMs, catchupMs = defaultCatchupMs } = schedule;
  if (!isName(name)) {
    throw new InvalidScheduleError(`name ${String(name)}: must be 1 to 64 letters, digits, - and _`);
  }
  const problem = cronProblem(cron, thisYear);
  if (problem !== null) throw new InvalidScheduleError(`cron '${cron}': ${problem}`);
  const zone = findTimeZone(timezone);
  if (zone === null) {
    throw new InvalidScheduleError(`timezone ${timezone}: unknown. Use a name such as Europe/Berlin, or UTC`);
  }
  if (catchupMs < minCatchupMs) throw new InvalidScheduleError('catchup: must be at least 10s');
  return { name, cron: cron.trim(), timezone: zone, jitterMs, catchupMs };
}

/**
 * The name of a time zone in its own case; null when it is unknown. Offsets such as +02:00 are refused, because they do
 * not follow daylight saving time.
 */
export function findTimeZone(name: string): string | null {
  const wanted = name.trim().toLowerCase();
  if (wanted === 'utc') return 'UTC';
  const known = Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase() === wanted);
  if (known !== undefined) return known;
  // Older names are accepted without being listed, in their exact spelling.
  return /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name.trim()) && isZone(name.trim()) ? name.trim() : null;
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
