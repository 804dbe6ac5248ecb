import { setTimeout as wait } from 'node:timers/promises';
import type { Sleep } from './request-options.js';

/** Sleeps by the machine's clock; rejects with the signal's reason. */
export const realSleep: Sleep = async (ms, signal) => {
  try {
    // Longer delays overflow the timer, which would then fire at once.
    await wait(Math.min(ms, 2 ** 31 - 1), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
};

/** A time for messages: RFC 3339, UTC, whole seconds. */
export function formatSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function isErrorLike(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'name' in value;
}

/** What to throw for an aborted signal: its own reason, which the Temporal SDK must get to see. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error) return reason;
  // Errors of another realm (a DOMException in a sandbox) are errors too.
  if (isErrorLike(reason)) return reason;
  const error = new Error(typeof reason === 'string' ? reason : 'The call was aborted');
  error.name = 'AbortError';
  return error;
}

/** The promise's result, or the signal's reason as soon as it is aborted, whatever the promise goes on to do. */
export async function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return promise;
  if (signal.aborted) {
    promise.catch(() => undefined);
    throw abortReason(signal);
  }
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(abortReason(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop();
  }
}

/** A signal that follows others until it is unlinked. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  readonly unlink: () => void;
}

/**
 * Follows several signals. `AbortSignal.any` would do, but in some Node 20 releases it is never let go of by a source
 * that lives as long as the process, as the worker's shutdown signal does.
 */
export function linkSignals(sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const linked = new AbortController();
  const followed = sources.filter((source) => source !== undefined);
  const onAbort = () => linked.abort(followed.find((source) => source.aborted)?.reason);
  for (const source of followed) {
    if (source.aborted) onAbort();
    else source.addEventListener('abort', onAbort, { once: true });
  }
  const unlink = () => {
    for (const source of followed) source.removeEventListener('abort', onAbort);
  };
  return { signal: linked.signal, unlink };
}
