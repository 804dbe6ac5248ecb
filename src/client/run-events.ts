import { stillPending } from '../contract/failures.js';
import type { Progress } from '../contract/progress.js';
import { describeDuration } from '../domain/duration.js';
import { describeCall, describeMessage } from './descriptions.js';
import type { AttemptFailure, CallAnswer, HistoryEvent } from './temporal/history-event.js';

/** One line of a history. */
export interface HistoryEntry {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly kind: 'run' | 'phase' | 'activity' | 'command' | 'event';
  readonly text: string;
  /** Only for activities: their end and number of attempts. */
  readonly activity: {
    readonly type: string;
    /** What it does, such as `delete pool team-a`. */
    readonly does: string;
    /**
     * `notSent` and `refused`: the activity completed, and its request was not sent, or the service did not accept it.
     */
    readonly end: 'done' | 'notSent' | 'refused' | 'failed' | 'timedOut' | 'cancelled' | 'open';
    readonly attempts: number;
    readonly durationMs: number | null;
    /** The last failure; the end of a poll window is none. */
    readonly lastFailure: string | null;
  } | null;
}

interface OpenActivity {
  readonly order: number;
  readonly at: Date;
  readonly type: string;
  readonly summary: string | null;
  readonly attempts: number;
  /** Start of the last attempt. */
  readonly startedAt: Date | null;
  readonly lastFailure: AttemptFailure | null;
}

interface Ordered extends HistoryEntry {
  readonly order: number;
}

/** One entry for each phase, activity and command of a history, in the order in which they started. */
export function describeRun(events: readonly HistoryEvent[]): HistoryEntry[] {
  const open = new Map<number, OpenActivity>();
  const failedUpdates = new Map(
    events.flatMap((event) => (event.event === 'updateFailed' ? [[event.id, event.failure] as const] : [])),
  );
  const entries: Ordered[] = [];
  const add = (order: number, at: Date, kind: HistoryEntry['kind'], text: string) =>
    entries.push({ order, at: at.toISOString(), kind, text, activity: null });
  events.forEach((event, order) => {
    switch (event.event) {
      case 'started':
        add(order, event.at, 'run', describeStart(event));
        break;
      case 'phase':
        add(order, event.at, 'phase', event.phase);
        break;
      case 'activityScheduled': {
        const { at, type, summary } = event;
        open.set(event.id, { order, at, type, summary, attempts: 0, startedAt: null, lastFailure: null });
        break;
      }
      case 'activityStarted': {
        const { attempt: attempts, lastFailure, at: startedAt } = event;
        const activity = open.get(event.id);
        if (activity !== undefined) open.set(event.id, { ...activity, attempts, startedAt, lastFailure });
        break;
      }
      case 'activityClosed': {
        const activity = open.get(event.id);
        if (activity === undefined) break;
        open.delete(event.id);
        entries.push(describeActivity(activity, event));
        break;
      }
      case 'message':
        add(order, event.at, 'command', describeMessage(event, failedUpdates.get(event.id) ?? null));
        break;
      case 'updateFailed':
        break;
      case 'cancelRequested':
        add(order, event.at, 'command', 'cancellation requested');
        break;
      case 'closed':
        add(order, event.at, 'run', event.reason === null ? event.status : `${event.status}: ${event.reason}`);
        break;
    }
  });
  for (const activity of open.values()) entries.push(describeActivity(activity, null));
  return entries.sort((a, b) => a.order - b.order).map(({ order: _order, ...entry }) => entry);
}

/**
 * The audit entries that no event of a history shows: what a run did by itself (it warned, expired, refused …), and the
 * command of a change or adoption, which is in the argument of the run.
 */
export function describeAudit({ workflowId, operation, audit }: Progress): HistoryEntry[] {
  return audit.flatMap(({ at, by, verb, reason }): HistoryEntry[] => {
    if (by === workflowId) return [{ at, kind: 'event', text: `${verb}: ${reason}`, activity: null }];
    if (by === '' || verbsInArgument[operation]?.includes(verb) !== true) return [];
    return [{ at, kind: 'command', text: `${verb} by ${by}: ${reason}`, activity: null }];
  });
}

