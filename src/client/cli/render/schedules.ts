import { describeDuration } from '../../../domain/duration.js';
import type { ScheduleDetails, ScheduledResult, ScheduleRow } from '../../schedule-view.js';
import type { Colors } from '../terminal.js';
import type { View } from './progress.js';
import { renderFields, renderTable } from './table.js';
import { formatMinute, formatTime } from './time.js';

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
  );
  const troubles = rows.flatMap(({ name, troubles }) => troubles.map((trouble) => `${name}: ${trouble}`));
  return [table, troubles.map((trouble) => colors.red(trouble)).join('\n')]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** A schedule with what it was made with, its next runs and the results of its last ones. */
export function renderSchedule(schedule: ScheduleDetails, view: View): string {
  const { timeZone, colors } = view;
  const { counts, note, nextRuns } = schedule;
  const maker = schedule.by === null ? 'somebody' : schedule.by;
  const head = `${colors.bold(schedule.name)}  ${schedule.does}  ${describeState(schedule, colors)}`;
  const fields = renderFields([
    ['cron', `${schedule.cron}  (${schedule.timezone})`],
    [
      'made',
      `${formatTime(schedule.createdAt, timeZone)} by ${maker}${schedule.reason === null ? '' : `: ${schedule.reason}`}`,
    ],
    // How it was made is said above already.
    ['note', note?.startsWith('made by ') ? null : note],
    ['runs', `${counts.taken} taken, ${counts.missed} missed, ${counts.skipped} skipped`],
    [
      'policy',
      `jitter ${schedule.jitter}, catch-up ${schedule.catchup}, never two at once, ${schedule.pauseOnFailure ? 'a failed run pauses it' : 'goes on after a failed run'}`,
    ],
    ['running', schedule.running],
    [schedule.paused ? 'would run' : 'next', nextRuns.map((time) => formatTime(time, timeZone)).join('\n')],
  ]);
  const results = schedule.results.map((result) => [
    `  ${formatTime(result.startedAt, timeZone)}`,
    paintResult(result, colors),
    tookOf(result),
    result.started ?? '-',
    result.failure === null ? result.why : `${result.failure.type}: ${result.failure.message}`,
  ]);
  const troubles = schedule.troubles.map((trouble) => colors.red(trouble)).join('\n');
  const blocks = [head, fields, troubles, results.length === 0 ? 'it has not run yet' : renderTable(results)];
  return blocks.filter((block) => block !== '').join('\n\n');
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
