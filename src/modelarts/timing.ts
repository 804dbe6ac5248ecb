import { setTimeout as wait } from 'node:timers/promises';
import type { Sleep } from './request-options.js';

/** Sleeps by the machine's clock; rejects with the signal's reason. */
export const realSleep: Sleep = async (ms, signal) => {
  try {
    // A longer delay would overflow the timer, which would then fire at once.
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

/** The error to throw for an aborted signal. Its own reason is kept, because the Temporal SDK must see it. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error) return reason;
  // An error of another realm, such as a DOMException in a sandbox, is not an instance of our Error.
  if (isErrorLike(reason)) return reason;
  const error = new Error(typeof reason === 'string' ? reason : 'The call was aborted');
  error.name = 'AbortError';
  return error;
}

/** Resolves as the promise does, or rejects with the signal's reason as soon as it is aborted. */
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

/** A signal that is aborted with its sources until it is unlinked. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  readonly unlink: () => void;
}

/**
 * Combines several signals. Not `AbortSignal.any`: in some Node 20 releases, a source that lives as long as the
 * process, such as the worker's shutdown signal, keeps every combined signal in memory.
 */
export function linkSignals(sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const linked = new AbortController();
  const present = sources.filter((source) => source !== undefined);
  const onAbort = () => linked.abort(present.find((source) => source.aborted)?.reason);
  for (const source of present) {
    if (source.aborted) onAbort();
    else source.addEventListener('abort', onAbort, { once: true });
  }
  const unlink = () => {
    for (const source of present) source.removeEventListener('abort', onAbort);
  };
  return { signal: linked.signal, unlink };
}
