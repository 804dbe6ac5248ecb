import { ApplicationFailure } from '@temporalio/common';
import { parseMarker } from '../domain/marker.js';
import type { Notebook } from '../modelarts/schemas/notebook.js';
import { readingPatiently } from './calls.js';
import type { ActivityDeps } from './deps.js';
import { notebookFacts } from './facts.js';

/** A pool that is about to be deleted, and whose notebooks may be on it. */
export interface OwnedPool {
  readonly id: string;
  /** The name under which it was made, as messages call it. */
  readonly name: string;
  /** Hashes of the workflow ids whose resources these are. */
  readonly owners: readonly string[];
}

/**
 * A notebook of someone else keeps the pool (design section 9). Everyone's are listed (`show_self=false`,
 * notebooks-and-auth.md 2.4), and just before each DELETE: between two tries of it somebody may have come.
 */
export async function refuseStrangers(deps: ActivityDeps, { id, name, owners }: OwnedPool): Promise<void> {
  const stranger = await readingPatiently(async (options) => {
    const { instances } = await deps.modelarts.notebooks.list({ pool_id: id, show_self: false }, options);
    return instances.find((one) => one.pool?.id === id && one.status !== 'DELETED' && !isOurs(one));
  });
  if (stranger === undefined) return;
  const whose = stranger.user?.name ?? stranger.user?.id ?? 'someone else';
  const hint = `Ask ${whose} to delete notebook ${stranger.name} (${stranger.id}), then run \`maops env teardown ${name}\`.`;
  throw ApplicationFailure.create({
    type: 'Protected',
    message: `pool ${name} stays: notebook ${stranger.name ?? ''} of ${whose} is on it`,
    nonRetryable: true,
    details: [{ errorCode: null, requestId: null, hint }],
  });

  function isOurs(notebook: Notebook): boolean {
    const marker = parseMarker(notebookFacts(notebook).description);
    return marker !== null && marker.installation === deps.installation && owners.includes(marker.owner);
  }
}
