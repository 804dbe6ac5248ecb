import type { ScheduledInput } from '../contract/workflows.js';
import { isName } from '../domain/name.js';
import { cronProblem } from '../domain/schedule/cron.js';
import { InvalidScheduleError } from './errors.js';
import { findTimeZone } from './time-zone.js';

/** A schedule to be made. */
export interface NewSchedule {
  readonly name: string;
  readonly cron: string;
  /** A place, as Europe/Berlin. @defaultValue 'UTC' */
  readonly timezone?: string;
  readonly start: ScheduledInput['start'];
  /** Why there is such a schedule; goes into the audit of what it starts. */
  readonly reason?: string;
  /** @defaultValue the actor of the connection */
  readonly by?: string;
  /** @defaultValue false */
  readonly paused?: boolean;
  /** A run comes up to this much later than the time says. @defaultValue 30 s */
  readonly jitterMs?: number;
  /** How late a run may still be made up for when Temporal was away. @defaultValue 10 min */
  readonly catchupMs?: number;
}

const defaultJitterMs = 30_000;
const defaultCatchupMs = 10 * 60_000;
/** The least that Temporal takes; it would lift a shorter one without a word. */
const leastCatchupMs = 10_000;

/** The times of a schedule with defaults filled in; throws what is wrong with them before anything is sent. */
export function checkSchedule(schedule: NewSchedule, thisYear: number) {
  const { name, cron, timezone = 'UTC', jitterMs = defaultJitterMs, catchupMs = defaultCatchupMs } = schedule;
  if (!isName(name)) {
    throw new InvalidScheduleError(`name ${String(name)}: write 1 to 64 letters, digits, - and _`);
  }
  const problem = cronProblem(cron, thisYear);
  if (problem !== null) throw new InvalidScheduleError(`cron '${cron}': ${problem}`);
  const zone = findTimeZone(timezone);
  if (zone === null) {
    const advice = 'write a place, as Europe/Berlin, or UTC';
    throw new InvalidScheduleError(`timezone ${timezone}: there is no such zone; ${advice}`);
  }
  if (catchupMs < leastCatchupMs)
    throw new InvalidScheduleError('the catch-up window: Temporal takes no less than 10s');
  return { name, cron: cron.trim(), timezone: zone, jitterMs, catchupMs };
}
