import type { ApplicationFailure } from '@temporalio/common';
import { type FailureType, makeFailure } from '../../contract/failures.js';
import { isMarkedBy, parseMarker } from '../../domain/resource/marker.js';
import type { NotebookFacts } from '../../domain/resource/notebook.js';
import { currentNotebookFacts } from '../../inventory/current-notebook-facts.js';
import { notebookFacts } from '../../inventory/notebook-facts.js';
import { isUnknownWorkspace, isUnpublished, ModelArtsError } from '../../modelarts/errors.js';
import type { CurrentNotebook } from '../../modelarts/schemas/current-notebook.js';
import { readWithRetries } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { inWorkspace, notebooksIn, withDefault } from './workspaces.js';

/** A pool that is about to be deleted, and the owners whose notebooks may be on it. */
export interface OwnedPool {
  readonly id: string;
  /** Its name in messages. */
  readonly name: string;
  /** Hashes of the workflow ids that own the resources. */
  readonly owners: readonly string[];
  /** Workspaces besides the default one that its notebooks may be in. */
  readonly workspaceIds?: readonly string[];
}

/**
 * Refuses to delete a pool with another user's notebook on it: the deletion would end that notebook. The notebooks of all
 * users are listed (`show_self=false`) in every known workspace, because no list covers all of them
 * (docs/api/notebooks-and-auth.md "2.4 O2 list"). This is repeated before each DELETE.
 */
export async function refuseForeignNotebooks(
  deps: ActivityDeps,
  { id, name, owners, workspaceIds = [] }: OwnedPool,
): Promise<void> {
  const foreign = await readWithRetries(async (options) => {
    for (const workspaceId of withDefault(workspaceIds)) {
      const everyones = { pool_id: id, show_self: false };
      // An account may have one of the two APIs only. The pool was read just now, so a missing API is no failed read.
      const historical = await notebooksIn(deps, workspaceId, everyones, options, false).catch(refuseBlindDelete);
      const current = await everyonesIn(deps, workspaceId, id, options).catch(refuseBlindDelete);
      const listed = [
        ...historical.map((one) => ({ ...notebookFacts(one), user: one.user })),
        ...current.map((one) => ({ ...currentNotebookFacts(one), user: one.user })),
      ];
      const found = listed.find((one) => one.poolId === id && one.status !== 'DELETED' && !isOurs(one));
      if (found !== undefined) return found;
    }
    return undefined;
  });
  if (foreign === undefined) return;
  const user = foreign.user?.name ?? foreign.user?.id ?? 'another user';
  const hint = `Ask ${user} to delete notebook ${foreign.name} (${foreign.id}), then run \`maops env teardown ${name}\`.`;
  throw refusal('Protected', `pool ${name} is kept: notebook ${foreign.name} of ${user} runs on it`, {
    hint,
  });

  /** Without permission to list all notebooks the pool may be in use. Retrying inside the activity would only hide the reason. */
  function refuseBlindDelete(error: unknown): never {
    if (!(error instanceof ModelArtsError) || error.kind !== 'permission') throw error;
    const message = `cannot check pool ${name} for other users' notebooks: ${error.message}`;
    const { errorCode, requestId } = error;
    throw refusal('NotAuthorized', message, { errorCode, requestId, hint: seeEveryones });
  }

  function isOurs({ description }: NotebookFacts): boolean {
    return isMarkedBy(parseMarker(description), deps.installation, owners);
  }
}

/** All users' notebooks of the current API on a pool, whose list has a right of its own (docs/api/notebooks-current.md "1. Calls"). */
async function everyonesIn(
  { modelarts }: ActivityDeps,
  workspaceId: string | null,
  poolId: string,
  options: { signal: AbortSignal },
): Promise<readonly CurrentNotebook[]> {
  try {
    return await modelarts.currentNotebooks.listAll({ ...inWorkspace(workspaceId), pool_id: poolId }, options);
  } catch (error) {
    if (isUnknownWorkspace(error) || isUnpublished(error)) return [];
    throw error;
  }
}

const seeEveryones =
  'Give the worker’s user permission to list the notebooks of all users (show_self=false). `maops doctor` checks it.';

function refusal(
  type: FailureType,
  message: string,
  { hint, errorCode = null, requestId = null }: { hint: string; errorCode?: string | null; requestId?: string | null },
): ApplicationFailure {
  return makeFailure(type, message, { errorCode, requestId, hint });
}
