import type { Progress } from '../contract/progress.js';
import { canonicalJson } from '../spec/hash.js';
import { isOpen } from '../temporal/run-facts.js';
import { OperationNotFoundError, ServerUnreachableError } from './errors.js';
import { progressOf } from './read-progress.js';
import type { Runs } from './temporal/run.js';

export interface FollowOptions {
  /** Aborts the watch, never the operation. */
  readonly signal?: AbortSignal;
  /** Pause between two queries. @defaultValue 1000 */
  readonly everyMs?: number;
  /** Called once per outage of Temporal; the watch continues for five minutes. */
  readonly onTrouble?: (error: Error) => void;
}

/** The clock; replaced in tests. */
export interface Pacer {
  now(): number;
  /** Resolves early when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A watch fails after an outage of Temporal of this length. */
const outageLimitMs = 5 * 60_000;

/** Yields the progress of a workflow now and at every change until it has ended, over continue-as-new. */
export async function* follow(
  runs: Runs,
  workflowId: string,
  pacer: Pacer,
  options: FollowOptions = {},
): AsyncGenerator<Progress> {
  let shown: string | null = null;
  let awaySince: number | null = null;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const run = await runs.describe(workflowId);
      if (run === null) throw new OperationNotFoundError(`Temporal no longer has ${workflowId}`);
      const progress = await progressOf(runs, run);
      awaySince = null;
      const text = canonicalJson(progress);
      if (text !== shown) yield progress;
      shown = text;
      if (!isOpen(run) && run.status !== 'CONTINUED_AS_NEW') return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof ServerUnreachableError) || shown === null) throw error;
      if (awaySince === null) options.onTrouble?.(error);
      awaySince ??= pacer.now();
      if (pacer.now() - awaySince > outageLimitMs) throw error;
    }
    await pacer.sleep(options.everyMs ?? 1_000, options.signal);
  }
}

/** Real time. */
export const realPacer: Pacer = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};
