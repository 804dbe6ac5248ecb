import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure, stillPending, type WaitReport } from '../../contract/failures.js';
import { handOverMs } from '../../contract/settings.js';
import { MINUTE } from '../../domain/duration.js';
import {
  isSignificantChange,
  nextDecisionAt,
  type Observation,
  type Pace,
  type Watch,
  type WatchRules,
} from '../../domain/resource/observation.js';
import { addAge, expectedAge, nextRemovalPollAt } from '../../domain/resource/removal-times.js';
import { isoTime } from '../../domain/rfc3339.js';
import { ModelArtsError } from '../../modelarts/errors.js';
import type { Watcher } from '../../modelarts/watcher.js';
import { isTemporalError } from '../../temporal/grpc-errors.js';
import type { ActivityDeps } from '../deps.js';
import { failureTypeOf } from '../failures.js';
import { reportedInHeartbeat, reportInHeartbeat } from '../heartbeats.js';
import { CreationPace, type OwnCreation } from './creation-pace.js';

/** One wait for a resource, in the terms of the run that waits. */
export interface ObserveQuestion<Facts, Goal> {
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string | null;
  readonly goal: Goal;
  readonly watch: Watch<Facts>;
  /** The run's own pace, whatever the settings of this worker are. */
  readonly pace: Pace;
  /** Set while the resource is being removed: when the last command was sent (epoch ms), null before the first one. */
  readonly removal?: { readonly commandedAt: number | null };
  /** Given while the run waits for a resource that it created itself. */
  readonly creation?: OwnCreation;
}

/** How one kind of resource is observed. */
interface ObservedKind<Item, Facts, Goal> {
  readonly label: string;
  readonly watcher: Watcher<Item>;
  readonly read: (item: Item) => Facts;
  readonly rules: WatchRules<Facts, Goal>;
  readonly removals: RemovalTimes;
}

/** What this worker has learned of the removals of one kind; a restart forgets it. */
export class RemovalTimes {
  #ages: readonly number[] = [];

  /** Adds a removal whose end was observed. */
  add(commandedAt: number, absentAt: number): void {
    this.#ages = addAge(this.#ages, absentAt - commandedAt);
  }

  /** When a removal is usually about to end; undefined without a command or an earlier removal. */
  expectedAt(commandedAt: number | null): number | undefined {
    const age = expectedAge(this.#ages);
    return age === null || commandedAt === null ? undefined : commandedAt + age;
  }
}

/** Waits in one poll window for a significant change. A failed read shows in the heartbeat and ends nothing. */
export async function observe<Item, Facts, Goal>(
  deps: ActivityDeps,
  { label, watcher, read, rules, removals }: ObservedKind<Item, Facts, Goal>,
  { id, name, workspaceId, goal, watch, pace, removal, creation }: ObserveQuestion<Facts, Goal>,
): Promise<Observation<Facts>> {
  const judge = (facts: Facts | null) => rules.judge(name, facts, goal);
  const polls = new CreationPace(deps.creationTimes, creation, pace, judge, rules, goal, watch);
  const commandedAt = removal?.commandedAt ?? null;
  const removedAt = removals.expectedAt(commandedAt);
  const isUnknownRemoval = commandedAt !== null && removedAt === undefined;
  // Only a wait that saw the resource knows when it ended.
  let wasSeen = false;
  const target = {
    id,
    workspaceId,
    // An observation from before the last command says nothing about its effect.
    lastSeenAt: watch.last === null || watch.last.at <= (commandedAt ?? 0) ? undefined : watch.last.at,
    isLeaving: removal !== undefined,
    changeExpectedAt: nextDecisionAt(watch, pace) ?? removedAt,
    nextPollAt: (polledAt: number) =>
      isUnknownRemoval ? nextRemovalPollAt(commandedAt, polledAt, pace) : polls.nextPollAt(polledAt, deps.now()),
  };
  return await inPollWindow(deps, label, (finish, report, fail) =>
    watcher.subscribe(target, (observed) => {
      if (observed.error !== undefined) {
        const failed = describeReadError(observed.error);
        report(`${label}: ${failed.why}`, failed);
        return;
      }
      try {
        const observation = { at: observed.at, facts: observed.item === null ? null : read(observed.item) };
        const verdict = polls.add(observation);
        report(verdict.why);
        if (observation.facts !== null) wasSeen = true;
        else if (commandedAt !== null && wasSeen) removals.add(commandedAt, observation.at);
        if (isSignificantChange(rules, watch, observation, goal, pace)) finish(observation);
      } catch (error) {
        // The watcher ignores an error of a listener for the sake of the others. The wait would then never end.
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    }),
  );
}

/** Why a read failed, and the time until which the service throttles reads (RFC 3339; null when it does not). */
export function describeReadError(error: Error): WaitReport {
  const until = error instanceof ModelArtsError ? error.throttledUntil : null;
  const throttledUntil = until === null ? null : isoTime(until);
  const why = throttledUntil === null ? error.message : `${error.message}; throttled until ${throttledUntil}`;
  return { why, throttledUntil, failureType: failureTypeOf(error) };
}

/**
 * The run's own poll window, from which its time-outs are derived. A worker with another setting must not wait longer.
 */
function windowOf({ settings }: ActivityDeps): number {
  const { startToCloseTimeoutMs, scheduleToCloseTimeoutMs } = activityInfo();
  // The server shortens it to the limit of the whole wait, which says nothing about the poll window.
  const isShortened = scheduleToCloseTimeoutMs > 0 && scheduleToCloseTimeoutMs <= startToCloseTimeoutMs;
  return startToCloseTimeoutMs > handOverMs && !isShortened
    ? startToCloseTimeoutMs - handOverMs
    : settings.pollWindowMs;
}

/**
 * One poll window. What `open` subscribes to finishes it with an answer, or reports why there is none yet. Without an
 * answer it ends with `StillPending` when the window is over or the worker stops.
 */
export async function inPollWindow<T>(
  deps: ActivityDeps,
  label: string,
  open: (
    finish: (answer: T) => void,
    report: (why: string, failed?: Omit<WaitReport, 'why'>) => void,
    fail: (error: Error) => void,
  ) => () => void,
): Promise<T> {
  const cancelled = cancellationSignal();
  const window = new AbortController();
  let close = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      let latest = `${label}: no response yet`;
      const handOver = () => reject(pending(`${label}: handed over`, 1));
      const stop = () => reject(cancelled.reason instanceof Error ? cancelled.reason : new Error('cancelled'));
      if (cancelled.aborted) stop();
      if (deps.shutdown.aborted) handOver();
      cancelled.addEventListener('abort', stop, { signal: window.signal });
      deps.shutdown.addEventListener('abort', handOver, { signal: window.signal });
      deps.sleep(windowOf(deps), window.signal).then(
        () => reject(pending(latest, 1)),
        () => undefined,
      );
      const report = (why: string, failed: Omit<WaitReport, 'why'> = { throttledUntil: null, failureType: null }) => {
        latest = why;
        reportInHeartbeat({ ...failed, why } satisfies WaitReport);
      };
      close = open(resolve, report, reject);
    });
  } finally {
    window.abort();
    close();
  }
}

