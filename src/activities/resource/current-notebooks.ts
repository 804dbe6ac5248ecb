import { cancellationSignal } from '@temporalio/activity';
import { makeFailure } from '../../contract/failures.js';
import { isCurrentNotebook, type Spec } from '../../contract/spec.js';
import type { ResourceRef } from '../../contract/workflows.js';
import type { CreateOutcome } from '../../domain/provision/after-create.js';
import type { ExistingResource } from '../../domain/provision/create.js';
import type { CommandOutcome } from '../../domain/resource/command-outcome.js';
import { chooseImage } from '../../domain/resource/image.js';
import { instantOf, unknownInstant } from '../../domain/resource/instant.js';
import { isMarkedBy, type MarkerOwnership, parseMarker } from '../../domain/resource/marker.js';
import { type NotebookFacts, type NotebookGoal, needsStart, notebookRules } from '../../domain/resource/notebook.js';
import type { Observation } from '../../domain/resource/observation.js';
import { currentNotebookFacts, existingCurrentNotebook } from '../../inventory/current-notebook-facts.js';
import { readImages } from '../../inventory/images.js';
import { createMaxWaitMs } from '../../modelarts/call.js';
import type { CurrentNotebook } from '../../modelarts/schemas/current-notebook.js';
import { type CommandedResource, orAbsent, readExisting, readOrFail, readWithRetries } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { outcomeOfFailedCreate, refusedForNow } from '../failures.js';
import { currentNotebookRequest } from './current-notebook-request.js';
import { notebookById } from './notebook-by-id.js';
import type { ExistingQuestion } from './pools.js';
import { type ObserveQuestion, observe, RemovalTimes } from './waiting.js';
import { currentNotebooksIn, inWorkspace, withDefault } from './workspaces.js';

