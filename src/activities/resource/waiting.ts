import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure, stillPending, type WaitReport } from '../../contract/failures.js';
import { handOverMs } from '../../contract/settings.js';
import {
  isSignificantChange,
  nextTurn,
  type Observation,
  type Pace,
  type Watch,
  type WatchRules,
} from '../../domain/resource/observation.js';
import { ModelArtsError } from '../../modelarts/errors.js';
import type { Target, Observation as WatcherSighting } from '../../modelarts/watcher.js';
import { isTemporalError } from '../../temporal/grpc-errors.js';
import type { ActivityDeps } from '../deps.js';
import { failureTypeOf } from '../failures.js';
import { reportInHeartbeat } from '../heartbeats.js';

/** A look of a shared watcher: what it saw, or why it saw nothing. */
export interface Look<Facts> {
  readonly at: number;
  readonly facts: Facts | null;
  /** Why the read failed; null when it succeeded. */
  readonly trouble: WaitReport | null;
}

/** What to watch: the last sighting tells the watcher how soon the next one is wanted. */
export function targetOf(id: string, wait: { workspaceId: string | null; watch: Watch<unknown> }, pace: Pace): Target {
  return {
    id,
    workspaceId: wait.workspaceId ?? undefined,
    lastSeenAt: wait.watch.last?.at,
    changeExpectedAt: nextTurn(wait.watch, pace) ?? undefined,
  };
}

export function lookOf<Item, Facts>(seen: WatcherSighting<Item>, read: (item: Item) => Facts): Look<Facts> {
  const { at, error, item } = seen;
  if (error === undefined) return { at, facts: item === null ? null : read(item), trouble: null };
  const until = error instanceof ModelArtsError ? error.throttledUntil : null;
  const throttledUntil = until === null ? null : new Date(until).toISOString();
  const why = throttledUntil === null ? error.message : `${error.message}; throttled until ${throttledUntil}`;
  return { at, facts: null, trouble: { why, throttledUntil, failureType: failureTypeOf(error) } };
}

/** The run's own settings: its workflow judges by them. Those of the worker are only for a run of an earlier version. */
export function paceOf({ settings }: Pick<ActivityDeps, 'settings'>, { pace }: { readonly pace?: Pace }): Pace {
  return pace ?? settings;
}

/** The run's own window, which its time-outs were made from; a worker with another setting must not wait beyond them. */
function windowOf({ settings }: ActivityDeps): number {
  const { startToCloseTimeoutMs } = activityInfo();
  return startToCloseTimeoutMs > handOverMs ? startToCloseTimeoutMs - handOverMs : settings.pollWindowMs;
}

interface WaitFor<Facts, Goal> {
  readonly name: string;
  readonly goal: Goal;
  readonly watch: Watch<Facts>;
  readonly rules: WatchRules<Facts, Goal>;
  readonly pace: Pace;
  readonly subscribe: (listener: (look: Look<Facts>) => void) => () => void;
}

/**
 * One bounded window of waiting: what `open` subscribes to finishes it with an answer, or tells why there is none yet.
 * Without an answer it ends with `StillPending` when the window is over or the worker is told to stop.
 */
export async function inPollWindow<T>(
  deps: ActivityDeps,
  label: string,
  open: (
    finish: (answer: T) => void,
    tell: (why: string, failed?: Omit<WaitReport, 'why'>) => void,
    fail: (error: Error) => void,
  ) => () => void,
): Promise<T> {
  const cancelled = cancellationSignal();
  const window = new AbortController();
  let close = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      let latest = `${label}: no answer yet`;
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
      const tell = (why: string, failed: Omit<WaitReport, 'why'> = { throttledUntil: null, failureType: null }) => {
        latest = why;
        reportInHeartbeat({ ...failed, why } satisfies WaitReport);
      };
      close = open(resolve, tell, reject);
    });
  } finally {
    window.abort();
    close();
  }
}

/** One round of asking: an answer, or why there is none yet and when to ask again. */
export type Round<T> = { readonly answer: T } | { readonly why: string; readonly pauseMs?: number };

/**
 * Asks in one window until there is an answer, with pauses that grow to `longestMs`. A round that fails because Temporal could not be
 * asked ends nothing; a refusal of ours and a mistake in our code end the activity with their error.
 */
export async function askInPollWindow<T>(
  deps: ActivityDeps,
  label: string,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
  ask: () => Promise<Round<T>>,
): Promise<T> {
  return await inPollWindow<T>(deps, label, (finish, tell, fail) => {
    const closed = new AbortController();
    const { signal } = closed;
    const rounds = async () => {
      for (let pause = firstMs; !signal.aborted; pause = Math.min(pause * 1.5, longestMs)) {
        const round = await ask().catch((error: unknown): Round<T> => {
          if (!isTemporalError(error)) throw error;
          return { why: `${label}: ${error.message}` };
        });
        if (signal.aborted) return;
        if ('answer' in round) return finish(round.answer);
        tell(round.why);
        await deps.sleep(round.pauseMs ?? pause, signal);
      }
    };
    rounds().catch((error: unknown) => {
      if (!signal.aborted) fail(error instanceof Error ? error : new Error(String(error)));
    });
    return () => closed.abort();
  });
}

/** Waits in one window for a sighting that is news. A bad answer is shown in the heartbeat and ends nothing. */
export async function awaitSignificantChange<Facts, Goal>(
  deps: ActivityDeps,
  wait: WaitFor<Facts, Goal>,
): Promise<Observation<Facts>> {
  return await inPollWindow(deps, wait.name, (finish, tell, fail) =>
    wait.subscribe((look) => {
      if (look.trouble !== null) {
        tell(`${wait.name}: ${look.trouble.why}`, look.trouble);
        return;
      }
      const seen = { at: look.at, facts: look.facts };
      try {
        tell(wait.rules.judge(wait.name, look.facts, wait.goal).why);
        if (isSignificantChange(wait.rules, wait.watch, seen, wait.goal, wait.pace)) finish(seen);
      } catch (error) {
        // The watcher ignores what a listener throws, so that the others hear; the wait would then never end.
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    }),
  );
}

/**
 * Ends a window without news: BENIGN, because nothing is wrong. The server starts the next window after `nextRetryMs`.
 */
export function pending(message: string, nextRetryMs: number): ApplicationFailure {
  return makeFailure(stillPending, message, {}, { retryable: true, benign: true, retryAfterMs: nextRetryMs });
}