/** One attempt: an answer, or why there is none yet and when to ask again. */
export type Round<T> = { readonly answer: T } | { readonly why: string; readonly pauseMs?: number };

/** The pauses between two attempts. */
export interface AskPace {
  readonly firstMs: number;
  readonly longestMs: number;
  /**
   * For waits of many hours: the longest pause grows to this share of the wait so far, at most 5 minutes, and a poll
   * window continues the pause of the one before it.
   */
  readonly lateShare?: number;
}

const longestLateMs = 5 * MINUTE;
const pauseDetail = 'pause';

/**
 * Asks in one poll window until there is an answer, with pauses that grow to `longestMs`. An error of Temporal is an
 * attempt without an answer. Our own refusals, and bugs in our code, end the activity with their error.
 */
export async function askInPollWindow<T>(
  deps: ActivityDeps,
  label: string,
  pace: AskPace,
  ask: () => Promise<Round<T>>,
): Promise<T> {
  const { scheduledTimestampMs } = activityInfo();
  const longest = () => {
    const late = (pace.lateShare ?? 0) * (deps.now() - scheduledTimestampMs);
    return Math.max(pace.longestMs, Math.min(late, longestLateMs));
  };
  return await inPollWindow<T>(deps, label, (finish, report, fail) => {
    const closed = new AbortController();
    const { signal } = closed;
    const rounds = async () => {
      const before = pace.lateShare === undefined ? null : pauseIn(reportedInHeartbeat(pauseDetail));
      let pause = before?.ms ?? pace.firstMs;
      if (before !== null) await deps.sleep(Math.min(before.ms, Math.max(1, before.until - deps.now())), signal);
      for (; !signal.aborted; pause = Math.min(pause * 1.5, longest())) {
        const round = await ask().catch((error: unknown): Round<T> => {
          if (!isTemporalError(error)) throw error;
          return { why: `${label}: ${error.message}` };
        });
        if (signal.aborted) return;
        if ('answer' in round) return finish(round.answer);
        report(round.why);
        const ms = round.pauseMs ?? pause;
        if (pace.lateShare !== undefined) reportInHeartbeat({ [pauseDetail]: { ms: pause, until: deps.now() + ms } });
        await deps.sleep(ms, signal);
      }
    };
    rounds().catch((error: unknown) => {
      if (!signal.aborted) fail(error instanceof Error ? error : new Error(String(error)));
    });
    return () => closed.abort();
  });
}

/** The pause that an earlier poll window has reported: its length, and its end in epoch milliseconds. */
function pauseIn(detail: unknown): { readonly ms: number; readonly until: number } | null {
  if (typeof detail !== 'object' || detail === null) return null;
  const [ms, until] = [Reflect.get(detail, 'ms'), Reflect.get(detail, 'until')] as unknown[];
  return typeof ms === 'number' && typeof until === 'number' ? { ms, until } : null;
}

/**
 * Ends a poll window without an answer. BENIGN, because nothing is wrong. The server starts the next one after
 * `nextRetryMs`.
 */
export function pending(message: string, nextRetryMs: number): ApplicationFailure {
  return makeFailure(stillPending, message, {}, { retryable: true, benign: true, retryAfterMs: nextRetryMs });
}
