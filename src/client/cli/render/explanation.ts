import { describeDuration } from '../../../domain/duration.js';
import type { Explanation } from '../../explanation.js';
import { nextOf } from './next.js';
import type { View } from './progress.js';
import { runbookOf } from './runbook.js';
import { renderFields, wrapText } from './table.js';
import { formatTime, localTimes } from './time.js';

/** Why an operation stands where it stands, with the work under way and what went wrong last. */
export function renderExplanation(explanation: Explanation, { now, timeZone, colors, columns }: View): string {
  const { workflowId, phase, phaseSince, why, awaiting, paused, failure, pending } = explanation;
  const since = describeDuration(Math.max(0, now - Date.parse(phaseSince)));
  const head = `${colors.bold(workflowId)} is ${phase} since ${formatTime(phaseSince, timeZone)} (${since})`;
  const blocks = [`${head}\n${wrapText(localTimes(why, timeZone), columns)}`];
  const waits =
    awaiting === null
      ? null
      : `${awaiting.kind}${awaiting.deadline === null ? '' : ` until ${formatTime(awaiting.deadline, timeZone)}`}`;
  blocks.push(
    renderFields(
      [
        ['waits for', waits],
        ['paused', paused === null ? null : `by ${paused.by}, ${formatTime(paused.at, timeZone)}: ${paused.reason}`],
        ['possible', possible(explanation)],
        ['failure', failure === null ? null : `${failure.type}: ${localTimes(failure.message, timeZone)}`],
        // Whatever else is said waits for the end of a pause.
        ['next', (phase === 'Paused' ? null : nextOf(explanation)) ?? answerTo(explanation)],
        ['runbook', runbookOf(explanation)],
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
  for (const activity of pending) {
    blocks.push(
      renderFields(
        [
          ['under way', `${activity.does} (${activity.activity}, ${activity.state}, attempt ${activity.attempt})`],
          ['last seen', activity.saying === null ? null : localTimes(activity.saying, timeZone)],
          ['last answer', activity.lastFailure === null ? null : localTimes(activity.lastFailure, timeZone)],
          ['next attempt', activity.nextAttemptAt === null ? null : formatTime(activity.nextAttemptAt, timeZone)],
          ['last sign', activity.lastHeartbeatAt === null ? null : formatTime(activity.lastHeartbeatAt, timeZone)],
        ],
        columns,
      ),
    );
  }
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** Null where it is what the operation has failed with, which is said already. */
function describeLastError({ lastError, failure }: Explanation, timeZone: string): string | null {
  if (lastError === null || lastError.message === failure?.message) return null;
  const when = lastError.at === null ? 'still' : formatTime(lastError.at, timeZone);
  return `${localTimes(lastError.message, timeZone)} (${lastError.activity}, ${when})`;
}

/** The command that ends a wait for a person, where there is one that fits always. */
function answerTo({ name, workflowId, phase, awaiting }: Explanation): string | null {
  const target = targetOf({ name, workflowId });
  if (phase === 'Paused') return `\`maops env resume ${target} --reason …\``;
  if (awaiting?.kind === 'approval') return `\`maops env approve ${target} --reason …\`, or reject`;
  return null;
}

/** What people can say now. */
function possible({ name, workflowId, phase, awaiting }: Explanation): string | null {
  if (awaiting?.kind === 'operator')
    return `${awaiting.verbs.join(', ')}: \`maops env resolve ${targetOf({ name, workflowId })} VERB --reason …\``;
  if (phase !== 'Paused') return awaiting?.verbs.join(', ') ?? null;
  // What is made already, or on its way out, is not called off.
  const own = /^(env|pool|notebook)\//.test(workflowId) ? ['resume', 'cancel'] : ['resume'];
  const answers = (awaiting?.verbs ?? []).filter((verb) => verb === 'approve' || verb === 'reject');
  return [...own, ...answers].join(', ');
}

/** What a command takes for an operation: the name, where that means it. */
function targetOf({ name, workflowId }: Pick<Explanation, 'name' | 'workflowId'>): string {
  return workflowId.startsWith('pool/') || workflowId.startsWith('notebook/') ? workflowId : name;
}
