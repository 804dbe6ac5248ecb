import type { AuditEntry, Progress, Retrying } from '../contract/progress.js';
import { type Cost, type PriceTable, priceOf } from '../domain/price.js';
import type { Job } from '../domain/resource/pool-use.js';
import type { Plan } from '../domain/teardown/plan.js';
import { isOpen } from '../temporal/run-facts.js';
import { type Cause, describeCauses, type LastError, lastErrorOf, type TimeSpent } from './causes.js';
import { describeCall } from './descriptions.js';
import { readEvents } from './history.js';
import { progressOf } from './read-progress.js';
import { blockersOf, retryingOf } from './retrying.js';
import type { HistoryEvent } from './temporal/history-event.js';
import { failureOf, type PendingActivity, type Run, type Runs } from './temporal/run.js';
import { isUnanswered } from './unanswered.js';

/**
 * Why an operation does not make progress: what its workflow reports, and what Temporal knows of its activities. Times
 * are RFC 3339 UTC.
 */
export interface Explanation {
  readonly name: string;
  readonly workflowId: string;
  readonly phase: Progress['phase'];
  readonly phaseSince: string;
  readonly why: string;
  readonly awaiting: Progress['awaiting'];
  /** Who paused it and why; null while it is not paused. */
  readonly paused: AuditEntry | null;
  readonly failure: Progress['failure'];
  /** The failed call that the workflow or Temporal retries. */
  readonly retrying: Retrying | null;
  /** When a removal passed `deadlines.undo`; null when none is overdue. */
  readonly overdueSince: string | null;
  /** What is billed meanwhile; null where no resource is known to exist. */
  readonly alive: {
    readonly nodes: Readonly<Record<string, number>>;
    readonly observedAt: string;
    /** Cost of the nodes per hour; null without a price table that has all of their flavors. */
    readonly cost: Pick<Cost, 'perHour' | 'currency'> | null;
  } | null;
  /** Jobs that keep the pool of a teardown; empty for other operations. */
  readonly jobs: readonly Job[];
  /** The operation that this one waits for, explained the same way; null when there is none. */
  readonly inTheWay: Explanation | null;
  /** What holds it up now; null while nothing is wrong. */
  readonly heldUpBy: Extract<Cause, 'no worker' | 'throttled' | 'not authorised' | 'service trouble'> | null;
  /** Until when the service throttles a call or a wait; null when it does not. */
  readonly throttledUntil: string | null;
  /** The last failure, also of a call that succeeded later; `at` is null while the call still fails. */
  readonly lastError: LastError | null;
  /** The time so far by cause, longest first, including earlier runs of the same operation. */
  readonly time: readonly TimeSpent[];
  /** Activities that are scheduled, running or between attempts. */
  readonly pending: readonly {
    readonly activity: string;
    /** What it does, such as `delete pool team-a`. */
    readonly does: string;
    readonly state: PendingActivity['state'];
    readonly attempt: number;
    /** The last report of a wait. */
    readonly saying: string | null;
    readonly lastFailure: string | null;
    readonly nextAttemptAt: string | null;
    readonly lastHeartbeatAt: string | null;
  }[];
}

/** Explains a run and, where it waits for other operations, the one that blocks it. */
export async function explainRun(
  runs: Runs,
  run: Run,
  options: { readonly prices: PriceTable | null; readonly now: number },
  visited: readonly string[] = [],
): Promise<Explanation> {
  const path = [...visited, run.workflowId];
  const [progress, events] = await Promise.all([progressOf(runs, run), readEvents(runs, run.workflowId, run.runId)]);
  const blockers = (await blockersOf(runs, progress)).filter(({ workflowId }) => !path.includes(workflowId));
  const explained = await Promise.all(blockers.map((one) => explainRun(runs, one, options, path)));
  // Of several blockers, one that fails says more than one that makes progress.
  const inTheWay = explained.find(isFailing) ?? explained[0] ?? null;
  return explain({ progress, run, events, prices: options.prices, inTheWay }, options.now);
}

function isFailing({ retrying, inTheWay }: Explanation): boolean {
  return retrying !== null || (inTheWay !== null && isFailing(inTheWay));
}

/** The inputs of an explanation. */
interface Evidence {
  readonly progress: Progress;
  readonly run: Run;
  readonly events: readonly HistoryEvent[];
  readonly prices: PriceTable | null;
  readonly inTheWay: Explanation | null;
}

function explain({ progress, run, events, prices, inTheWay }: Evidence, now: number): Explanation {
  const { name, workflowId, phase, phaseSince, why, awaiting, failure, overdueSince } = progress;
  const pending = run.pending.map((activity) => ({
    activity: activity.type,
    does: describeCall(activity.type, summaryOf(events, activity.type)),
    state: activity.state,
    attempt: activity.attempt,
    saying: activity.report?.why ?? null,
    lastFailure: failureOf(activity)?.message ?? null,
    nextAttemptAt: activity.state === 'scheduled' ? (activity.nextAttemptAt?.toISOString() ?? null) : null,
    lastHeartbeatAt: activity.lastHeartbeatAt?.toISOString() ?? null,
  }));
  const open = run.pending.flatMap((activity) => {
    const activityFailure = failureOf(activity);
    return activityFailure === null ? [] : [{ activity: activity.type, failure: activityFailure }];
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
    jobs: jobsIn(progress),
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

/** The time of the last phase change; null where it was in an earlier run. */
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
  const types = pending.map((activity) => activity.report?.failureType ?? failureOf(activity)?.type ?? null);
  if (retrying?.error.type === 'NotAuthorized' || types.includes('NotAuthorized')) return 'not authorised';
  return retrying !== null || types.some((type) => type !== null) ? 'service trouble' : null;
}

/** The summary of the newest activity of a type, which names the resource. */
function summaryOf(events: readonly HistoryEvent[], type: string): string | null {
  const call = events.findLast((event) => event.event === 'activityScheduled' && event.type === type);
  return call?.event === 'activityScheduled' ? call.summary : null;
}

/** The jobs that a teardown waits for, or that it was refused for. */
function jobsIn(progress: Progress & { readonly plan?: Plan | null }): readonly Job[] {
  const isHeld = progress.phase === 'Planning' || progress.failure?.type === 'Busy';
  // A run of an earlier version has a plan without jobs.
  return isHeld ? (progress.plan?.jobs ?? []) : [];
}

function aliveIn({ pool }: Progress, prices: PriceTable | null): Explanation['alive'] {
  if (!pool?.observedAt) return null;
  const { flavors: nodes, observedAt } = pool;
  return { nodes, observedAt, cost: prices === null ? null : priceOf(nodes, prices) };
}
