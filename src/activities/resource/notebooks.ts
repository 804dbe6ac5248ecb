import { type ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import { makeFailure } from '../../contract/failures.js';
import type { NotebookPool, Spec } from '../../contract/spec.js';
import type { ResourceRef } from '../../contract/workflows.js';
import type { CreateOutcome, Found } from '../../domain/provision/create.js';
import { type CommandOutcome, notSent } from '../../domain/resource/command-outcome.js';
import { maybeSame } from '../../domain/resource/identity.js';
import { unknownInstant } from '../../domain/resource/instant.js';
import { type MarkerOwnership, parseMarker } from '../../domain/resource/marker.js';
import { type NotebookFacts, type NotebookGoal, standsStill } from '../../domain/resource/notebook.js';
import { notebookRules, type Observation, type Pace, type Watch } from '../../domain/resource/observation.js';
import { foundNotebook, notebookFacts } from '../../inventory/notebook-facts.js';
import { isUnpublished } from '../../modelarts/errors.js';
import {
  type CommandedResource,
  commanding,
  looking,
  orAbsent,
  reading,
  readingPatiently,
  refuseProtected,
} from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { outcomeOfFailedCreate, refusedForNow } from '../failures.js';
import { createAdmissionMs } from './pools.js';
import { notebookRequest } from './requests.js';
import { awaitSignificantChange, lookOf, paceOf, targetOf } from './waiting.js';
import { inWorkspace, notebooksIn, withDefault, workspacesFor } from './workspaces.js';

/** Activities on notebook instances of the old API (docs/api/notebooks-and-auth.md "1.1 Old generation"). */
export function notebookActivities(deps: ActivityDeps) {
  const { notebooks } = deps.modelarts;

  async function listIn(workspaceId: string | null, signal: AbortSignal): Promise<NotebookFacts[]> {
    const { instances } = await notebooks.list(inWorkspace(workspaceId), { signal });
    return instances.map(notebookFacts);
  }

  /** Shows a notebook by its id; null when it is gone, or another one has the id. */
  async function showIfSame(ref: ResourceRef, signal: AbortSignal): Promise<NotebookFacts | null> {
    const shown = await orAbsent(notebooks.show(ref.id, { signal }));
    const facts = shown === null ? null : notebookFacts(shown);
    return facts !== null && maybeSame(facts, ref) ? facts : null;
  }

  /** Sends a command if the notebook still is the one that was looked at, and nobody has protected it since. */
  async function commandIfSame(
    ref: CommandedResource,
    command: (options: { signal: AbortSignal }) => Promise<unknown>,
  ): Promise<CommandOutcome> {
    return await commanding(async (options) => {
      const shown = await orAbsent(notebooks.show(ref.id, options));
      if (shown === null || shown.status === 'DELETED') return notSent('gone', `notebook ${ref.id}`);
      const label = `notebook ${shown.name ?? ref.id}`;
      if (!maybeSame(notebookFacts(shown), ref)) return notSent('replaced', label);
      refuseProtected(ref, label, shown.description);
      await command(options);
      return undefined;
    });
  }

  return {
    /**
     * Looks for notebooks of a name: names are unique, so one that is not ours takes it. By default the service lists
     * the caller's own; when it has refused a create because the name exists, `everyones` finds another user's too.
     * Lists lag behind: what is `known` to be there is shown by its id.
     */
    async lookForNotebook(question: {
      name: string;
      workspaceId: string | null;
      everyones?: boolean;
      isSettling?: boolean;
      known?: readonly ResourceRef[];
    }): Promise<Found[]> {
      return await looking(question.isSettling === true, async ({ signal }) => {
        const listed = await listIn(question.workspaceId, signal);
        if (question.everyones === true && !listed.some(({ name }) => name === question.name)) {
          for (const workspaceId of withDefault([question.workspaceId])) {
            const everyones = await notebooksIn(deps, workspaceId, { show_self: false }, { signal });
            listed.push(...everyones.map(notebookFacts));
          }
        }
        for (const ref of question.known ?? []) {
          if (listed.some(({ id }) => id === ref.id)) continue;
          const shown = await showIfSame(ref, signal);
          if (shown !== null) listed.push(shown);
        }
        return listed.filter(({ name, status }) => name === question.name && status !== 'DELETED').map(foundNotebook);
      });
    },

    /** Finds every notebook that carries the marker of one of the owners, in each workspace that is in use. */
    async findNotebooks(question: {
      installation: string;
      owners: readonly string[];
      workspaceIds: readonly string[];
      /** Notebooks that are known to be ours, whatever became of their marker. */
      known: readonly ResourceRef[];
    }): Promise<NotebookFacts[]> {
      return await readingPatiently(async ({ signal }) => {
        const found = new Map<string, NotebookFacts>();
        for (const workspaceId of withDefault(question.workspaceIds)) {
          for (const notebook of await notebooksIn(deps, workspaceId, {}, { signal })) {
            const facts = notebookFacts(notebook);
            const marker = parseMarker(facts.description);
            const isOurs = marker?.installation === question.installation && question.owners.includes(marker.owner);
            if (isOurs && facts.status !== 'DELETED') found.set(facts.id, facts);
          }
        }
        for (const ref of question.known) {
          if (found.has(ref.id)) continue;
          const shown = await showIfSame(ref, signal);
          if (shown !== null && shown.status !== 'DELETED') found.set(ref.id, shown);
        }
        return [...found.values()];
      });
    },

    /** Sends one create call and says what it came to. */
    async createNotebook(input: {
      spec: Spec;
      pool: NotebookPool | null;
      owner: MarkerOwnership;
    }): Promise<CreateOutcome> {
      const { spec, pool, owner } = input;
      if (spec.notebook === undefined) throw new Error('createNotebook needs a notebook in the spec.');
      const marker = { installation: owner.installation, owner: owner.owner, spec: owner.specs.at(-1) ?? '' };
      const body = notebookRequest(spec, spec.notebook, pool, marker);
      try {
        const created = await notebooks.create(body, {
          signal: cancellationSignal(),
          awaitResponse: true,
          maxWaitMs: createAdmissionMs,
          sendBefore: deps.now() + createAdmissionMs + deps.settings.httpTimeoutMs,
        });
        return { outcome: 'created', id: created.id, createdAt: created.creation_timestamp ?? unknownInstant };
      } catch (error) {
        return outcomeOfFailedCreate(error);
      }
    },

    /** Waits in one window until there is news of a notebook. */
    async awaitNotebook(question: {
      id: string;
      name: string;
      workspaceId: string | null;
      goal: NotebookGoal;
      watch: Watch<NotebookFacts>;
      pace?: Pace;
    }): Promise<Observation<NotebookFacts>> {
      return await awaitSignificantChange(deps, {
        name: `notebook ${question.name}`,
        goal: question.goal,
        watch: question.watch,
        pace: paceOf(deps, question),
        rules: { ...notebookRules, judge: (_label, facts, goal) => notebookRules.judge(question.name, facts, goal) },
        subscribe: (listener) =>
          deps.watchers.notebooks.subscribe(targetOf(question.id, question, paceOf(deps, question)), (seen) =>
            listener(lookOf(seen, notebookFacts)),
          ),
      });
    },

    async stopNotebook(ref: CommandedResource): Promise<CommandOutcome> {
      return await commandIfSame(ref, (options) => notebooks.stop(ref.id, options));
    },

    /** Takes a notebook of a free flavor out of the queue that it waits in. */
    async dequeueNotebook(ref: CommandedResource): Promise<CommandOutcome> {
      return await commandIfSame(ref, (options) => notebooks.action(ref.id, 'dequeue', options));
    },

    /** A start that was refused for something else under way is sent again, unless that has brought it up: no look would. */
    async startNotebook(ref: ResourceRef): Promise<CommandOutcome> {
      const outcome = await commandIfSame(ref, (options) => notebooks.start(ref.id, options));
      if (outcome.outcome !== 'refused') return outcome;
      const shown = await readingPatiently((options) => orAbsent(notebooks.show(ref.id, options)));
      if (shown !== null && standsStill(notebookFacts(shown))) throw refusedForNow(outcome.why);
      return outcome;
    },

    async deleteNotebook(ref: CommandedResource): Promise<CommandOutcome> {
      return await commandIfSame(ref, (options) => notebooks.delete(ref.id, options));
    },

    /** Fails when this account has no notebook API of the old generation, before a pool is paid for. */
    async checkNotebookApi(input: { workspaceId: string | null }): Promise<void> {
      await reading(async ({ signal }) => {
        try {
          await listIn(input.workspaceId, signal);
        } catch (error) {
          throw isUnpublished(error) ? noNotebookApi() : error;
        }
      });
    },

    /** The notebook that an operator names, by name or id: first where all are that no workspace was named for. */
    async resolveNotebook(input: { name: string }): Promise<ResourceRef> {
      return await reading(async ({ signal }) => {
        const lookIn = async (workspaceId: string | null): Promise<ResourceRef | null> => {
          const listed = await notebooksIn(deps, workspaceId, {}, { signal });
          const facts = listed.map(notebookFacts).find(({ id, name }) => id === input.name || name === input.name);
          return facts === undefined ? null : { id: facts.id, createdAt: facts.createdAt };
        };
        const found = await lookIn(null);
        if (found !== null) return found;
        const { ids, unasked } = await workspacesFor(deps, signal, input.name);
        for (const workspaceId of ids) {
          const elsewhere = await lookIn(workspaceId);
          if (elsewhere !== null) return elsewhere;
        }
        throw noNotebook(input.name, unasked);
      });
    },
  };
}

function noNotebook(name: string, unasked: readonly string[]): ApplicationFailure {
  return makeFailure('NotFound', [`there is no notebook ${name}`, ...unasked].join('; not read: '), {
    hint: 'See `maops notebook list`.',
  });
}

function noNotebookApi(): ApplicationFailure {
  return makeFailure('RequestRejected', 'this account has no notebook API of the old generation (demanager)', {
    errorCode: 'APIGW.0101',
    hint: 'Create the pool alone: `maops pool create -f FILE`.',
  });
}
