import { describe, expect, test } from '@jest/globals';
import { isProtected } from '../../src/domain/resource/marker.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
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
    expect(await progress(workflowId)).toMatchObject({
      phase: 'Failed',
      failure: { step: 'notebook', type: 'Protected' },
      steps: [{}, { name: 'pool', state: 'done' }, { name: 'notebook', state: 'failed' }],
    });
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
    await stack.world.signal(workflowId, 'announceCancel', { cause: 'operator', by: 'ann', reason: 'not needed' });
    await stack.world.cancel(workflowId);
    await expect(stack.world.result(workflowId)).rejects.toThrow();
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Cancelled' });
    expect(alive(stack)).toEqual({ pools: [], notebooks: [] });
  });
});

/** Somebody edits the descriptions in the console: the markers are gone. */
function loseMarkers({ simulator }: VirtualStack): void {
  const snapshot = simulator.snapshot();
  for (const pool of snapshot.state.pools) pool.annotations['os.modelarts/description'] = 'edited in the console';
  for (const notebook of snapshot.state.notebooks) {
    notebook.description = 'edited in the console';
    notebook.annotations = {};
  }
  simulator.restore(snapshot);
}

describe('what a run made and lost its marker', () => {
  const failing: Record<string, Fault> = {
    pool: { operation: 'pools.create', kind: 'abnormal', afterMs: 60_000 },
    notebook: { operation: 'notebooks.create', kind: 'notebookFailed' },
  };
  const resolve = async ({ world }: VirtualStack, verb: string, change: Record<string, unknown> = {}) =>
    await world.update(workflowId, 'resolve', { verb, by: 'op', reason: 'see to it', ...change });

  test.each(['pool', 'notebook'])('is known by identity after a retry too, and undone: %s', async (step) => {
    const stack = await newStack({ simulator: { faults: [failing[step] as Fault] } });
    await startMainJob(stack, { onFailure: 'ask' });
    await untilPhase(stack, 'AwaitingOperator');
    loseMarkers(stack);
    await resolve(stack, 'retry');
    await stack.world.run({ maxTime: 60_000 });
    expect(await stack.progress(workflowId)).toMatchObject({
      phase: 'AwaitingOperator',
      failure: { step, type: 'NameTaken' },
    });
    await resolve(stack, 'rollback');
    await expect(stack.world.result(workflowId)).rejects.toMatchObject({ cause: { type: 'NameTaken' } });
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'RolledBack' });
    expect(alive(stack)).toEqual({ pools: [], notebooks: [] });
  });

  test('is handed to the lease when the run is abandoned after a retry', async () => {
    const stack = await newStack({ simulator: { faults: [failing.pool as Fault] } });
    await startMainJob(stack, { onFailure: 'ask' });
    await untilPhase(stack, 'AwaitingOperator');
    loseMarkers(stack);
    await resolve(stack, 'retry');
    await stack.world.run({ maxTime: 60_000 });
    await resolve(stack, 'abandon');
    await stack.world.result(workflowId);
    await stack.world.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' });
    expect(await stack.world.result(`lease/${name}`)).toMatchObject({ phase: 'Gone' });
    expect(alive(stack)).toEqual({ pools: [], notebooks: [] });
  });

  test('goes before another is made from a changed spec', async () => {
    const stack = await newStack({ simulator: { faults: [failing.notebook as Fault] } });
    await startMainJob(stack, { onFailure: 'ask' });
    await untilPhase(stack, 'AwaitingOperator');
    loseMarkers(stack);
    await resolve(stack, 'retry', { changes: { notebook: { name: 'team-a-2' } } });
    await stack.world.result(workflowId);
    expect(stack.simulator.state().notebooks).toMatchObject([{ name: 'team-a-2', status: 'RUNNING' }]);
  });
});