/** By operation, the commands in its argument. */
const verbsInArgument: Readonly<Record<string, readonly string[]>> = {
  changeResource: ['start', 'stop', 'renew', 'protect', 'unprotect'],
  leaseEnvironment: ['adopt'],
};

function describeStart({ type, continues, by }: Extract<HistoryEvent, { event: 'started' }>): string {
  if (continues !== null) return `${type} continued as new`;
  return `${type} started${by === null ? '' : ` by ${by}`}`;
}

function describeActivity(
  activity: OpenActivity,
  closing: Extract<HistoryEvent, { event: 'activityClosed' }> | null,
): Ordered {
  // A wait that is cancelled between two poll windows closes with the failure of the last one.
  const isCancelled = closing?.end === 'failed' && closing.failure?.type === stillPending;
  const closed = isCancelled ? { ...closing, end: 'cancelled' as const, failure: null } : closing;
  const { order, at, type, summary } = activity;
  const does = describeCall(type, summary);
  const end = endOf(closed);
  const attempts = Math.max(1, activity.attempts);
  const durationMs = closed === null ? null : closed.at.getTime() - at.getTime();
  const before = activity.lastFailure?.type === stillPending ? null : activity.lastFailure;
  const lastFailure = (closed?.failure ?? before)?.message ?? null;
  const parts = [
    closed?.answer == null ? endWords[end] : describeAnswer(type, closed.answer),
    durationMs === null ? null : `in ${describeDuration(durationMs)}`,
    describeAttempts(activity, attempts),
  ].filter((part) => part !== null);
  const why = closed?.failure != null && end !== 'done' ? `: ${closed.failure.message}` : '';
  const earlier = before !== null && attempts > 1 ? `; previous attempt: ${before.message}` : '';
  return {
    order,
    at: at.toISOString(),
    kind: 'activity',
    text: `${does}: ${parts.join(' ')}${why}${earlier}`,
    activity: { type, does, end, attempts, durationMs, lastFailure },
  };
}

type Closing = Extract<HistoryEvent, { event: 'activityClosed' }>;

function endOf(closed: Pick<Closing, 'end' | 'answer'> | null): NonNullable<HistoryEntry['activity']>['end'] {
  const outcome = closed?.answer?.outcome;
  if (outcome === 'notSent' || outcome === 'refused') return outcome;
  return closed?.end ?? 'open';
}

const endWords = {
  done: 'done',
  notSent: 'not sent',
  refused: 'refused',
  failed: 'failed',
  timedOut: 'timed out',
  cancelled: 'cancelled',
  open: 'running',
} as const;

/**
 * Attempts of a wait are poll windows without a failure; those of a call are retries until the last attempt started.
 */
function describeAttempts({ at, startedAt, lastFailure }: OpenActivity, attempts: number): string | null {
  if (attempts < 2) return null;
  if (lastFailure?.type === stillPending) return `(${attempts} poll windows)`;
  const retried = startedAt === null ? '' : ` over ${describeDuration(startedAt.getTime() - at.getTime())}`;
  return `(attempt ${attempts}, after retries${retried})`;
}

function describeAnswer(type: string, { outcome, why, pauseMs }: CallAnswer): string {
  const because = why === null ? '' : ` (${why})`;
  switch (outcome) {
    case 'created':
      return 'created';
    case 'sent':
      return 'done';
    case 'refused':
      return `refused${because};`;
    case 'notSent':
      return `${type.startsWith('create') ? 'not created' : 'not sent'}${because}${pauseMs === null ? '' : `, next attempt in ${describeDuration(pauseMs)}`};`;
    case 'unknown':
      return `outcome unknown${because};`;
    case 'soldOut':
      return `sold out${because};`;
    case 'exists':
      return `exists already${because};`;
    default:
      return `${outcome}${because};`;
  }
}
