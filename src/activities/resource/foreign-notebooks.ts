import type { ApplicationFailure } from '@temporalio/common';
import { type FailureType, makeFailure } from '../../contract/failures.js';
import { isMarkedBy, parseMarker } from '../../domain/resource/marker.js';
import { notebookFacts } from '../../inventory/notebook-facts.js';
import { ModelArtsError } from '../../modelarts/errors.js';
import type { Notebook } from '../../modelarts/schemas/notebook.js';
import { readingPatiently } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { notebooksIn, withDefault } from './workspaces.js';

/** A pool that is about to be deleted, and whose notebooks may be on it. */
export interface OwnedPool {
  readonly id: string;
  /** The name under which it was made, as messages call it. */
  readonly name: string;
  /** Hashes of the workflow ids whose resources these are. */
  readonly owners: readonly string[];
  /** Workspaces besides the default one that its notebooks may be in. @defaultValue none: a run of an earlier version knows none */
  readonly workspaceIds?: readonly string[];
}

/**
 * A notebook of someone else keeps the pool: deleting the pool would end it. Everyone's are listed (`show_self=false`), in each
 * workspace that is known of, as no list is of all (docs/api/notebooks-and-auth.md "2.4 O2 list"), and just before each DELETE: between two
 * tries of it somebody may have come.
 */
export async function refuseForeignNotebooks(
  deps: ActivityDeps,
  { id, name, owners, workspaceIds = [] }: OwnedPool,
): Promise<void> {
  const foreign = await readingPatiently(async (options) => {
    for (const workspaceId of withDefault(workspaceIds)) {
      const everyones = { pool_id: id, show_self: false };
      const listed = await notebooksIn(deps, workspaceId, everyones, options).catch(refuseBlindDelete);
      const found = listed.find((one) => one.pool?.id === id && one.status !== 'DELETED' && !isOurs(one));
      if (found !== undefined) return found;
    }
    return undefined;
  });
  if (foreign === undefined) return;
  const markerOwnershipOf = foreign.user?.name ?? foreign.user?.id ?? 'someone else';
  const hint = `Ask ${markerOwnershipOf} to delete notebook ${foreign.name} (${foreign.id}), then run \`maops env teardown ${name}\`.`;
  throw refusal('Protected', `pool ${name} stays: notebook ${foreign.name ?? ''} of ${markerOwnershipOf} is on it`, {
    hint,
  });

  /** Without the right to see everyone's nobody can say that the pool is free: tries in a row would only hide the reason. */
  function refuseBlindDelete(error: unknown): never {
    if (!(error instanceof ModelArtsError) || error.kind !== 'permission') throw error;
    const message = `whether someone else's notebook is on pool ${name} cannot be seen: ${error.message}`;
    const { errorCode, requestId } = error;
    throw refusal('NotAuthorized', message, { errorCode, requestId, hint: seeEveryones });
  }

  function isOurs(notebook: Notebook): boolean {
    return isMarkedBy(parseMarker(notebookFacts(notebook).description), deps.installation, owners);
  }
}

const seeEveryones =
  'Give the worker’s user the right to list the notebooks of all users (show_self=false); `maops doctor` checks it.';

function refusal(
  type: FailureType,
  message: string,
  { hint, errorCode = null, requestId = null }: { hint: string; errorCode?: string | null; requestId?: string | null },
): ApplicationFailure {
  return makeFailure(type, message, { errorCode, requestId, hint });
}
