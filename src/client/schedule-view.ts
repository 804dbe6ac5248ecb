import type { ScheduleDescription } from '@temporalio/client';
import type { FailureProgress, Progress } from '../contract/progress.js';
import type { ScheduledInput } from '../contract/workflows.js';
import { formatDuration } from '../domain/duration.js';
import { type ScheduleWarning, scheduleWarnings } from '../domain/schedule/zone-changes.js';
import { isFields } from '../spec/finding.js';
import { findTimeZone } from './time-zone.js';

/** Name of the workflow that every schedule of ours starts; others in the namespace are somebody else's. */
export const scheduledType = 'runScheduled';

/** Memo key of a schedule: what Temporal does not keep of how it was made. */
export const scheduleMemoKey = 'maopsSchedule';
/** Memo key of a schedule's action: the counts that somebody has seen and resumed after. */
export const seenMemoKey = 'maopsSeen';

/** What a schedule was made with, beside what Temporal keeps. */
export interface ScheduleMemo {
  readonly cron: string;
  readonly by: string;
  readonly reason: string | null;
}

/** One run of a schedule, and how it ended. */
export interface ScheduledResult {
  readonly workflowId: string;
  /** When it was due, in RFC 3339 UTC; the same as the start for one that was triggered. */
  readonly dueAt: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Null when Temporal does not keep the run any more. */
  readonly phase: Progress['phase'] | null;
  /** Workflow id of what it started or joined. */
  readonly started: string | null;
  readonly why: string;
  readonly failure: Pick<FailureProgress, 'type' | 'message' | 'hint'> | null;
}

/** A schedule as `schedule list` prints it; every key is always there, times are RFC 3339 UTC. */
export interface ScheduleRow {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  /** What it does, in a few words: `teardown of team-a`. */
  readonly does: string;
  readonly paused: boolean;
  readonly pausedByFailure: boolean;
  readonly note: string | null;
  readonly nextRuns: readonly string[];
  /** Workflow id of the run that is under way. */
  readonly running: string | null;
  readonly lastRun: ScheduledResult | null;
  /** `missed`: due longer ago than the catch-up window when Temporal came back; `skipped`: due while the last one still ran. */
  readonly counts: { readonly taken: number; readonly missed: number; readonly skipped: number };
  /** The counts when somebody last resumed it: what is beyond them is news. */
  readonly seen: { readonly missed: number; readonly skipped: number };
  /** What `--check` ends non-zero for; empty when all is well. */
  readonly troubles: readonly string[];
  /** Times within the next year that the zone skips or doubles; nothing is wrong with the schedule yet. */
  readonly warnings: readonly ScheduleWarning[];
}

/** As `schedule show` prints it. */
export interface ScheduleDetails extends ScheduleRow {
  readonly start: ScheduledInput['start'] | null;
  readonly jitter: string;
  readonly catchup: string;
  readonly overlap: string;
  readonly pauseOnFailure: boolean;
  readonly by: string | null;
  readonly reason: string | null;
  readonly createdAt: string;
  /** Newest first. */
  readonly results: readonly ScheduledResult[];
}

const nextRunsShown = 5;

/** A schedule out of Temporal's description and the results of its runs, newest first. */
export function viewRow(
  description: ScheduleDescription,
  results: readonly ScheduledResult[],
  now: number,
): ScheduleRow {
  const { scheduleId, spec, state, info, action } = description;
  const [running] = info.runningActions;
  const cron = readMemo(description)?.cron ?? 'made elsewhere';
  const timezone = spec.timezone || 'UTC';
  const row: Omit<ScheduleRow, 'troubles'> = {
    name: scheduleId,
    cron,
    timezone,
    does: describeStart(readStart(description)),
    paused: state.paused,
    // The words of the server; our own notes say who paused it.
    pausedByFailure: state.paused && /^paused due to workflow/i.test(state.note ?? ''),
    note: state.note || null,
    nextRuns: info.nextActionTimes.slice(0, nextRunsShown).map((time) => time.toISOString()),
    running: running?.workflow.workflowId ?? null,
    lastRun: results[0] ?? null,
    counts: {
      taken: info.numActionsTaken,
      missed: info.numActionsMissedCatchupWindow,
      skipped: info.numActionsSkippedOverlap,
    },
    seen: readSeen(action.memo?.[seenMemoKey]),
    // The server may know a zone that this process does not.
    warnings: findTimeZone(timezone) === null ? [] : scheduleWarnings(cron, timezone, now),
  };
  return { ...row, troubles: troublesOf(row, results) };
}

