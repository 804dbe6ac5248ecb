import type { SweepProgress } from '../../src/contract/workflows.js';
import { testCrashes } from '../temporal-sim/crash-suite.js';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { orphaned, placeStray } from './outside.js';
import { bothMade, nothing } from './stories.js';

const workflowId = 'sweep/crashes';
const rules = { orphans: { minAge: '0s' } };
const done = { status: 'COMPLETED', phase: 'Done', made: bothMade, ...nothing };

async function apply({ world }: VirtualStack, planHash?: string): Promise<void> {
  await world.start('sweepExpired', workflowId, [{ apply: true, rules, planHash }]);
}

const hashes = new WeakMap<VirtualStack, string | undefined>();

async function planned(stack: VirtualStack): Promise<void> {
  await orphaned(stack);
  await stack.world.start('sweepExpired', 'sweep/plan', [{ rules }]);
  hashes.set(stack, (await stack.world.result<SweepProgress>('sweep/plan')).plan?.hash);
}

testCrashes([
  {
    name: 'a sweep by the hash of a plan',
    workflowId,
    prepare: planned,
    play: async (stack) => await apply(stack, hashes.get(stack)),
    outcome: done,
  },
  {
    name: 'a sweep of what nobody knows by name, whose delete fails at first',
    workflowId,
    faults: [{ operation: 'pools.delete', kind: 'deleteFails', how: 'reverts', optional: true }],
    prepare: placeStray,
    play: apply,
    outcome: { ...done, made: [] },
  },
]);
