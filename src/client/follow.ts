import type { Progress } from '../contract/progress.js';
import { canonicalJson } from '../spec/hash.js';
import { isOpen } from '../temporal/describe-run.js';
import { OperationNotFoundError, ServerUnreachableError } from './errors.js';
import { progressOf } from './read-progress.js';
import type { Runs } from './temporal/run.js';

export interface FollowOptions {
  /** Ends the watching, never the operation. */
  readonly signal?: AbortSignal;
  /** Pause between two looks. @defaultValue 1000 */
  readonly everyMs?: number;
  /** Told once per outage, because a long wait should survive a restart of Temporal. */
  readonly onTrouble?: (error: Error) => void;
}

/** How time passes while following; replaced in tests. */
export interface Pacer {
  now(): number;
  /** Resolves early when the signal ends the wait. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How long Temporal may be away in the middle of a watch before the watch gives up. */
const patienceMs = 5 * 60_000;

/**
 * Yields the progress of a workflow at once and then at every change, the last one being its ending. A run that
 * continues as new is followed into its next run.
 */
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
      if (run === null) throw new OperationNotFoundError(`Temporal does not know ${workflowId} any more`);
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
      if (pacer.now() - awaySince > patienceMs) throw error;
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
