import type { SweepProgress } from '../../src/contract/workflows.js';
import { formatMarker } from '../../src/domain/marker.js';
import { ownerHash } from '../../src/spec/hash.js';
import { testCrashes } from '../support/virtual/crash-suite.js';
import { installation, type VirtualStack } from '../support/virtual/environment.js';
import { control, orphaned } from './outside.js';
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

async function placeStray(stack: VirtualStack): Promise<void> {
  const description = formatMarker({ installation, owner: ownerHash('env/forgotten'), spec: '00000000' });
  const createdAt = new Date(stack.world.now() - 48 * 3_600_000).toISOString();
  await control(stack, 'pools', { name: 'stray', description, createdAt });
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
