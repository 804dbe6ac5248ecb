import type { AuditEntry, Progress, Retrying } from '../contract/progress.js';
import { type Cost, type PriceTable, priceOf } from '../domain/price.js';
import { isOpen } from '../temporal/describe-run.js';
import { describeCall } from './activity-words.js';
import { type Cause, describeCauses, type LastError, lastErrorOf, type TimeSpent } from './causes.js';
import { isUnanswered } from './read-progress.js';
import { retryingOf } from './retrying.js';
import type { HistoryEvent } from './temporal/history-event.js';
import type { PendingActivity, Run } from './temporal/run.js';
import { troubleOf } from './trouble.js';

/** Why an operation stands where it stands: its own words, and what Temporal knows of the work that is under way. */
export interface Explanation {
  readonly name: string;
  readonly workflowId: string;
  readonly phase: Progress['phase'];
  readonly phaseSince: string;
  readonly why: string;
  readonly awaiting: Progress['awaiting'];
  /** Who paused it and why, while it is paused. */
  readonly paused: AuditEntry | null;
  readonly failure: Progress['failure'];
  /** The failed call that is tried again, whoever repeats it: the workflow or Temporal. */
  readonly retrying: Retrying | null;
  /** When a removal passed `deadlines.undo`; null when none is overdue. */
  readonly overdueSince: string | null;
  /** What is billed while it stands here; null where nothing is known to be alive. */
  readonly alive: {
    readonly nodes: Readonly<Record<string, number>>;
    readonly observedAt: string;
    /** What the nodes cost per hour; null without a price table that names all of their flavors. */
    readonly cost: Pick<Cost, 'perHour' | 'currency'> | null;
  } | null;
  /** The operation whose end this one awaits, explained the same way; null when none is in the way. */
  readonly inTheWay: Explanation | null;
  /** What holds it up now; null while nothing is wrong. */
  readonly heldUpBy: Extract<Cause, 'no worker' | 'throttled' | 'not authorised' | 'service trouble'> | null;
  /** Until when the service has asked to be left alone, when a call waits for that; RFC 3339 UTC. */
  readonly throttledUntil: string | null;
  /** The last thing that went wrong, overcome or not; `at` is null for what is still going wrong. */
  readonly lastError: LastError | null;
  /** What the time so far went to, the most first; of a run that was continued, the time of all its runs. */
  readonly time: readonly TimeSpent[];
  /** Work that is scheduled, running or between attempts, with the last thing that went wrong. */
  readonly pending: readonly {
    readonly activity: string;
    /** What it does, in words. */
    readonly does: string;
    readonly state: PendingActivity['state'];
    readonly attempt: number;
    /** What a wait has seen last. */
    readonly saying: string | null;
    readonly lastFailure: string | null;
    readonly nextAttemptAt: string | null;
    readonly lastHeartbeatAt: string | null;
  }[];
}

/** What an explanation is put together from. */
export interface Evidence {
  readonly progress: Progress;
  /** The run that the progress belongs to. */
  readonly run: Run;
  readonly events: readonly HistoryEvent[];
  readonly prices: PriceTable | null;
  readonly inTheWay: Explanation | null;
}

export function explain({ progress, run, events, prices, inTheWay }: Evidence, now: number): Explanation {
  const { name, workflowId, phase, phaseSince, why, awaiting, failure, overdueSince } = progress;
  const pending = run.pending.map((activity) => ({
    activity: activity.type,
    does: describeCall(activity.type, summaryOf(events, activity.type)),
    state: activity.state,
    attempt: activity.attempt,
    saying: activity.report?.why ?? null,
    lastFailure: troubleOf(activity)?.message ?? null,
    nextAttemptAt: activity.state === 'scheduled' ? (activity.nextAttemptAt?.toISOString() ?? null) : null,
    lastHeartbeatAt: activity.lastHeartbeatAt?.toISOString() ?? null,
  }));
  const open = run.pending.flatMap((activity) => {
    const trouble = troubleOf(activity);
    return trouble === null ? [] : [{ activity: activity.type, failure: trouble }];
  });
  const [stuck] = open;
  const retrying = isOpen(run) ? retryingOf(progress, run, events) : null;
  const throttledUntil = throttledUntilOf(run.pending, now);
  return {
    name,
    workflowId,
    phase,
    phaseSince: isUnanswered(progress) ? (lastPhaseOf(events) ?? phaseSince) : phaseSince,
    why,
    awaiting,
    paused: phase === 'Paused' ? (progress.audit.findLast(({ verb }) => verb === 'pause') ?? null) : null,
    failure,
    overdueSince,
    retrying,
    alive: isOpen(run) ? aliveIn(progress, prices) : null,
    inTheWay,
    heldUpBy: heldUpBy(progress, run.pending, retrying, throttledUntil),
    throttledUntil,
    lastError:
      stuck === undefined
        ? lastErrorOf(events)
        : { at: null, activity: stuck.activity, message: stuck.failure.message },
    time: describeCauses(events, run.closedAt?.getTime() ?? now, open),
    pending,
  };
}

/** Since when an operation stands where its history shows it; null where that is not in this run. */
function lastPhaseOf(events: readonly HistoryEvent[]): string | null {
  return events.findLast(({ event }) => event === 'phase')?.at.toISOString() ?? null;
}

/** Until when a call between attempts or a wait is throttled: the next attempt, or what the wait reports. */
function throttledUntilOf(pending: readonly PendingActivity[], now: number): string | null {
  const call = pending.find(({ state, lastFailure }) => state === 'scheduled' && lastFailure?.facts?.throttledUntil);
  if (call?.nextAttemptAt) return call.nextAttemptAt.toISOString();
  const reported = pending.map(({ report }) => report?.throttledUntil ?? null);
  return reported.find((until) => until !== null && Date.parse(until) > now) ?? null;
}

function heldUpBy(
  progress: Progress,
  pending: readonly PendingActivity[],
  retrying: Retrying | null,
  throttledUntil: string | null,
): Explanation['heldUpBy'] {
  if (isUnanswered(progress)) return 'no worker';
  if (throttledUntil !== null) return 'throttled';
  const types = pending.map((activity) => activity.report?.failureType ?? troubleOf(activity)?.type ?? null);
  if (retrying?.error.type === 'NotAuthorized' || types.includes('NotAuthorized')) return 'not authorised';
  return retrying !== null || types.some((type) => type !== null) ? 'service trouble' : null;
}

/** The resource that the newest call of a type is about. */
function summaryOf(events: readonly HistoryEvent[], type: string): string | null {
  const call = events.findLast((event) => event.event === 'activityScheduled' && event.type === type);
  return call?.event === 'activityScheduled' ? call.summary : null;
}

function aliveIn({ pool }: Progress, prices: PriceTable | null): Explanation['alive'] {
  if (!pool?.observedAt) return null;
  const { flavors: nodes, observedAt } = pool;
  return { nodes, observedAt, cost: prices === null ? null : priceOf(nodes, prices) };
}
