import type { ResourceRef } from '../../contract/workflows.js';
import type { LeasedObservation } from '../../domain/provision/repeated-create.js';
import { type CommandOutcome, notSent, sent } from '../../domain/resource/command-outcome.js';
import { maybeSame } from '../../domain/resource/identity.js';
import { type NotebookFacts, notebookApiOf } from '../../domain/resource/notebook.js';
import { currentNotebookFacts } from '../../inventory/current-notebook-facts.js';
import { notebookFacts } from '../../inventory/notebook-facts.js';
import { poolFacts } from '../../inventory/pool-facts.js';
import { orAbsent, readWithRetries } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';

/** Best-effort activities of a lease on its resources. None of them decides when the lease ends. */
export function leaseActivities(deps: ActivityDeps) {
  const { pools, notebooks, currentNotebooks } = deps.modelarts;

  async function showSame(ref: ResourceRef, options: { signal: AbortSignal }): Promise<NotebookFacts | null> {
    const facts = await orAbsent(
      notebookApiOf(ref.id) === 'historical'
        ? notebooks.show(ref.id, options).then(notebookFacts)
        : currentNotebooks.show(ref.id, options).then(currentNotebookFacts),
    );
    return facts !== null && maybeSame(facts, ref) ? facts : null;
  }

  return {
    /** Reads a pool and a notebook once. */
    async observeLeased(input: { pool: ResourceRef | null; notebook: ResourceRef | null }): Promise<LeasedObservation> {
      return await readWithRetries(async (options) => {
        const { pool, notebook } = input;
        const beganAt = deps.now();
        const [facts, shown] = await Promise.all([
          pool === null ? null : orAbsent(pools.show(pool.id, options).then(poolFacts)),
          notebook === null ? null : showSame(notebook, options),
        ]);
        return {
          beganAt,
          at: deps.now(),
          pool: facts !== null && pool !== null && maybeSame(facts, pool) ? facts : null,
          notebook: shown,
        };
      });
    },

    /**
     * Sets a notebook's `auto_stop`; on a running one it counts from the next start (docs/api/notebooks-and-auth.md
     * "2.6 O4 update").
     */
    async setAutoStop(input: { notebook: ResourceRef; autoStopMs: number }): Promise<CommandOutcome> {
      return await readWithRetries(async (options) => {
        const label = `notebook ${input.notebook.id}`;
        const shown = await orAbsent(notebooks.show(input.notebook.id, options));
        if (shown === null || shown.status === 'DELETED') return notSent('gone', label);
        if (!maybeSame(notebookFacts(shown), input.notebook)) return notSent('replaced', label);
        const duration = Math.floor(input.autoStopMs / 1_000);
        const now = shown.spec.auto_stop;
        if (now?.enable === true && now.duration === duration) return notSent('already', label);
        const prompt = now?.prompt === undefined ? {} : { prompt: now.prompt };
        const change = { spec: { auto_stop: { enable: true, duration, ...prompt } } };
        await notebooks.update(input.notebook.id, change, options);
        return sent;
      });
    },
  };
}
