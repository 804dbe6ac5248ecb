import { describe, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/client';
import type { Progress } from '../../src/contract/progress.js';
import type { VirtualStack, VirtualStackOptions } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { environmentDocument } from '../workflows/documents.js';
import { deadlines } from './stories.js';

const type = 'provisionPoolThenLaunchNotebook';

const newStack = stacksForFile();

async function start(
  name: string,
  change: Record<string, unknown> = {},
  options: VirtualStackOptions = {},
): Promise<VirtualStack> {
  const stack = await newStack(options);
  await stack.world.start(type, `env/${name}`, [environmentDocument(name, { deadlines, ...change })]);
  return stack;
}

const phaseOf = ({ world }: VirtualStack) => world.searchAttributes('env/team-a').MaopsPhase;

describe('the main job in virtual time', () => {
  test('ends Ready with one pool, one notebook and a lease', async () => {
    const { world, simulator, progress } = await start('team-a');
    const result = await world.result<Progress>('env/team-a');
    expect(result).toMatchObject({ phase: 'Ready', percent: 100, failure: null, notebook: { status: 'RUNNING' } });
    expect(await progress('lease/team-a')).toMatchObject({ phase: 'Leased' });
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
    expect(world.searchAttributes('env/team-a')).toMatchObject({ MaopsPhase: 'Ready', MaopsEnvironment: 'team-a' });
    expect(world.openWorkflows()).toEqual(['lease/team-a']);
  });

  test('rolls back when it is cancelled while it awaits the pool', async () => {
    const stack = await start('team-a');
    const { world, simulator, progress } = stack;
    await world.run({ until: () => phaseOf(stack) === 'AwaitingPool' });
    await world.run({ maxTime: 60_000 });
    await world.cancel('env/team-a');
    await expect(world.result('env/team-a')).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
    expect(await progress('env/team-a')).toMatchObject({
      phase: 'Cancelled',
      steps: [{}, { state: 'undone' }, { state: 'pending' }],
    });
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
    expect(world.openWorkflows()).toEqual([]);
  });

  test('fails before anything is made, and says what can be made, without the notebook API of the old generation', async () => {
    const { world, simulator } = await start('team-a', {}, { simulator: { knobs: { oldNotebookApi: false } } });
    await expect(world.result('env/team-a')).rejects.toMatchObject({
      cause: {
        details: [{ failure: { type: 'RequestRejected', hint: expect.stringContaining('maops pool create') } }],
      },
    });
    expect(simulator.state().pools).toEqual([]);
  });

  test('fails with InvalidSpec before it calls the service', async () => {
    const { world, calls } = await start('team-a', { pool: { flavor: 'x' } });
    await expect(world.result('env/team-a')).rejects.toMatchObject({
      cause: { type: 'InvalidSpec', nonRetryable: true, details: [{ phase: 'Failed' }] },
    });
    expect(calls()).toBe(0);
  });

  test('is torn down while it runs: the operation is called off first, and nothing is left', async () => {
    const stack = await start('team-a');
    const { world, simulator } = stack;
    await world.run({ until: () => phaseOf(stack) === 'AwaitingNotebook' });
    await world.start('teardownEnvironment', 'teardown/team-a', [{ name: 'team-a' }]);
    expect(await world.result('teardown/team-a')).toMatchObject({ phase: 'Gone' });
    expect(world.status('env/team-a')).toBe('CANCELLED');
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('goes on in new runs when its history grows', async () => {
    const { world, simulator } = await start('team-a', {}, { suggestContinueAsNewAfter: 70 });
    expect(await world.result('env/team-a')).toMatchObject({ phase: 'Ready' });
    expect(world.namespace.runs.filter(({ workflowId }) => workflowId === 'env/team-a').length).toBeGreaterThan(1);
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });
});
