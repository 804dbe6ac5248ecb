import { cancellationSignal } from '@temporalio/activity';
import pMap from 'p-map';
import { parseMarker } from '../../domain/resource/marker.js';
import { noUse, type PoolUse } from '../../domain/resource/pool-use.js';
import type { PlanDraft, PlanItem } from '../../domain/teardown/plan.js';
import { isCredentialRejected } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { readUse, type UseQuestion } from '../resource/pool-use.js';

/** Pools that are read at the same time. */
const width = 8;
/** Attempts to read the use of one pool, and the pause between them. */
const attempts = 3;
const pauseMs = 2_000;

/** The pool of a plan's item, as its jobs are read. The notebooks of its environment do not count. */
export function usedPoolOf(item: PlanItem, items: readonly PlanItem[]): UseQuestion {
  const { id, name, environment, workspaceId } = item;
  const ownerOf = ({ marker }: PlanItem) => parseMarker(marker)?.owner ?? '';
  const isOfSameName = (one: PlanItem) =>
    environment === null ? ownerOf(one) === ownerOf(item) : one.environment === environment;
  const own = items.filter((one) => one.kind === 'notebook' && isOfSameName(one));
  return {
    id,
    name: environment ?? name,
    owners: [...new Set([item, ...own].map(ownerOf))],
    workspaceIds: workspaceId === null ? [] : [workspaceId],
    ownNotebooks: own.map((notebook) => notebook.id),
  };
}

/**
 * The use of each pool that a plan would delete, by id. One pool that cannot be read does not stop the others: it is
 * unknown.
 */
export async function readPoolUses(deps: ActivityDeps, { items }: PlanDraft): Promise<ReadonlyMap<string, PoolUse>> {
  const signal = cancellationSignal();
  const pools = items.filter(({ kind }) => kind === 'pool');
  const uses = await pMap(pools, async (item) => [item.id, await readPatiently(usedPoolOf(item, items))] as const, {
    concurrency: width,
  });
  return new Map(uses);

  async function readPatiently(pool: UseQuestion): Promise<PoolUse> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await readUse(deps, pool);
      } catch (error) {
        if (signal.aborted || isCredentialRejected(error)) throw error;
        if (attempt === attempts)
          return { ...noUse, unknown: [error instanceof Error ? error.message : String(error)] };
        await deps.sleep(pauseMs, signal);
      }
    }
  }
}
