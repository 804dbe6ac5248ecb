import type { Explanation } from '../../client/explanation.js';
import { describeDuration } from '../../domain/duration.js';
import { renderJobs } from './jobs.js';
import { nextOf, possibleOf, runbookOf } from './next.js';
import { describeOverdue } from './progress.js';
import { renderFields } from './table.js';
import { describeAge, formatTime, localTimes } from './time.js';
import type { View } from './view.js';
import { wrapText } from './width.js';

/** The reason for the state of an operation, with its current work and its last error. */
export function renderExplanation(explanation: Explanation, view: View): string {
  const { now, timeZone, colors, columns } = view;
  const { workflowId, phase, phaseSince, why, awaiting, paused, failure, pending } = explanation;
  const since = describeDuration(Math.max(0, now - Date.parse(phaseSince)));
  const head = `${colors.bold(workflowId)} has been ${phase} since ${formatTime(phaseSince, timeZone)} (${since})`;
  const blocks = [wrapText(`${head}\n${localTimes(why, timeZone)}`, columns)];
  const waits =
    awaiting === null
      ? null
      : `${awaiting.kind}${awaiting.deadline === null ? '' : ` until ${formatTime(awaiting.deadline, timeZone)}`}`;
  blocks.push(
    renderFields(
      [
        ['waits for', waits],
        ['paused', paused === null ? null : `by ${paused.by}, ${formatTime(paused.at, timeZone)}: ${paused.reason}`],
        ['overdue', describeOverdue(explanation, view)],
        ['commands', possibleOf(explanation)],
        ['retrying', describeRetrying(explanation, timeZone)],
        ['billed', describeAlive(explanation, view)],
        ['blocked by', explanation.inTheWay?.workflowId ?? null],
        ['failure', failure === null ? null : `${failure.type}: ${localTimes(failure.message, timeZone)}`],
        ['next', nextOf(explanation)],
        ['runbook', runbookOf(explanation, now)],
        [
          'throttled',
          explanation.throttledUntil === null ? null : `until ${formatTime(explanation.throttledUntil, timeZone)}`,
        ],
        ['last error', describeLastError(explanation, timeZone)],
        ['time', explanation.time.map(({ cause, ms }) => `${cause} ${describeDuration(ms)}`).join(', ')],
      ],
      columns,
    ),
  );
  if (explanation.jobs.length > 0) blocks.push(renderJobs(explanation.jobs, [], view));
  for (const activity of pending) {
    blocks.push(
      renderFields(
        [
          ['running', `${activity.does} (${activity.activity}, ${activity.state}, attempt ${activity.attempt})`],
          ['observed', activity.saying === null ? null : localTimes(activity.saying, timeZone)],
          ['last failure', activity.lastFailure === null ? null : localTimes(activity.lastFailure, timeZone)],
          ['next attempt', activity.nextAttemptAt === null ? null : formatTime(activity.nextAttemptAt, timeZone)],
          ['heartbeat', activity.lastHeartbeatAt === null ? null : formatTime(activity.lastHeartbeatAt, timeZone)],
        ],
        columns,
      ),
    );
  }
  if (explanation.inTheWay !== null) blocks.push(renderExplanation(explanation.inTheWay, view));
  return blocks.filter((block) => block !== '').join('\n\n');
}

function describeRetrying({ retrying }: Explanation, timeZone: string): string | null {
  if (retrying === null) return null;
  const { operation, error, attempt, since, nextTryAt } = retrying;
  const times = attempt === 1 ? 'failed once' : `failed ${attempt} times`;
  const when = `${times} since ${formatTime(since, timeZone)}; next at ${formatTime(nextTryAt, timeZone)}`;
  return `${operation}: ${localTimes(error.message, timeZone)} (${when})`;
}

function describeAlive({ alive }: Explanation, { now }: View): string | null {
  if (alive === null) return null;
  const nodes = Object.entries(alive.nodes).map(([flavor, count]) => `${count} x ${flavor}`);
  if (nodes.length === 0) return null;
  const cost = alive.cost === null ? '' : `, ${alive.cost.perHour.toFixed(2)} ${alive.cost.currency}/hour`;
  return `${nodes.join(', ')}${cost}${describeAge(alive.observedAt, now)}`;
}

/** Null where it is the failure of the operation, which is already shown. */
function describeLastError({ lastError, failure }: Explanation, timeZone: string): string | null {
  if (lastError === null || lastError.message === failure?.message) return null;
  const when = lastError.at === null ? 'still' : formatTime(lastError.at, timeZone);
  return `${localTimes(lastError.message, timeZone)} (${lastError.activity}, ${when})`;
}
