import type { ScheduleDetails, ScheduledResult, ScheduleRow } from '../../client/schedule-view.js';
import { describeDuration } from '../../domain/duration.js';
import type { ScheduleWarning } from '../../domain/schedule/zone-changes.js';
import { renderFields, renderTable } from './table.js';
import { formatMinute, formatTime, localTimes } from './time.js';
import type { Colors, View } from './view.js';
import { wrapText } from './width.js';

/** One row per schedule, and under the table what is wrong with any of them. */
export function renderSchedules(rows: readonly ScheduleRow[], view: View): string {
  if (rows.length === 0) return 'no schedules';
  const { colors, timeZone } = view;
  const table = renderTable(
    rows.map((row) => [
      row.name,
      row.does,
      row.paused
        ? colors.yellow('paused')
        : row.nextRuns[0] === undefined
          ? '-'
          : formatMinute(row.nextRuns[0], timeZone),
      row.lastRun === null ? '-' : formatMinute(row.lastRun.startedAt, timeZone),
      row.lastRun === null ? '-' : paintResult(row.lastRun, colors),
      `${row.counts.missed + row.counts.skipped}`,
    ]),
    ['NAME', 'DOES', 'NEXT RUN', 'LAST RUN', 'RESULT', 'MISSED'],
    { columns: view.columns, last: 'wrap' },
  );
  const troubles = rows.flatMap(({ name, troubles }) => troubles.map((trouble) => `${name}: ${trouble}`));
  const warnings = rows.flatMap((row) =>
    row.warnings.map((warning) => `${row.name}: ${describeWarning(warning, row)}`),
  );
  const blocks = [
    table,
    troubles.map((trouble) => colors.red(localTimes(trouble, timeZone))).join('\n'),
    warnings.map((warning) => colors.yellow(warning)).join('\n'),
  ];
  return wrapText(blocks.filter((block) => block !== '').join('\n\n'), view.columns);
}

/** A schedule with what it was made with, its next runs and the results of its last ones. */
export function renderSchedule(schedule: ScheduleDetails, view: View): string {
  const { timeZone, colors, columns } = view;
  const { counts, note, nextRuns } = schedule;
  const head = `${colors.bold(schedule.name)}  ${schedule.does}  ${describeState(schedule, colors)}`;
  const rows: readonly (readonly [string, string | null])[] = [
    ['cron', `${schedule.cron}  (${schedule.timezone})`],
    ['made', describeMaking(schedule, timeZone)],
    // How it was made is said above already.
    ['note', note?.startsWith('made by ') ? null : note],
    ['runs', `${counts.taken} taken, ${counts.missed} missed, ${counts.skipped} skipped`],
    [
      'policy',
      `jitter ${schedule.jitter}, catch-up ${schedule.catchup}, never two at once, ${schedule.pauseOnFailure ? 'a failed run pauses it' : 'goes on after a failed run'}`,
    ],
    ['running', schedule.running],
    [schedule.paused ? 'would run' : 'next', nextRuns.map((time) => formatTime(time, timeZone)).join('\n')],
  ];
  const fields = renderFields(rows, columns);
  const results = schedule.results.map((result) => [
    `  ${formatTime(result.startedAt, timeZone)}`,
    paintResult(result, colors),
    tookOf(result),
    localTimes(describeOutcome(result), timeZone),
  ]);
  const troubles = schedule.troubles.map((trouble) => colors.red(localTimes(trouble, timeZone))).join('\n');
  const warnings = schedule.warnings.map((warning) => colors.yellow(describeWarning(warning, schedule))).join('\n');
  const table = renderTable(results, undefined, { columns, last: 'wrap' });
  const blocks = [
    head,
    fields,
    troubles,
    whatToDo(schedule),
    warnings,
    results.length === 0 ? 'it has not run yet' : table,
  ];
  return wrapText(blocks.filter((block) => block !== '').join('\n\n'), columns);
}

/** A schedule that is there no more: what it was, and nothing of what will not come. */
export function renderDeleted(schedule: ScheduleDetails, { timeZone, colors, columns }: View): string {
  const rows: readonly (readonly [string, string])[] = [
    ['cron', `${schedule.cron}  (${schedule.timezone})`],
    ['made', describeMaking(schedule, timeZone)],
    ['runs', `${schedule.counts.taken} taken`],
  ];
  const head = `${colors.bold(schedule.name)}  ${schedule.does}  ${colors.dim('deleted')}`;
  return wrapText(`${head}\n\n${renderFields(rows, columns)}`, columns);
}

/** What a change of the clocks does to a time of the schedule, and what to do about it. */
function describeWarning({ kind, localTime, count }: ScheduleWarning, { timezone }: ScheduleRow): string {
  const time = localTime.replace('T', ' ').replace(/:00$/, '');
  const more = count === 1 ? '' : ` and ${count - 1} later ${count === 2 ? 'time' : 'times'}`;
  const what =
    kind === 'skipped'
      ? `${time}${more} will not come: the clocks of ${timezone} are put forward then. There is no run.`
      : `${time}${more} will come twice: the clocks of ${timezone} are put back then. There are one or two runs.`;
  return `warning: ${what} Choose another time, or --timezone UTC.`;
}

function describeMaking({ createdAt, by, reason }: ScheduleDetails, timeZone: string): string {
  return `${formatTime(createdAt, timeZone)} by ${by ?? 'somebody'}${reason === null ? '' : `: ${reason}`}`;
}

/** Mostly the run says itself what it started. */
function describeOutcome({ started, why }: ScheduledResult): string {
  return started === null || why.includes(started) ? why : `${started}: ${why}`;
}

/** The hint of the last failure, how to see what holds runs up, and how to go on; empty when there is nothing to do. */
function whatToDo({ name, pausedByFailure, troubles, results, counts, seen, running }: ScheduleDetails): string {
  if (troubles.length === 0) return '';
  const isSkipping = running !== null && counts.skipped > seen.skipped;
  const isSignificantChange = counts.missed > seen.missed || counts.skipped > seen.skipped;
  const resume = `\`maops schedule resume ${name} --reason …\``;
  const lines = [
    results.find(({ endedAt }) => endedAt !== null)?.failure?.hint ?? null,
    isSkipping ? `What it waits for: \`maops env watch ${running}\`.` : null,
    pausedByFailure ? `When the cause is mended: ${resume}.` : null,
    isSignificantChange && !pausedByFailure ? `To count what was missed or skipped as seen: ${resume}.` : null,
  ];
  return lines.filter((line) => line !== null).join('\n');
}

function describeState({ paused, pausedByFailure }: ScheduleRow, colors: Colors): string {
  if (pausedByFailure) return colors.red('paused by a failed run');
  return paused ? colors.yellow('paused') : colors.green('active');
}

function paintResult({ phase, endedAt }: ScheduledResult, colors: Colors): string {
  if (phase === null) return colors.dim('not kept');
  if (endedAt === null) return colors.cyan(phase);
  return phase === 'Done' ? colors.green(phase) : colors.red(phase);
}

function tookOf({ startedAt, endedAt }: ScheduledResult): string {
  return endedAt === null ? '' : describeDuration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)));
}