/** Activities on notebook instances of the current API (docs/api/notebooks-current.md "1. Calls"). */
export function currentNotebookActivities(deps: ActivityDeps) {
  const removals = new RemovalTimes();
  const { currentNotebooks } = deps.modelarts;
  const byId = notebookById((id, options) => currentNotebooks.show(id, options), currentNotebookFacts);
  type Options = { readonly signal: AbortSignal };

  /**
   * A row without a description may be ours, so it is read by its id. `isWhole` is false when that shows none either.
   */
  async function described(row: CurrentNotebook, options: Options) {
    if (row.description !== undefined) return { facts: currentNotebookFacts(row), isWhole: true };
    const shown = (await orAbsent(currentNotebooks.show(row.id, options))) ?? row;
    return { facts: currentNotebookFacts(shown), isWhole: shown.description !== undefined };
  }

  return {
    /**
     * Finds the notebooks of this installation with the name. Names repeat, and filters are fuzzy, so rows are compared
     * exactly. A row without any description is returned without a marker. Lists lag behind, so the `known` notebooks
     * are shown by their ids.
     */
    async findExistingCurrentNotebook(
      question: ExistingQuestion & { owner: MarkerOwnership; known: readonly ResourceRef[] },
    ): Promise<ExistingResource[]> {
      return await readExisting(question.mayExist, async (options) => {
        const { name, owner, known } = question;
        const rows = await currentNotebooks.list({ ...inWorkspace(question.workspaceId), name }, options);
        const found = new Map<string, ExistingResource>();
        for (const row of rows.filter((one) => one.name === name && one.status !== 'DELETED')) {
          const { facts, isWhole } = await described(row, options);
          const isOurs = isMarkedBy(parseMarker(facts.description), owner.installation);
          if (isOurs || !isWhole) found.set(facts.id, existingCurrentNotebook(facts));
        }
        for (const ref of known) {
          const shown = found.has(ref.id) ? null : await byId.showIfSame(ref, options);
          if (shown !== null && shown.status !== 'DELETED') found.set(ref.id, existingCurrentNotebook(shown, true));
        }
        return [...found.values()];
      });
    },

    /** Finds every notebook that carries the marker of one of the owners, in each workspace that is in use. */
    async findOwnedCurrentNotebooks(question: {
      installation: string;
      owners: readonly string[];
      workspaceIds: readonly string[];
      /** Notebooks that are known to be ours, with or without their marker. */
      known: readonly ResourceRef[];
    }): Promise<NotebookFacts[]> {
      return await readWithRetries(async (options) => {
        const { installation, owners, known } = question;
        const found = new Map<string, NotebookFacts>();
        for (const workspaceId of withDefault(question.workspaceIds)) {
          for (const row of await currentNotebooksIn(deps, workspaceId, known.length > 0, options)) {
            const { facts } = await described(row, options);
            const isOurs = isMarkedBy(parseMarker(facts.description), installation, owners);
            if (isOurs && facts.status !== 'DELETED') found.set(facts.id, facts);
          }
        }
        for (const ref of known) {
          const shown = found.has(ref.id) ? null : await byId.showIfSame(ref, options);
          if (shown !== null && shown.status !== 'DELETED') found.set(ref.id, shown);
        }
        return [...found.values()];
      });
    },

    /** The id of the image that a spec names. */
    async resolveImage(input: { image: string; workspaceId: string | null }): Promise<string> {
      const { image, workspaceId } = input;
      const images = await readOrFail(({ signal }) =>
        readImages(deps.modelarts, image, workspaceId ?? undefined, signal),
      );
      const chosen = chooseImage(images, image);
      if (typeof chosen !== 'string') return chosen.id;
      throw makeFailure('InvalidSpec', `notebook.image: ${chosen}`, { hint: 'Fix the spec and run it again.' });
    },

    /**
     * Sends one create request and returns its outcome. Nothing makes a second one harmless, so only the workflow
     * decides on it.
     */
    async createCurrentNotebook(input: {
      spec: Spec;
      imageId: string;
      poolId: string | null;
      owner: MarkerOwnership;
    }): Promise<CreateOutcome> {
      const { spec, imageId, poolId, owner } = input;
      const { notebook } = spec;
      if (notebook === undefined || !isCurrentNotebook(notebook))
        throw new Error('createCurrentNotebook needs a notebook of the current API in the spec.');
      const marker = { installation: owner.installation, owner: owner.owner, spec: owner.specs.at(-1) ?? '' };
      const body = currentNotebookRequest(spec, notebook, { imageId, poolId, marker, now: deps.now() });
      try {
        const created = await currentNotebooks.create(body, {
          signal: cancellationSignal(),
          awaitResponse: true,
          sendBefore: deps.now() + createMaxWaitMs + deps.settings.httpTimeoutMs,
        });
        return { outcome: 'created', id: created.id, createdAt: instantOf(created.create_at) || unknownInstant };
      } catch (error) {
        return outcomeOfFailedCreate(error);
      }
    },

    /** Waits in one poll window for a significant change of a notebook. */
    async observeCurrentNotebook(
      question: ObserveQuestion<NotebookFacts, NotebookGoal>,
    ): Promise<Observation<NotebookFacts>> {
      const label = `notebook ${question.name}`;
      const { currentNotebooks: watcher } = deps.watchers;
      return await observe(
        deps,
        { label, watcher, read: currentNotebookFacts, rules: notebookRules, removals },
        question,
      );
    },

    async stopCurrentNotebook(ref: CommandedResource): Promise<CommandOutcome> {
      return await byId.commandIfSame(ref, (options) => currentNotebooks.stop(ref.id, options));
    },

    /**
     * Starts a notebook for so many milliseconds, -1 without an automatic stop. A start that was refused because of
     * another change is sent again, unless the notebook is starting by now.
     */
    async startCurrentNotebook({ durationMs, ...ref }: ResourceRef & { durationMs: number }): Promise<CommandOutcome> {
      const outcome = await byId.commandIfSame(ref, (options) =>
        currentNotebooks.start(ref.id, { duration: durationMs }, options),
      );
      if (outcome.outcome !== 'refused') return outcome;
      const shown = await readWithRetries((options) => orAbsent(currentNotebooks.show(ref.id, options)));
      if (shown !== null && needsStart(currentNotebookFacts(shown))) throw refusedForNow(outcome.why);
      return outcome;
    },

    async deleteCurrentNotebook(ref: CommandedResource): Promise<CommandOutcome> {
      return await byId.commandIfSame(ref, (options) => currentNotebooks.delete(ref.id, options));
    },
  };
}
