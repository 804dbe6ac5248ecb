import { makeFailure } from '../../contract/failures.js';
import { isMarkedBy, parseMarker } from '../../domain/resource/marker.js';
import type { NotebookFacts } from '../../domain/resource/notebook.js';
import { currentNotebookFacts } from '../../inventory/current-notebook-facts.js';
import { notebookFacts } from '../../inventory/notebook-facts.js';
import { isUnreadable } from '../../inventory/pool-use.js';
import { isUnknownWorkspace, isUnpublished } from '../../modelarts/errors.js';
import type { RequestOptions } from '../../modelarts/request-options.js';
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

/** A notebook of another user, and its user. */
type ForeignNotebook = NotebookFacts & {
  readonly user?: { readonly name?: string | undefined; readonly id?: string | undefined } | undefined;
};

/**
 * Refuses to delete a pool with another user's notebook on it: the deletion would end that notebook. This is repeated
 * before each DELETE. Returns the lists that this account may not read: the pool may then be in use.
 */
export async function refuseForeignNotebooks(deps: ActivityDeps, pool: OwnedPool): Promise<readonly string[]> {
  const { foreign, unknown } = await findForeignNotebook(deps, pool, 'guard');
  if (foreign === null) return unknown;
  const { name } = pool;
  const user = foreign.user?.name ?? foreign.user?.id ?? 'another user';
  const hint = `Ask ${user} to delete notebook ${foreign.name} (${foreign.id}), then run \`maops env teardown ${name}\`.`;
  throw makeFailure('Protected', `pool ${name} is kept: notebook ${foreign.name} of ${user} runs on it`, { hint });
}

/**
 * Finds a notebook of another user on a pool. The notebooks of all users are listed (`show_self=false`, and `listAll`
 * of the current API) in every known workspace, because no list covers all of them (docs/api/notebooks-and-auth.md "2.4
 * O2 list").
 */
export async function findForeignNotebook(
  deps: ActivityDeps,
  { id, owners, workspaceIds = [] }: OwnedPool,
  priority?: 'guard',
): Promise<{ readonly foreign: ForeignNotebook | null; readonly unknown: readonly string[] }> {
  return await readWithRetries(async ({ signal }) => {
    const options = { signal, priority };
    const unknown: string[] = [];
    const reported = (error: unknown): [] => {
      if (!isUnreadable(error)) throw error;
      unknown.push(error.message);
      return [];
    };
    for (const workspaceId of withDefault(workspaceIds)) {
      const everyones = { pool_id: id, show_self: false };
      // An account may have one of the two APIs only. The pool was read just now, so a missing API is no failed read.
      const historical = await notebooksIn(deps, workspaceId, everyones, options, false).catch(reported);
      const current = await everyonesIn(deps, workspaceId, id, options).catch(reported);
      const listed = [
        ...historical.map((one) => ({ ...notebookFacts(one), user: one.user })),
        ...current.map((one) => ({ ...currentNotebookFacts(one), user: one.user })),
      ];
      const foreign = listed.find((one) => one.poolId === id && one.status !== 'DELETED' && !isOurs(one));
      if (foreign !== undefined) return { foreign, unknown };
    }
    return { foreign: null, unknown };
  });

  function isOurs({ description }: NotebookFacts): boolean {
    return isMarkedBy(parseMarker(description), deps.installation, owners);
  }
}

/**
 * All users' notebooks of the current API on a pool, whose list has a right of its own (docs/api/notebooks-current.md
 * "1. Calls").
 */
async function everyonesIn(
  { modelarts }: ActivityDeps,
  workspaceId: string | null,
  poolId: string,
  options: RequestOptions,
): Promise<readonly CurrentNotebook[]> {
  try {
    return await modelarts.currentNotebooks.listAll({ ...inWorkspace(workspaceId), pool_id: poolId }, options);
  } catch (error) {
    if (isUnknownWorkspace(error) || isUnpublished(error)) return [];
    throw error;
  }
}
