import type { ApplicationFailure } from '@temporalio/workflow';
import type { UseQuestion } from '../../activities/resource/pool-use.js';
import { makeFailure } from '../../contract/failures.js';
import type { Identity } from '../../contract/settings.js';
import type { EnvironmentResources } from '../../contract/workflows.js';
import { describeUse, type PoolUse, stateOfUse } from '../../domain/resource/pool-use.js';

/** The refusal to delete a pool that jobs use, or whose jobs cannot be read. */
export function poolInUse(name: string, use: PoolUse): ApplicationFailure {
  const again = `maops env teardown ${name}`;
  const hint =
    stateOfUse(use) === 'unknown'
      ? `\`maops doctor\` shows what this account cannot read. To delete the pool anyway: \`${again} --with-jobs --reason …\`.`
      : `To wait for the jobs: \`${again} --drain 2h --reason …\`. To delete the pool under them: \`--with-jobs\`.`;
  return makeFailure('Busy', `pool ${name} is kept: ${describeUse(use, Date.now())}`, { hint });
}

/** The pool among the resources of a name, as its jobs are read; null without a pool. */
export function usedPool(
  name: string,
  owners: Identity['owners'],
  resources: EnvironmentResources,
): UseQuestion | null {
  const { pool, notebooks, workspaceIds, removed = [] } = resources;
  if (pool === null) return null;
  const ownNotebooks = [...notebooks, ...removed].map(({ id }) => id);
  return { id: pool.id, name, owners: [owners.env, owners.pool, owners.notebook], workspaceIds, ownNotebooks };
}
