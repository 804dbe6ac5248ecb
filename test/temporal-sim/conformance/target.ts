import type { Client } from '@temporalio/client';
import type { AttemptRecord } from './activities.js';

/** A server under test with one worker that runs the conformance workflows and activities. */
export interface Target {
  readonly client: Client;
  readonly taskQueue: string;
  /** Every attempt of a scripted activity so far. */
  readonly attempts: readonly AttemptRecord[];
  /** Waits for a promise; temporal-sim runs its events meanwhile. */
  during<T>(promise: Promise<T>): Promise<T>;
  /** Waits for a fact. */
  until(what: string, fact: () => Promise<boolean> | boolean): Promise<void>;
  /** A time that was measured: exact in virtual time, and at least this long on a real server. */
  duration(actual: number, expected: number): number;
  /** Stops the worker and starts another one, which has nothing in its cache. */
  restartWorker(): Promise<void>;
}

/** What tests compare of an error: its chain of causes, without messages. */
export function factsOf(error: unknown): readonly object[] {
  const facts: object[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { name, type, retryState, timeoutType, nonRetryable, details } = cause as Error & Record<string, unknown>;
    const known = { type, retryState, timeoutType, nonRetryable: nonRetryable || undefined, details: listed(details) };
    facts.push({ name, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) });
  }
  return facts;
}

function listed(details: unknown): unknown {
  return Array.isArray(details) && details.length > 0 ? details : undefined;
}
