import type { ScheduleDetails, ScheduledResult, ScheduleRow } from '../../client/schedule-view.js';
import { describeDuration } from '../../domain/duration.js';
import type { ScheduleWarning } from '../../domain/schedule/zone-changes.js';
import { renderFields, renderTable } from './table.js';
import { formatMinute, formatTime, localTimes } from './time.js';
import type { Colors, View } from './view.js';
import { wrapText } from './width.js';

/** One row per schedule, and the problems of all of them below the table. */
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

/** A schedule with its settings, its next runs and the results of its last ones. */
export function renderSchedule(schedule: ScheduleDetails, view: View): string {
  const { timeZone, colors, columns } = view;
  const { counts, note, nextRuns } = schedule;
  const head = `${colors.bold(schedule.name)}  ${schedule.does}  ${describeState(schedule, colors)}`;
  const rows: readonly (readonly [string, string | null])[] = [
    ['cron', `${schedule.cron}  (${schedule.timezone})`],
    ['created', describeCreation(schedule, timeZone)],
    // The first note only repeats who created the schedule.
    ['note', note?.startsWith('created by ') ? null : note],
    ['runs', `${counts.taken} started, ${counts.missed} missed, ${counts.skipped} skipped`],
    [
      'policy',
      `jitter ${schedule.jitter}, catch-up ${schedule.catchup}, one run at a time, ${schedule.pauseOnFailure ? 'pauses after a failed run' : 'continues after a failed run'}`,
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
  const blocks = [head, fields, troubles, nextSteps(schedule), warnings, results.length === 0 ? 'no runs yet' : table];
  return wrapText(blocks.filter((block) => block !== '').join('\n\n'), columns);
}

/** A deleted schedule: its settings and its number of runs. */
export function renderDeleted(schedule: ScheduleDetails, { timeZone, colors, columns }: View): string {
  const rows: readonly (readonly [string, string])[] = [
    ['cron', `${schedule.cron}  (${schedule.timezone})`],
    ['created', describeCreation(schedule, timeZone)],
    ['runs', `${schedule.counts.taken} started`],
  ];
  const head = `${colors.bold(schedule.name)}  ${schedule.does}  ${colors.dim('deleted')}`;
  return wrapText(`${head}\n\n${renderFields(rows, columns)}`, columns);
}

/** How a change of the clocks affects a time of the schedule, and what to do about it. */
function describeWarning({ kind, localTime, count }: ScheduleWarning, { timezone }: ScheduleRow): string {
  const time = localTime.replace('T', ' ').replace(/:00$/, '');
  const more = count === 1 ? '' : ` and ${count - 1} later ${count === 2 ? 'time' : 'times'}`;
  const what =
    kind === 'skipped'
      ? `${time}${more} does not exist, because the clocks of ${timezone} go forward. There will be no run.`
      : `${time}${more} occurs twice, because the clocks of ${timezone} go back. There will be one or two runs.`;
  return `warning: ${what} Choose another time, or --timezone UTC.`;
}

function describeCreation({ createdAt, by, reason }: ScheduleDetails, timeZone: string): string {
  return `${formatTime(createdAt, timeZone)} by ${by ?? 'unknown'}${reason === null ? '' : `: ${reason}`}`;
}

/** The reason, with the started workflow unless the reason names it. */
function describeOutcome({ started, why }: ScheduledResult): string {
  return started === null || why.includes(started) ? why : `${started}: ${why}`;
}

/**
 * What to do about problems: the hint of the last failure, what blocks runs, and how to continue. Empty without
 * problems.
 */
function nextSteps({ name, pausedByFailure, troubles, results, counts, seen, running }: ScheduleDetails): string {
  if (troubles.length === 0) return '';
  const isSkipping = running !== null && counts.skipped > seen.skipped;
  const hasUnseen = counts.missed > seen.missed || counts.skipped > seen.skipped;
  const resume = `\`maops schedule resume ${name} --reason …\``;
  const lines = [
    results.find(({ endedAt }) => endedAt !== null)?.failure?.hint ?? null,
    isSkipping ? `Runs are skipped while ${running} is running: \`maops env watch ${running}\`.` : null,
    pausedByFailure ? `When the cause is fixed: ${resume}.` : null,
    hasUnseen && !pausedByFailure ? `To acknowledge missed and skipped runs: ${resume}.` : null,
  ];
  return lines.filter((line) => line !== null).join('\n');
}

function describeState({ paused, pausedByFailure }: ScheduleRow, colors: Colors): string {
  if (pausedByFailure) return colors.red('paused by a failed run');
  return paused ? colors.yellow('paused') : colors.green('active');
}

function paintResult({ phase, endedAt }: ScheduledResult, colors: Colors): string {
  if (phase === null) return colors.dim('not recorded');
  if (endedAt === null) return colors.cyan(phase);
  return phase === 'Done' ? colors.green(phase) : colors.red(phase);
}

function tookOf({ startedAt, endedAt }: ScheduledResult): string {
  return endedAt === null ? '' : describeDuration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)));
}
