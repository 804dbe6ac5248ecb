import { isSuccess } from '../../contract/phases.js';
import type { NotebookProgress, PoolProgress, Progress, Step } from '../../contract/progress.js';
import { describeDuration } from '../../domain/duration.js';
import { nextOf, possibleOf } from './next.js';
import { renderFields, renderTable } from './table.js';
import { describeAge, formatClock, formatTime, localTimes } from './time.js';
import type { Colors, View } from './view.js';
import { wrapText } from './width.js';

const auditShown = 5;

/** A progress as a block of text: phase, reason, steps, resources, and what to do next. */
export function renderProgress(progress: Progress, view: View): string {
  const { colors } = view;
  const until = progress.endedAt === null ? view.now : Date.parse(progress.endedAt);
  const elapsed = describeDuration(Math.max(0, until - Date.parse(progress.startedAt)));
  const head = `${colors.bold(progress.workflowId)}  ${paintPhase(progress, colors)}${percentOf(progress, '  ', ' ')}  ${elapsed}`;
  const blocks = [
    wrapText(`${head}\n${localTimes(progress.why, view.timeZone)}`, view.columns),
    renderSteps(progress, view),
    renderFields(
      [
        ['pool', progress.pool === null ? null : describePool(progress.pool, until)],
        ['notebook', progress.notebook === null ? null : describeNotebook(progress.notebook, until)],
        ['url', progress.notebook?.url ?? null],
        ['stops at', progress.notebook?.autoStopAt ? formatTime(progress.notebook.autoStopAt, view.timeZone) : null],
        ['lease', describeLease(progress, view)],
        ['overdue', describeOverdue(progress, view)],
        ['failure', describeFailure(progress, view)],
        ['next', nextOf(progress)],
        ['waits for', describeAwaiting(progress, view)],
      ],
      view.columns,
    ),
    renderAudit(progress, view),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** A progress as one line for logs: time, phase and reason. */
export function renderProgressLine(progress: Progress, view: View): string {
  const clock = formatClock(view.now, view.timeZone);
  const why = localTimes(progress.why, view.timeZone);
  return `${clock} ${progress.workflowId} ${progress.phase}${percentOf(progress, ' ', '')} ${why}`;
}

/** The percentage, which means nothing for a lease before its removal has started. */
function percentOf({ operation, phase, percent }: Progress, before: string, between: string): string {
  const isInUse = operation === 'leaseEnvironment' && (phase === 'Leased' || (phase === 'Paused' && percent === 0));
  return isInUse ? '' : `${before}${percent}${between}%`;
}

function paintPhase({ phase, endedAt }: Progress, colors: Colors): string {
  if (endedAt === null)
    return phase === 'Paused' || phase === 'AwaitingOperator' ? colors.yellow(phase) : colors.cyan(phase);
  return isSuccess(phase) ? colors.green(phase) : colors.red(phase);
}

function renderSteps(progress: Progress, view: View): string {
  if (progress.steps.length === 0) return '';
  const rows = progress.steps.map((step, index) => [
    `  ${step.name}`,
    paintState(step.state, view.colors),
    stepTime(progress, step, progress.steps[index + 1], view),
    [nodesOf(progress, step), (step.attempt ?? 1) > 1 ? `attempt ${step.attempt}` : '']
      .filter((part) => part !== '')
      .join(', '),
  ]);
  return renderTable(rows, undefined, { columns: view.columns, last: 'wrap' });
}

/**
 * A step records no end: it ended when the next one started, when it failed and awaited a decision, or with the
 * operation.
 */
function stepTime({ endedAt, awaiting }: Progress, step: Step, next: Step | undefined, { now }: View): string {
  if (step.startedAt === undefined) return '';
  const hasEnded = step.state === 'done' || step.state === 'skipped' || step.state === 'undone';
  // A second attempt of the next step has overwritten the start of its first one, which was the end of this step.
  if (hasEnded && (next?.attempt ?? 1) > 1) return '';
  const until = step.state === 'failed' && awaiting?.kind === 'operator' ? awaiting.since : new Date(now).toISOString();
  const end = next?.startedAt ?? (hasEnded || endedAt !== null ? endedAt : until);
  return end === null ? '' : describeDuration(Math.max(0, Date.parse(end) - Date.parse(step.startedAt)));
}

function nodesOf(progress: Progress, step: Step): string {
  if (step.name !== 'pool' || progress.pool === null || progress.pool.nodes.wanted === 0) return '';
  return `${progress.pool.nodes.available}/${progress.pool.nodes.wanted} nodes`;
}

function paintState(state: Step['state'], colors: Colors): string {
  switch (state) {
    case 'pending':
    case 'skipped':
    case 'undone':
      return colors.dim(state);
    case 'running':
    case 'undoing':
      return colors.cyan(state);
    case 'done':
      return colors.green(state);
    case 'failed':
      return colors.red(state);
  }
}

function describePool(pool: PoolProgress, now: number): string {
  const { id, phase, nodes, scopes, driver } = pool;
  const parts = [id, ...(phase === null ? [] : [phase])];
  if (nodes.wanted > 0) parts.push(`${nodes.available} of ${nodes.wanted} nodes available`);
  if (nodes.creating > 0) parts.push(`${nodes.creating} creating`);
  if (nodes.abnormal > 0) parts.push(`${nodes.abnormal} abnormal`);
  for (const [scope, state] of Object.entries(scopes)) parts.push(`${scope} ${state}`);
  if (driver !== null) parts.push(`driver ${driver}`);
  if (pool.protected === true) parts.push('protected');
  return `${parts.join(', ')}${describeAge(pool.observedAt, now)}`;
}

function describeNotebook(notebook: NotebookProgress, now: number): string {
  const { id, status } = notebook;
  const protection = notebook.protected === true ? ', protected' : '';
  return `${id}${status === null ? '' : `, ${status}`}${protection}${describeAge(notebook.observedAt, now)}`;
}

function describeLease({ lease }: Progress, { timeZone }: View): string | null {
  if (lease === null) return null;
  if (lease.endsAt === null) return 'no end';
  const most = lease.maxEndsAt === null ? '' : `, at most until ${formatTime(lease.maxEndsAt, timeZone)}`;
  const times = lease.extensions === 1 ? 'once' : `${lease.extensions} times`;
  return `until ${formatTime(lease.endsAt, timeZone)}${most}${lease.extensions === 0 ? '' : `, extended ${times}`}`;
}

/** Null while no removal takes longer than it should. */
export function describeOverdue({ overdueSince }: Pick<Progress, 'overdueSince'>, view: View): string | null {
  return overdueSince === null ? null : `since ${formatTime(overdueSince, view.timeZone)}; still retrying the removal`;
}

function describeFailure({ failure }: Progress, { timeZone }: View): string | null {
  if (failure === null) return null;
  const { message, errorCode, requestId } = failure;
  // Most messages contain them already.
  const ids = [
    errorCode === null || message.includes(errorCode) ? null : errorCode,
    requestId === null || message.includes(requestId) ? null : `request ${requestId}`,
  ].filter((id) => id !== null);
  const at = failure.step === null ? '' : ` (step ${failure.step})`;
  return `${failure.type}${at}: ${localTimes(message, timeZone)}${ids.length === 0 ? '' : ` [${ids.join(', ')}]`}`;
}

function describeAwaiting(progress: Progress, { timeZone }: View): string | null {
  const { awaiting } = progress;
  if (awaiting === null) return null;
  const until = awaiting.deadline === null ? '' : ` until ${formatTime(awaiting.deadline, timeZone)}`;
  const possible = possibleOf(progress) ?? '';
  return `${awaiting.kind}${until}${possible === '' ? '' : `: ${possible}`}`;
}

function renderAudit({ audit, auditDropped }: Progress, { timeZone, columns }: View): string {
  if (audit.length === 0) return '';
  const shown = audit.slice(-auditShown);
  const hidden = audit.length - shown.length + auditDropped;
  const rows = shown.map(({ at, by, verb, reason }) => [
    `  ${formatTime(at, timeZone)}`,
    verb,
    `by ${by}`,
    localTimes(reason, timeZone),
  ]);
  const table = renderTable(rows, undefined, { columns, last: 'wrap' });
  return `audit${hidden > 0 ? ` (${hidden} earlier)` : ''}\n${table}`;
}
