import { stillPending } from '../contract/failures.js';
import { type Phase, phases } from '../contract/phases.js';
import type { AttemptFailure, CallAnswer, HistoryEvent } from './temporal/history-event.js';

/** What an operation spends its time on. */
const causes = [
  'checking',
  'approval',
  'capacity',
  'creating',
  'nodes',
  'notebook',
  'operator',
  'paused',
  'removing',
  'leased',
  'working',
  'throttled',
  'service trouble',
  'not authorised',
  'no worker',
  'settling',
] as const;
export type Cause = (typeof causes)[number];

/** What a phase is spent on while nothing fails; null for endings. */
const causeOfPhase: Readonly<Record<Phase, Cause | null>> = {
  Validating: 'checking',
  AwaitingApproval: 'approval',
  AwaitingCapacity: 'capacity',
  CreatingPool: 'creating',
  AwaitingPool: 'nodes',
  CreatingNotebook: 'creating',
  AwaitingNotebook: 'notebook',
  Paused: 'paused',
  AwaitingOperator: 'operator',
  RollingBack: 'removing',
  Planning: 'checking',
  StoppingNotebook: 'removing',
  DeletingNotebook: 'removing',
  DeletingPool: 'removing',
  Verifying: 'removing',
  Leased: 'leased',
  Applying: 'working',
  Reading: 'working',
  Ready: null,
  RolledBack: null,
  Cancelled: null,
  Rejected: null,
  Failed: null,
  Abandoned: null,
  Gone: null,
  Done: null,
};

/** Causes that count even while calls fail: the time is up to people. */
const byPeople: readonly (Cause | null)[] = ['approval', 'operator', 'paused'];
/** An available worker starts a task sooner. */
const maxStartDelayMs = 10_000;

export interface TimeSpent {
  readonly cause: Cause;
  readonly ms: number;
}

/** The last failure, even if the call later succeeded. */
export interface LastError {
  /** RFC 3339 UTC; null while the call still fails. */
  readonly at: string | null;
  readonly activity: string;
  readonly message: string;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly cause: Cause | null;
}

/** The failure of a call that is between attempts, which is not in the history yet. */
export interface OpenFailure {
  readonly activity: string;
  readonly failure: AttemptFailure;
}

/**
 * The time until `now` by cause, longest first: the phases, without the delays by retries, refused calls and missing
 * workers.
 */
