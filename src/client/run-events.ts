import { stillPending } from '../contract/failures.js';
import type { Progress } from '../contract/progress.js';
import { describeDuration } from '../domain/duration.js';
import { describeCall } from './activity-words.js';
import { describeMessage } from './message-words.js';
import type { AttemptFailure, CallAnswer, HistoryEvent } from './temporal/history-event.js';

/** One line of a timeline. */
export interface TimelineEntry {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly kind: 'run' | 'phase' | 'activity' | 'command' | 'event';
  readonly text: string;
  /** Only for activities: how it went and how many attempts that took. */
  readonly activity: {
    readonly type: string;
    /** What it does, in words. */
    readonly does: string;
    /** `notSent` and `refused`: the call ended, and its command or create was not sent, or the service did not accept it. */
    readonly end: 'done' | 'notSent' | 'refused' | 'failed' | 'timedOut' | 'cancelled' | 'open';
    readonly attempts: number;
    readonly durationMs: number | null;
    /** What went wrong last; the end of a window of waiting is nothing wrong. */
    readonly lastFailure: string | null;
  } | null;
}

interface OpenActivity {
  readonly order: number;
  readonly at: Date;
  readonly type: string;
  readonly summary: string | null;
  readonly attempts: number;
  /** When the last attempt began. */
  readonly startedAt: Date | null;
  readonly lastFailure: AttemptFailure | null;
}

interface Ordered extends TimelineEntry {
  readonly order: number;
}

/** Tells a history as a story: one line for each phase, call and command, in the order in which they began. */
export function describeRun(events: readonly HistoryEvent[]): TimelineEntry[] {
  const open = new Map<number, OpenActivity>();
  const failedUpdates = new Map(
    events.flatMap((event) => (event.event === 'updateFailed' ? [[event.id, event.failure] as const] : [])),
  );
  const entries: Ordered[] = [];
  const add = (order: number, at: Date, kind: TimelineEntry['kind'], text: string) =>
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
        entries.push(tellActivity(activity, event));
        break;
      }
      case 'message':
        add(order, event.at, 'command', describeMessage(event, failedUpdates.get(event.id) ?? null));
        break;
      case 'updateFailed':
        break;
      case 'cancelRequested':
        add(order, event.at, 'command', 'cancel reached the run');
        break;
      case 'closed':
        add(order, event.at, 'run', event.reason === null ? event.status : `${event.status}: ${event.reason}`);
        break;
    }
  });
  for (const activity of open.values()) entries.push(tellActivity(activity, null));
  return entries.sort((a, b) => a.order - b.order).map(({ order: _order, ...entry }) => entry);
}

/**
 * The audit entries that no event of a history shows: what a run did of its own accord (it warned, expired, refused …),
 * and what a change or an adoption was asked for, which only the argument of the run says.
 */
export function describeAudit({ workflowId, operation, audit }: Progress): TimelineEntry[] {
  return audit.flatMap(({ at, by, verb, reason }): TimelineEntry[] => {
    if (by === workflowId) return [{ at, kind: 'event', text: `${verb}: ${reason}`, activity: null }];
    if (by === '' || untoldVerbs[operation]?.includes(verb) !== true) return [];
    return [{ at, kind: 'command', text: `${verb} by ${by}: ${reason}`, activity: null }];
  });
}

/** By operation, the commands that come in its argument and not as a message. */
const untoldVerbs: Readonly<Record<string, readonly string[]>> = {
  changeResource: ['start', 'stop', 'protect', 'unprotect'],
  leaseEnvironment: ['adopt'],
};

function describeStart({ type, continues, by }: Extract<HistoryEvent, { event: 'started' }>): string {
  if (continues !== null) return `${type} goes on in a new run`;
  return `${type} started${by === null ? '' : ` by ${by}`}`;
}

function tellActivity(
  activity: OpenActivity,
  closing: Extract<HistoryEvent, { event: 'activityClosed' }> | null,
): Ordered {
  // A wait that is called off between two windows closes with the end of the last one: nothing has failed.
  const isCalledOff = closing?.end === 'failed' && closing.failure?.type === stillPending;
  const closed = isCalledOff ? { ...closing, end: 'cancelled' as const, failure: null } : closing;
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
  const earlier = before !== null && attempts > 1 ? `; the attempt before: ${before.message}` : '';
  return {
    order,
    at: at.toISOString(),
    kind: 'activity',
    text: `${does}: ${parts.join(' ')}${why}${earlier}`,
    activity: { type, does, end, attempts, durationMs, lastFailure },
  };
}

type Closing = Extract<HistoryEvent, { event: 'activityClosed' }>;

function endOf(closed: Pick<Closing, 'end' | 'answer'> | null): NonNullable<TimelineEntry['activity']>['end'] {
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
  cancelled: 'broken off',
  open: 'under way',
} as const;

/** Attempts of a wait are windows, and nothing went wrong in them; those of a call took the time until the last began. */
function describeAttempts({ at, startedAt, lastFailure }: OpenActivity, attempts: number): string | null {
  if (attempts < 2) return null;
  if (lastFailure?.type === stillPending) return `(${attempts} windows)`;
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
      return `${type.startsWith('create') ? 'not done' : 'not sent'}${because}${pauseMs === null ? '' : `, again in ${describeDuration(pauseMs)}`};`;
    case 'unknown':
      return `outcome unknown${because};`;
    case 'soldOut':
      return `sold out${because};`;
    case 'exists':
      return `there already${because};`;
    default:
      return `${outcome}${because};`;
  }
}
