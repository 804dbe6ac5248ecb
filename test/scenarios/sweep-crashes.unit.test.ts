import type { SweepProgress } from '../../src/contract/workflows.js';
import type { Testbed } from '../support/testbed.js';
import { orphaned, placeStray } from './outside-changes.js';
import { bothMade, nothing } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';

const workflowId = 'sweep/crashes';
const rules = { orphans: { minAge: '0s' } };
const done = { status: 'COMPLETED', phase: 'Done', made: bothMade, ...nothing };

async function apply({ temporal }: Testbed, planHash?: string): Promise<void> {
  await temporal.start('sweepExpired', workflowId, [{ apply: true, rules, planHash }]);
}

const hashes = new WeakMap<Testbed, string | undefined>();

async function planned(testbed: Testbed): Promise<void> {
  await orphaned(testbed);
  await testbed.temporal.start('sweepExpired', 'sweep/plan', [{ rules }]);
  hashes.set(testbed, (await testbed.temporal.result<SweepProgress>('sweep/plan')).plan?.hash);
}

testCrashes([
  {
    name: 'a sweep by the hash of a plan',
    workflowId,
    prepare: planned,
    play: async (testbed) => await apply(testbed, hashes.get(testbed)),
    outcome: done,
  },
  {
    name: 'a sweep of resources without a known name, whose delete fails at first',
    workflowId,
    faults: [{ operation: 'pools.delete', kind: 'deleteFails', how: 'reverts', optional: true }],
    prepare: placeStray,
    play: apply,
    outcome: { ...done, made: [] },
  },
]);
