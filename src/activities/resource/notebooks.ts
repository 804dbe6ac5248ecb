import { cancellationSignal } from '@temporalio/activity';
import { isCurrentNotebook, type NotebookPool, type Spec } from '../../contract/spec.js';
import type { ResourceRef } from '../../contract/workflows.js';
import type { CreateOutcome } from '../../domain/provision/after-create.js';
import type { ExistingResource } from '../../domain/provision/create.js';
import type { CommandOutcome } from '../../domain/resource/command-outcome.js';
import { unknownInstant } from '../../domain/resource/instant.js';
import { isMarkedBy, type MarkerOwnership, parseMarker } from '../../domain/resource/marker.js';
import { type NotebookFacts, type NotebookGoal, needsStart, notebookRules } from '../../domain/resource/notebook.js';
import type { Observation } from '../../domain/resource/observation.js';
import { existingNotebook, notebookFacts } from '../../inventory/notebook-facts.js';
import { uniqueCreateMaxWaitMs } from '../../modelarts/call.js';
import { type CommandedResource, orAbsent, readExisting, readWithRetries } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { outcomeOfFailedCreate, refusedForNow } from '../failures.js';
import { notebookById } from './notebook-by-id.js';
import type { ExistingQuestion } from './pools.js';
import { notebookRequest } from './requests.js';
import { type ObserveQuestion, observe, RemovalTimes } from './waiting.js';
import { inWorkspace, notebooksIn, withDefault } from './workspaces.js';

/** Activities on notebook instances of the historical API (docs/api/notebooks-and-auth.md "1.1 Old generation"). */
export function notebookActivities(deps: ActivityDeps) {
  const { notebooks } = deps.modelarts;
  const removals = new RemovalTimes();
  const byId = notebookById((id, options) => notebooks.show(id, options), notebookFacts);

  async function listIn(workspaceId: string | null, signal: AbortSignal): Promise<NotebookFacts[]> {
    const { instances } = await notebooks.list(inWorkspace(workspaceId), { signal });
    return instances.map(notebookFacts);
  }

  return {
    /**
     * Finds the notebooks of a name. Names are unique, so a foreign one takes the name. By default the service lists
     * the caller's own notebooks; with `everyones`, after a create was refused because the name exists, another user's
     * too. Lists lag behind, so the `known` notebooks are shown by their ids.
     */
    async findExistingNotebook(
      question: ExistingQuestion & { everyones: boolean; known: readonly ResourceRef[] },
    ): Promise<ExistingResource[]> {
      return await readExisting(question.mayExist, async ({ signal }) => {
        const listed = await listIn(question.workspaceId, signal);
        if (question.everyones && !listed.some(({ name }) => name === question.name)) {
          for (const workspaceId of withDefault([question.workspaceId])) {
            const everyones = await notebooksIn(deps, workspaceId, { show_self: false }, { signal });
            listed.push(...everyones.map(notebookFacts));
          }
        }
        for (const ref of question.known) {
          if (listed.some(({ id }) => id === ref.id)) continue;
          const shown = await byId.showIfSame(ref, { signal });
          if (shown !== null) listed.push(shown);
        }
        return listed
          .filter(({ name, status }) => name === question.name && status !== 'DELETED')
          .map(existingNotebook);
      });
    },

    /** Finds every notebook that carries the marker of one of the owners, in each workspace that is in use. */
    async findOwnedHistoricalNotebooks(question: {
      installation: string;
      owners: readonly string[];
      workspaceIds: readonly string[];
      /** Notebooks that are known to be ours, with or without their marker. */
      known: readonly ResourceRef[];
    }): Promise<NotebookFacts[]> {
      return await readWithRetries(async ({ signal }) => {
        const found = new Map<string, NotebookFacts>();
        for (const workspaceId of withDefault(question.workspaceIds)) {
          for (const notebook of await notebooksIn(deps, workspaceId, {}, { signal }, question.known.length > 0)) {
            const facts = notebookFacts(notebook);
            const isOurs = isMarkedBy(parseMarker(facts.description), question.installation, question.owners);
            if (isOurs && facts.status !== 'DELETED') found.set(facts.id, facts);
          }
        }
        for (const ref of question.known) {
          if (found.has(ref.id)) continue;
          const shown = await byId.showIfSame(ref, { signal });
          if (shown !== null && shown.status !== 'DELETED') found.set(ref.id, shown);
        }
        return [...found.values()];
      });
    },

    /** Sends one create request and returns its outcome. */
    async createNotebook(input: {
      spec: Spec;
      pool: NotebookPool | null;
      owner: MarkerOwnership;
    }): Promise<CreateOutcome> {
      const { spec, pool, owner } = input;
      if (spec.notebook === undefined || isCurrentNotebook(spec.notebook))
        throw new Error('createNotebook needs a notebook of the historical API in the spec.');
      const marker = { installation: owner.installation, owner: owner.owner, spec: owner.specs.at(-1) ?? '' };
      const body = notebookRequest(spec, spec.notebook, pool, marker);
      try {
        const created = await notebooks.create(body, {
          signal: cancellationSignal(),
          awaitResponse: true,
          sendBefore: deps.now() + uniqueCreateMaxWaitMs + deps.settings.httpTimeoutMs,
        });
        return { outcome: 'created', id: created.id, createdAt: created.creation_timestamp ?? unknownInstant };
      } catch (error) {
        return outcomeOfFailedCreate(error);
      }
    },

    /** Waits in one poll window for a significant change of a notebook. */
    async observeNotebook(question: ObserveQuestion<NotebookFacts, NotebookGoal>): Promise<Observation<NotebookFacts>> {
      const label = `notebook ${question.name}`;
      const kind = { label, watcher: deps.watchers.notebooks, read: notebookFacts, rules: notebookRules, removals };
      return await observe(deps, kind, question);
    },

    async stopNotebook(ref: CommandedResource): Promise<CommandOutcome> {
      return await byId.commandIfSame(ref, (options) => notebooks.stop(ref.id, options));
    },

    /** Takes a notebook of a free flavor out of its queue. */
    async dequeueNotebook(ref: CommandedResource): Promise<CommandOutcome> {
      return await byId.commandIfSame(ref, (options) => notebooks.action(ref.id, 'dequeue', options));
    },

    /** A start that was refused because of another change is sent again, unless the notebook is starting by now. */
    async startNotebook(ref: ResourceRef): Promise<CommandOutcome> {
      const outcome = await byId.commandIfSame(ref, (options) => notebooks.start(ref.id, options));
      if (outcome.outcome !== 'refused') return outcome;
      const shown = await readWithRetries((options) => orAbsent(notebooks.show(ref.id, options)));
      if (shown !== null && needsStart(notebookFacts(shown))) throw refusedForNow(outcome.why);
      return outcome;
    },

    async deleteNotebook(ref: CommandedResource): Promise<CommandOutcome> {
      return await byId.commandIfSame(ref, (options) => notebooks.delete(ref.id, options));
    },
  };
}
