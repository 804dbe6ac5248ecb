import { describeUse, noUse, type PoolUse, stateOfUse } from '../../domain/resource/pool-use.js';
import { isoTime } from '../../domain/rfc3339.js';
import { readPoolUse, type UsedPool } from '../../inventory/pool-use.js';
import { ModelArtsError } from '../../modelarts/errors.js';
import { readWithRetries } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { findForeignNotebook, type OwnedPool } from './foreign-notebooks.js';
import { askInPollWindow } from './waiting.js';

/** A pool whose use decides whether it may be deleted. */
export interface UseQuestion extends OwnedPool, UsedPool {
  readonly workspaceIds?: readonly string[];
}

/**
 * Reads the use of a pool, with the lists of everybody's notebooks that this account may not read. A pool that is gone
 * has no use.
 */
export async function readUse(deps: ActivityDeps, question: UseQuestion): Promise<PoolUse> {
  const { unknown: hidden } = await findForeignNotebook(deps, question);
  const use = await readJobs(deps, question);
  return { ...use, unknown: [...hidden, ...use.unknown] };
}

/** The same without the lists of notebooks, for a caller that has read them. */
export async function readJobs(deps: ActivityDeps, question: UseQuestion): Promise<PoolUse> {
  return await readWithRetries(async (options) => {
    try {
      return await readPoolUse(deps.modelarts, question, options);
    } catch (error) {
      if (error instanceof ModelArtsError && error.kind === 'notFound') return noUse;
      throw error;
    }
  });
}

/** Each reading takes several calls, and a drain may take days: its end is noticed this share of its time too late. */
const lateShare = 0.02;

/** Activities that read who uses a pool. None of them replaces the reading right before a DELETE. */
export function poolUseActivities(deps: ActivityDeps) {
  return {
    /** Reads the use of a pool. */
    async readPoolUse(question: UseQuestion): Promise<PoolUse> {
      return await readUse(deps, question);
    },

    /** Waits in one poll window until the pool is idle, or other jobs use it than those in `seen`. */
    async awaitPoolUse(question: UseQuestion & { seen: PoolUse; isPatient?: boolean }): Promise<PoolUse> {
      const { pollMinMs, pollMaxMs } = deps.settings;
      const before = jobsIn(question.seen);
      const longestMs = question.isPatient === true ? 4 * pollMaxMs : pollMaxMs;
      const pace = { firstMs: pollMinMs, longestMs, lateShare };
      return await askInPollWindow<PoolUse>(deps, `pool ${question.name}`, pace, async () => {
        const use = await readUse(deps, question);
        if (stateOfUse(use) !== stateOfUse(question.seen) || jobsIn(use) !== before) return { answer: use };
        return { why: `pool ${question.name}: ${describeUse(use, deps.now())} at ${isoTime(deps.now())}` };
      });
    },
  };
}

function jobsIn({ jobs, more }: PoolUse): string {
  return JSON.stringify([jobs.map(({ id }) => id), more]);
}
