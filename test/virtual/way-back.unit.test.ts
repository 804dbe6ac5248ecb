import { describe, expect, test } from '@jest/globals';
import { isProtected } from '../../src/domain/marker.js';
import type { VirtualStack } from '../support/virtual/environment.js';
import { stacksForFile } from '../support/virtual/stacks-for-file.js';
import { finishMainJob, name, startMainJob, untilPhase } from './stories.js';

const workflowId = `env/${name}`;
const newStack = stacksForFile();

async function protect({ world }: VirtualStack): Promise<void> {
  const changeId = `change/environment/${name}`;
  const argument = { kind: 'environment', name, change: 'protect', by: 'ann', reason: 'the demo is on Friday' };
  await world.start('changeResource', changeId, [argument]);
  expect(await world.result(changeId)).toMatchObject({ phase: 'Done' });
}

/** What is there, with whether it carries the operator's mark. */
function alive({ simulator }: VirtualStack) {
  const { pools, notebooks } = simulator.state();
  return {
    pools: pools.map(({ annotations }) => isProtected(annotations['os.modelarts/description'])),
    notebooks: notebooks.map(({ description }) => isProtected(description)),
  };
}

async function protectedInTheMaking(): Promise<VirtualStack> {
  const stack = await newStack();
  await startMainJob(stack);
  await untilPhase(stack, 'AwaitingNotebook');
  await protect(stack);
  return stack;
}

describe('what an operator protects while it is being made', () => {
  test('stays when a teardown calls the run off, also when it could not read the lists for its plan', async () => {
    const stack = await protectedInTheMaking();
    const { world, simulator, progress } = stack;
    simulator.faults.plan(
      { operation: 'pools.list', kind: 'status', status: 502, times: 6 },
      { operation: 'notebooks.list', kind: 'status', status: 502, times: 6 },
    );
    await world.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
    await expect(world.result(`teardown/${name}`)).rejects.toMatchObject({ cause: { type: 'Protected' } });
    expect(await progress(workflowId)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
    expect(alive(stack)).toEqual({ pools: [true], notebooks: [true] });
    expect(world.openWorkflows()).toEqual([`lease/${name}`]);
  });

  test('stays when its lease ends and calls off the run that goes on with it', async () => {
    const stack = await newStack();
    await finishMainJob(stack);
    const { world, simulator, progress } = stack;
    const snapshot = simulator.snapshot();
    simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks: [] } });
    await startMainJob(stack);
    await world.run({ until: () => simulator.state().notebooks.length === 1 });
    await protect(stack);
    expect(world.openWorkflows()).toEqual(expect.arrayContaining([workflowId, `lease/${name}`]));
    await world.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' });
    await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
    expect(await progress(workflowId)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
    await world.run({ maxTime: 60 * 60_000 });
    expect(alive(stack)).toEqual({ pools: [true], notebooks: [true] });
    expect(world.openWorkflows()).toEqual([`lease/${name}`]);
  });

  test('is still undone by the run that made it, when that is called off', async () => {
    const stack = await protectedInTheMaking();
    await stack.world.signal(workflowId, 'note', { verb: 'cancel', by: 'ann', reason: 'not needed' });
    await stack.world.cancel(workflowId);
    await expect(stack.world.result(workflowId)).rejects.toThrow();
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Cancelled' });
    expect(alive(stack)).toEqual({ pools: [], notebooks: [] });
  });
});
