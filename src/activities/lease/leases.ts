import type { ResourceRef } from '../../contract/workflows.js';
import type { LeasedObservation } from '../../domain/provision/repeated-create.js';
import { type CommandOutcome, notSent, sent } from '../../domain/resource/command-outcome.js';
import { maybeSame } from '../../domain/resource/identity.js';
import { type NotebookFacts, notebookApiOf } from '../../domain/resource/notebook.js';
import type { PoolFacts } from '../../domain/resource/pool.js';
import { currentNotebookFacts } from '../../inventory/current-notebook-facts.js';
import { notebookFacts } from '../../inventory/notebook-facts.js';
import { poolFacts } from '../../inventory/pool-facts.js';
import { observeOnce, type Watcher } from '../../modelarts/watcher.js';
import { orAbsent, readWithRetries } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';

function ifSame<Facts extends ResourceRef>(facts: Facts, ref: ResourceRef): Facts | null {
  return maybeSame(facts, ref) ? facts : null;
}

/** Best-effort activities of a lease on its resources. None of them decides when the lease ends. */
export function leaseActivities(deps: ActivityDeps) {
  const { pools, notebooks, currentNotebooks, governor } = deps.modelarts;
  const { watchers } = deps;

  /** Reads one resource by its id. While many calls wait, the next poll of the workers' watchers reads it. */
  async function look<Item>(
    { id }: ResourceRef,
    watcher: Watcher<Item>,
    show: (id: string, options: { signal: AbortSignal }) => Promise<Item>,
    { signal }: { signal: AbortSignal },
  ): Promise<Item | null> {
    if (!governor.isBusy) return await orAbsent(show(id, { signal }));
    return (await observeOnce(watcher, { id }, deps.now, signal)).item;
  }

  async function lookAtPool(ref: ResourceRef, options: { signal: AbortSignal }): Promise<PoolFacts | null> {
    const pool = await look(ref, watchers.pools, (id, option) => pools.show(id, option), options);
    return pool === null ? null : ifSame(poolFacts(pool), ref);
  }

  async function lookAtNotebook(ref: ResourceRef, options: { signal: AbortSignal }): Promise<NotebookFacts | null> {
    if (notebookApiOf(ref.id) === 'historical') {
      const notebook = await look(ref, watchers.notebooks, (id, option) => notebooks.show(id, option), options);
      return notebook === null ? null : ifSame(notebookFacts(notebook), ref);
    }
    const show = (id: string, option: { signal: AbortSignal }) => currentNotebooks.show(id, option);
    const notebook = await look(ref, watchers.currentNotebooks, show, options);
    return notebook === null ? null : ifSame(currentNotebookFacts(notebook), ref);
  }

  return {
    /** Reads a pool and a notebook once. */
    async observeLeased(input: { pool: ResourceRef | null; notebook: ResourceRef | null }): Promise<LeasedObservation> {
      return await readWithRetries(async (options) => {
        const { pool, notebook } = input;
        const beganAt = deps.now();
        const [poolSeen, notebookSeen] = await Promise.all([
          pool === null ? null : lookAtPool(pool, options),
          notebook === null ? null : lookAtNotebook(notebook, options),
        ]);
        return { beganAt, at: deps.now(), pool: poolSeen, notebook: notebookSeen };
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