/** As `viewRow`, with everything that it was made with. */
export function viewSchedule(
  description: ScheduleDescription,
  results: readonly ScheduledResult[],
  now: number,
): ScheduleDetails {
  const { spec, policies, info } = description;
  const memo = readMemo(description);
  return {
    ...viewRow(description, results, now),
    start: readStart(description),
    jitter: formatDuration(spec.jitter ?? 0),
    catchup: formatDuration(policies.catchupWindow),
    overlap: policies.overlap ?? 'SKIP',
    pauseOnFailure: policies.pauseOnFailure,
    by: memo?.by ?? null,
    reason: memo?.reason ?? null,
    createdAt: info.createdAt.toISOString(),
    results,
  };
}

/** What a monitor must hear of: a run that failed, was missed or was skipped, and a schedule that stands still by itself. */
function troublesOf(row: Omit<ScheduleRow, 'troubles'>, results: readonly ScheduledResult[]): string[] {
  const { counts, seen } = row;
  const last = results.find(({ endedAt, phase }) => endedAt !== null || phase === null);
  const troubles: string[] = [];
  // A run that is past its retention is none: one that failed has paused the schedule.
  if (last !== undefined && last.phase !== null && (last.phase !== 'Done' || last.failure !== null)) {
    const why = last.failure === null ? last.why : `${last.failure.type}: ${last.failure.message}`;
    troubles.push(`its last run ended ${last.phase}${why === '' ? '' : `: ${why}`}`);
  }
  if (row.pausedByFailure) troubles.push('it was paused because a run failed');
  if (counts.missed > seen.missed) troubles.push(`${times(counts.missed - seen.missed)} missed: Temporal was away`);
  if (counts.skipped > seen.skipped)
    troubles.push(`${times(counts.skipped - seen.skipped)} skipped: the one before still ran`);
  if (!row.paused && row.nextRuns.length === 0) troubles.push('it will never run again');
  return troubles;
}

function times(count: number): string {
  return count === 1 ? 'one run was' : `${count} runs were`;
}

export function describeStart(start: ScheduledInput['start'] | null): string {
  switch (start?.what) {
    case 'sweep':
      return start.apply ? 'sweep' : 'sweep, dry run';
    case 'teardown':
      return `teardown of ${start.name}`;
    case 'provision':
      return `provision ${start.document.name}`;
    case undefined:
      return 'made elsewhere';
  }
}

function readMemo({ memo }: ScheduleDescription): ScheduleMemo | null {
  const value = memo?.[scheduleMemoKey];
  if (!isFields(value)) return null;
  const { cron, by, reason } = value;
  if (typeof cron !== 'string' || typeof by !== 'string') return null;
  return { cron, by, reason: typeof reason === 'string' ? reason : null };
}

/** What a run is started with; anybody may have made the schedule, so every part may be missing. */
function readStart({ action }: ScheduleDescription): ScheduledInput['start'] | null {
  const input: unknown = action.args?.[0];
  const start = isFields(input) && isFields(input.start) ? input.start : {};
  switch (start.what) {
    case 'sweep':
      return { what: 'sweep', apply: start.apply === true, rules: start.rules ?? null };
    case 'teardown':
      return typeof start.name === 'string' ? { what: 'teardown', name: start.name } : null;
    case 'provision':
      return isNamed(start.document) ? { what: 'provision', document: start.document } : null;
    default:
      return null;
  }
}

function isNamed(document: unknown): document is { readonly name: string } {
  return isFields(document) && typeof document.name === 'string';
}

function readSeen(value: unknown): ScheduleRow['seen'] {
  const { missed, skipped } = isFields(value) ? value : {};
  return { missed: typeof missed === 'number' ? missed : 0, skipped: typeof skipped === 'number' ? skipped : 0 };
}
