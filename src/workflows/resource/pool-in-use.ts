import type { ApplicationFailure } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
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
