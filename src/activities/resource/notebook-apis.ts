import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../../contract/failures.js';
import type { ResourceRef } from '../../contract/workflows.js';
import { isMarkedBy, parseMarker } from '../../domain/resource/marker.js';
import { type NotebookApi, type NotebookFacts, notebookApiOf } from '../../domain/resource/notebook.js';
import { currentNotebookFacts } from '../../inventory/current-notebook-facts.js';
import { notebookFacts } from '../../inventory/notebook-facts.js';
import { isUnpublished } from '../../modelarts/errors.js';
import { readOrFail } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { currentNotebookActivities } from './current-notebooks.js';
import { notebookActivities } from './notebooks.js';
import { currentNotebooksIn, inWorkspace, notebooksIn, workspacesFor } from './workspaces.js';

/** Fails when this account does not have the notebook API that the spec asks for, before a pool costs money. */
export async function checkNotebookApi(
  { modelarts: { currentNotebooks, notebooks } }: ActivityDeps,
  { workspaceId, api }: { readonly workspaceId: string | null; readonly api: NotebookApi },
  options: { readonly signal: AbortSignal },
): Promise<void> {
  const filter = inWorkspace(workspaceId);
  try {
    // One page is enough.
    await (api === 'current'
      ? currentNotebooks.list({ ...filter, name: 'maops-check' }, options)
      : notebooks.list(filter, options));
  } catch (error) {
    throw isUnpublished(error) ? noNotebookApi(api) : error;
  }
}

/** Activities that concern both notebook APIs. */
export function notebookApiActivities(deps: ActivityDeps) {
  async function allIn(workspaceId: string | null, options: { signal: AbortSignal }): Promise<NotebookFacts[]> {
    const historical = await notebooksIn(deps, workspaceId, {}, options, false);
    const current = await currentNotebooksIn(deps, workspaceId, false, options);
    return [...historical.map(notebookFacts), ...current.map(currentNotebookFacts)].filter(
      ({ status }) => status !== 'DELETED',
    );
  }

  return {
    /** Finds every notebook of either API that carries the marker of one of the owners, or is known to be ours. */
    async findOwnedNotebooks(question: {
      installation: string;
      owners: readonly string[];
      workspaceIds: readonly string[];
      known: readonly ResourceRef[];
    }): Promise<NotebookFacts[]> {
      const knownIn = (api: NotebookApi) => question.known.filter(({ id }) => notebookApiOf(id) === api);
      const [historical, current] = [notebookActivities(deps), currentNotebookActivities(deps)];
      return [
        ...(await historical.findOwnedHistoricalNotebooks({ ...question, known: knownIn('historical') })),
        ...(await current.findOwnedCurrentNotebooks({ ...question, known: knownIn('current') })),
      ];
    },

    /** Finds the notebook that an operator names, by name or id: in the default workspace first. */
    async resolveNotebook(input: { name: string }): Promise<ResourceRef> {
      return await readOrFail(async (options) => {
        const findIn = async (workspaceId: string | null): Promise<ResourceRef | null> => {
          const named = (await allIn(workspaceId, options)).filter(
            ({ id, name }) => id === input.name || name === input.name,
          );
          const ours = named.filter(({ description }) => isMarkedBy(parseMarker(description), deps.installation));
          const candidates = ours.length > 0 ? ours : named;
          const byId = candidates.find(({ id }) => id === input.name);
          const [first, second] = byId === undefined ? candidates : [byId];
          // The current API lets names repeat.
          if (second !== undefined) throw severalNotebooks(input.name, candidates);
          return first === undefined ? null : { id: first.id, createdAt: first.createdAt };
        };
        const found = await findIn(null);
        if (found !== null) return found;
        const { ids, unasked } = await workspacesFor(deps, options.signal, input.name);
        for (const workspaceId of ids) {
          const elsewhere = await findIn(workspaceId);
          if (elsewhere !== null) return elsewhere;
        }
        throw noNotebook(input.name, unasked);
      });
    },
  };
}

function noNotebook(name: string, unasked: readonly string[]): ApplicationFailure {
  return makeFailure('NotFound', [`no notebook named ${name}`, ...unasked].join('; not read: '), {
    hint: 'See `maops notebook list`.',
  });
}

function severalNotebooks(name: string, candidates: readonly NotebookFacts[]): ApplicationFailure {
  const ids = candidates.slice(0, 10).map(({ id }) => id);
  return makeFailure('RequestRejected', `${candidates.length} notebooks are named ${name}: ${ids.join(', ')}`, {
    hint: 'Name one by its id.',
  });
}

const missingApi: Readonly<Record<NotebookApi, { readonly is: string; readonly use: string }>> = {
  historical: {
    is: 'the historical notebook API (demanager)',
    use: 'Use the current API: give `notebook.image` in place of `notebook.profileId`.',
  },
  current: {
    is: 'the current notebook API',
    use: 'Use the historical API: give `notebook.profileId` in place of `notebook.image`.',
  },
};

function noNotebookApi(api: NotebookApi): ApplicationFailure {
  const { is, use } = missingApi[api];
  return makeFailure('RequestRejected', `this account does not have ${is}`, {
    errorCode: 'APIGW.0101',
    hint: `${use} Or create the pool alone: \`maops pool create -f FILE\`.`,
  });
}
