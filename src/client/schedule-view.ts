import type { ScheduleDescription, ScheduleExecutionResult } from '@temporalio/client';
import type { FailureProgress, Progress } from '../contract/progress.js';
import type { ScheduledInput, WorkflowType } from '../contract/workflows.js';
import { formatDuration } from '../domain/duration.js';
import { type ScheduleWarning, scheduleWarnings } from '../domain/schedule/zone-changes.js';
import { isFields } from '../spec/finding.js';
import { progressOf } from './read-progress.js';
import { findTimeZone } from './schedule-check.js';
import type { Runs } from './temporal/run.js';

/** The workflow type of our schedules; the namespace may have other schedules. */
export const scheduledType: WorkflowType = 'runScheduled';

/** Memo key of a schedule: the settings that Temporal does not keep. */
export const scheduleMemoKey = 'maopsSchedule';
/** Memo key of the action of a schedule: the counts at the last resume. */
export const seenMemoKey = 'maopsSeen';

/** The settings of a schedule that Temporal does not keep. */
export interface ScheduleMemo {
  readonly cron: string;
  readonly by: string;
  readonly reason: string | null;
}

/** One run of a schedule and its result. */
export interface ScheduledResult {
  readonly workflowId: string;
  /** When it was due, RFC 3339 UTC; the start of a triggered run. */
  readonly dueAt: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Null when the retention of the run has passed. */
  readonly phase: Progress['phase'] | null;
  /** Workflow id of the operation that it started or joined. */
  readonly started: string | null;
  readonly why: string;
  readonly failure: Pick<FailureProgress, 'type' | 'message' | 'hint'> | null;
}

/** A schedule as `schedule list` prints it; every key is always present, times are RFC 3339 UTC. */
export interface ScheduleRow {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  /** What it does, such as `teardown of team-a`. */
  readonly does: string;
  readonly paused: boolean;
  readonly pausedByFailure: boolean;
  readonly note: string | null;
  readonly nextRuns: readonly string[];
  /** Workflow id of the open run. */
  readonly running: string | null;
  readonly lastRun: ScheduledResult | null;
  /**
   * `missed`: due longer ago than the catch-up window after an outage of Temporal; `skipped`: due while the previous
   * run was open.
   */
  readonly counts: { readonly taken: number; readonly missed: number; readonly skipped: number };
  /** The counts at the last resume; higher counts are reported as troubles. */
  readonly seen: { readonly missed: number; readonly skipped: number };
  /** The reasons for which `--check` fails; empty when there are none. */
  readonly troubles: readonly string[];
  /** Times within the next year that the time zone skips or repeats. */
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

/** A schedule from Temporal's description and the results of its runs, newest first. */
export function viewRow(
  description: ScheduleDescription,
  results: readonly ScheduledResult[],
  now: number,
): ScheduleRow {
  const { scheduleId, spec, state, info, action } = description;
  const [running] = info.runningActions;
  const cron = readMemo(description)?.cron ?? 'created elsewhere';
  const timezone = spec.timezone || 'UTC';
  const row: Omit<ScheduleRow, 'troubles'> = {
    name: scheduleId,
    cron,
    timezone,
    does: describeStart(readStart(description)),
    paused: state.paused,
    // Temporal has no field for this. Its own note starts with these words, and ours name the actor.
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

/** As `viewRow`, with all settings. */
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

/** What a monitor must report: a run that failed, was missed or was skipped, and a schedule that will not run again. */
function troublesOf(row: Omit<ScheduleRow, 'troubles'>, results: readonly ScheduledResult[]): string[] {
  const { counts, seen } = row;
  const last = results.find(({ endedAt, phase }) => endedAt !== null || phase === null);
  const troubles: string[] = [];
  // A run past its retention did not fail, or else the schedule would be paused.
  if (last !== undefined && last.phase !== null && (last.phase !== 'Done' || last.failure !== null)) {
    const why = last.failure === null ? last.why : `${last.failure.type}: ${last.failure.message}`;
    troubles.push(`its last run ended ${last.phase}${why === '' ? '' : `: ${why}`}`);
  }
  if (row.pausedByFailure) troubles.push('it was paused because a run failed');
  if (counts.missed > seen.missed) troubles.push(`${times(counts.missed - seen.missed)} missed: Temporal was down`);
  if (counts.skipped > seen.skipped)
    troubles.push(`${times(counts.skipped - seen.skipped)} skipped: the previous run was still open`);
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
      return 'created elsewhere';
  }
}

function readMemo({ memo }: ScheduleDescription): ScheduleMemo | null {
  const value = memo?.[scheduleMemoKey];
  if (!isFields(value)) return null;
  const { cron, by, reason } = value;
  if (typeof cron !== 'string' || typeof by !== 'string') return null;
  return { cron, by, reason: typeof reason === 'string' ? reason : null };
}

/** The argument of the runs. Other clients can create schedules too, so every part may be missing. */
function readStart({ action }: ScheduleDescription): ScheduledInput['start'] | null {
  const input: unknown = action.args?.[0];
  const start = isFields(input) && isFields(input.start) ? input.start : {};
  switch (start.what) {
    case 'sweep':
      return { what: 'sweep', apply: start.apply === true, rules: start.rules ?? null };
    case 'teardown':
      return typeof start.name === 'string' ? { ...start, what: 'teardown', name: start.name } : null;
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

/** The result of a run of a schedule; Temporal itself only keeps its start. */
export async function readResult(
  runs: Runs,
  { scheduledAt, takenAt, action }: ScheduleExecutionResult,
): Promise<ScheduledResult> {
  const { workflowId } = action.workflow;
  const dates = { workflowId, dueAt: scheduledAt.toISOString(), startedAt: takenAt.toISOString() };
  // Each run has its own workflow id, so the newest run is the right one, also after continue-as-new.
  const run = await runs.describe(workflowId);
  if (run === null) {
    return {
      ...dates,
      endedAt: null,
      phase: null,
      started: null,
      why: 'its retention has passed',
      failure: null,
    };
  }
  const { phase, why, failure, audit, endedAt } = await progressOf(runs, run);
  const begun = audit.find(({ verb }) => verb === 'started' || verb === 'joined');
  return {
    ...dates,
    endedAt: endedAt ?? run.closedAt?.toISOString() ?? null,
    phase,
    started: begun?.reason ?? null,
    why,
    failure: failure === null ? null : { type: failure.type, message: failure.message, hint: failure.hint },
  };
}
