import type { ActivityOptions } from '@temporalio/workflow';
import { ActivityCancellationType } from '@temporalio/workflow';
import { handOverMs, heartbeatMs, longestHttpTimeoutMs, type Settings } from '../../contract/settings.js';
import { MINUTE, SECOND } from '../../domain/duration.js';

/** Every activity heartbeats by itself, so that a killed worker is noticed within this time. */
const heartbeatTimeout = heartbeatMs;
const retry = { initialInterval: 1 * SECOND, backoffCoefficient: 2 };

/**
 * The worker that runs a call may have a longer HTTP time-out than the one that started the run. Heartbeats detect a
 * dead worker.
 */
function httpMs({ httpTimeoutMs }: Settings): number {
  return Math.max(httpTimeoutMs, longestHttpTimeoutMs);
}

/** The first calls of a run, before it knows its settings. */
export const firstCall: ActivityOptions = {
  startToCloseTimeout: 60 * SECOND,
  heartbeatTimeout,
  retry: { ...retry, maximumInterval: 10 * SECOND },
};

/** One read, retried until it succeeds. A failed read says nothing about the resource. */
export function read(settings: Settings): ActivityOptions {
  return {
    startToCloseTimeout: 3 * httpMs(settings) + 5 * SECOND,
    heartbeatTimeout,
    retry: { ...retry, maximumInterval: 30 * SECOND },
  };
}

/** One read, tried once. The caller has a fallback. */
export function attempt(settings: Settings): ActivityOptions {
  return { ...read(settings), retry: { maximumAttempts: 1 } };
}

/** A create call: once per decision, because a second one could make a second resource; the workflow decides again. */
export function create(settings: Settings): ActivityOptions {
  return {
    startToCloseTimeout: 2 * httpMs(settings) + 5 * SECOND,
    // Longer than elsewhere: a heartbeat that is late by a second would make the outcome of a create unknown.
    heartbeatTimeout: 15 * SECOND,
    retry: { maximumAttempts: 1 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

/**
 * A stop or delete, with the reads before it. Safe to repeat. It fails after some attempts, so that the workflow can
 * show the reason and pause longer.
 */
export function undo(settings: Settings): ActivityOptions {
  return {
    startToCloseTimeout: 3 * httpMs(settings) + 5 * SECOND,
    heartbeatTimeout,
    retry: { ...retry, maximumInterval: 20 * SECOND, maximumAttempts: 5 },
    // Wait for a request that was sent: two commands at once would each act without knowing of the other.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

/** Best-effort call: give up after an hour. */
export function backgroundTask(settings: Settings): ActivityOptions {
  return { ...read(settings), scheduleToCloseTimeout: 60 * MINUTE };
}

/** A webhook: retried with growing pauses until it is delivered or the limit has passed. */
export function delivery(limitMs: number): ActivityOptions {
  return {
    startToCloseTimeout: 15 * SECOND,
    scheduleToCloseTimeout: limitMs,
    heartbeatTimeout,
    retry: { ...retry, maximumInterval: 10 * MINUTE },
  };
}

/** A read of the whole project or of all owners: many calls, each retried inside the activity. */
export function survey(settings: Settings): ActivityOptions {
  return { ...read(settings), startToCloseTimeout: 6 * MINUTE, scheduleToCloseTimeout: 30 * MINUTE };
}

/** A bounded poll window. The server starts the next one, so a deploy or crash costs seconds. */
export function wait(settings: Settings): ActivityOptions {
  return {
    startToCloseTimeout: settings.pollWindowMs + handOverMs,
    heartbeatTimeout: settings.waitHeartbeatMs ?? heartbeatTimeout,
    // Each poll window is an attempt, so a growing pause would delay a long wait after a crash. Errors bring their own.
    retry: { initialInterval: 0.5 * SECOND, backoffCoefficient: 1 },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  };
}

/** The same call, which the server ends after `limitMs`. Without a limit, only the workflow ends it. */
export function within(options: ActivityOptions, limitMs: number | undefined): ActivityOptions {
  return limitMs === undefined ? options : { ...options, scheduleToCloseTimeout: limitMs };
}

/** Pauses between rounds of an undo that keeps failing. */
export function undoPause(round: number): number {
  return Math.min(5 * SECOND * 2 ** round, 5 * MINUTE);
}