export function describeCauses(
  events: readonly HistoryEvent[],
  now: number,
  open: readonly OpenFailure[] = [],
): TimeSpent[] {
  const phasesSpent = phaseSpans(events, now);
  const delays = delaySpans(events, now, open);
  const edges = [...new Set([...phasesSpent, ...delays].flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const spent = new Map<Cause, number>();
  edges.forEach((from, index) => {
    const to = edges[index + 1];
    if (to === undefined) return;
    const at = (spans: readonly Span[]) => spans.find((span) => span.from <= from && to <= span.to)?.cause ?? null;
    const base = at(phasesSpent);
    if (base === null) return;
    const cause = byPeople.includes(base) ? base : (at(delays) ?? base);
    spent.set(cause, (spent.get(cause) ?? 0) + to - from);
  });
  return [...spent].map(([cause, ms]) => ({ cause, ms })).sort((a, b) => b.ms - a.ms);
}

function phaseSpans(events: readonly HistoryEvent[], now: number): Span[] {
  const marks = events.flatMap((event): { from: number; cause: Cause | null }[] => {
    const from = event.at.getTime();
    if (event.event === 'started' && event.continues === null) return [{ from, cause: 'checking' }];
    if (event.event === 'closed' && event.status !== 'ContinuedAsNew') return [{ from, cause: null }];
    if (event.event !== 'phase') return [];
    const phase = phases.find((known) => known === event.phase);
    return [{ from, cause: phase === undefined ? null : causeOfPhase[phase] }];
  });
  return marks.map(({ from, cause }, index) => ({ from, to: marks[index + 1]?.from ?? Math.max(now, from), cause }));
}

/** The delays by retries, refused creates, lost responses and missing workers. */
function delaySpans(events: readonly HistoryEvent[], now: number, open: readonly OpenFailure[]): Span[] {
  const scheduled = new Map<number, { readonly at: number; readonly type: string }>();
  const spans: Span[] = [];
  const addDelay = (id: number, to: number, cause: Cause | null) => {
    const { at: from = to, type = '' } = scheduled.get(id) ?? {};
    // The attempts of a wait are poll windows, and how many of them failed is not recorded.
    if (cause !== null && to > from && !isWait(type)) spans.push({ from, to, cause });
  };
  events.forEach((event, index) => {
    const at = event.at.getTime();
    if (event.event === 'activityScheduled') scheduled.set(event.id, { at, type: event.type });
    if (event.event === 'activityStarted') {
      const isLate = event.attempt < 2 && at - (scheduled.get(event.id)?.at ?? at) > maxStartDelayMs;
      addDelay(event.id, at, isLate ? 'no worker' : causeOfFailure(event.lastFailure));
    }
    if (event.event === 'activityClosed') {
      const type = scheduled.get(event.id)?.type;
      scheduled.delete(event.id);
      const cause = event.answer === null ? null : causeOfAnswer(event.answer);
      if (cause === null) return;
      const again = events
        .slice(index + 1)
        .find((later) => later.event === 'phase' || (later.event === 'activityScheduled' && later.type === type));
      spans.push({ from: at, to: again?.at.getTime() ?? now, cause });
    }
  });
  for (const { activity, failure } of open) {
    const [id] = [...scheduled].findLast(([, { type }]) => type === activity) ?? [];
    if (id !== undefined) addDelay(id, now, causeOfFailure(failure));
  }
  return spans;
}

function isWait(type: string): boolean {
  return /^(await|follow|observe|see)/.test(type);
}

/** A command without a target or effect (`gone`, `already`) causes no delay. */
function isDelay({ outcome, reason }: CallAnswer): boolean {
  return outcome !== 'created' && outcome !== 'sent' && reason !== 'already' && reason !== 'gone';
}

function causeOfAnswer(answer: CallAnswer): Cause | null {
  const { outcome, isThrottled } = answer;
  if (!isDelay(answer)) return null;
  if (outcome === 'unknown' || outcome === 'exists') return 'settling';
  if (outcome !== 'notSent') return null;
  return isThrottled ? 'throttled' : 'service trouble';
}

function causeOfFailure(failure: AttemptFailure | null): Cause | null {
  if (failure === null || failure.type === stillPending) return null;
  if (failure.type === 'Timeout') return 'no worker';
  if (failure.type === 'NotAuthorized') return 'not authorised';
  return failure.facts?.throttledUntil ? 'throttled' : 'service trouble';
}

/** The last failure; null when only poll windows have ended without a result. */
export function lastErrorOf(events: readonly HistoryEvent[]): LastError | null {
  const types = new Map(
    events.flatMap((event) => (event.event === 'activityScheduled' ? [[event.id, event.type] as const] : [])),
  );
  const messageOf = (event: HistoryEvent): string | null => {
    if (event.event === 'activityStarted' && event.lastFailure?.type !== stillPending)
      return event.lastFailure?.message ?? null;
    if (event.event !== 'activityClosed') return null;
    if (event.answer !== null && isDelay(event.answer)) return event.answer.why;
    if (event.failure?.type === stillPending) return null;
    return event.end === 'failed' || event.end === 'timedOut' ? (event.failure?.message ?? event.end) : null;
  };
  const last = events.findLast((event) => messageOf(event) !== null);
  if (last === undefined || !('id' in last)) return null;
  return { at: last.at.toISOString(), activity: types.get(last.id) ?? 'unknown', message: messageOf(last) ?? '' };
}
