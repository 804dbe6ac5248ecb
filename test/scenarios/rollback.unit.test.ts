import { describe, expect, test } from '@jest/globals';
import { isProtected } from '../../src/domain/resource/marker.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const workflowId = `env/${name}`;
const newStack = testbedsForFile();

async function protect({ temporal }: Testbed): Promise<void> {
  const changeId = `change/environment/${name}`;
  const argument = { kind: 'environment', name, change: 'protect', by: 'ann', reason: 'the demo is on Friday' };
  await temporal.start('changeResource', changeId, [argument]);
  expect(await temporal.result(changeId)).toMatchObject({ phase: 'Done' });
}

/** What is there, with whether it carries the operator's mark. */
function alive({ simulator }: Testbed) {
  const { pools, notebooks } = simulator.state();
  return {
    pools: pools.map(({ annotations }) => isProtected(annotations['os.modelarts/description'])),
    notebooks: notebooks.map(({ description }) => isProtected(description)),
  };
}

async function protectedInTheMaking(): Promise<Testbed> {
  const testbed = await newStack();
  await startMainJob(testbed);
  await untilPhase(testbed, 'AwaitingNotebook');
  await protect(testbed);
  return testbed;
}

describe('a resource that an operator protects while it is being created', () => {
  test('stays when a teardown cancels the run, also when it could not read the lists for its plan', async () => {
    const testbed = await protectedInTheMaking();
    const { temporal, simulator, progress } = testbed;
    simulator.faults.plan(
      { operation: 'pools.list', kind: 'status', status: 502, times: 6 },
      { operation: 'notebooks.list', kind: 'status', status: 502, times: 6 },
    );
    await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
    await expect(temporal.result(`teardown/${name}`)).rejects.toMatchObject({ cause: { type: 'Protected' } });
    expect(await progress(workflowId)).toMatchObject({
      phase: 'Failed',
      failure: { step: 'notebook', type: 'Protected' },
      steps: [{}, { name: 'pool', state: 'done' }, { name: 'notebook', state: 'failed' }],
    });
    expect(alive(testbed)).toEqual({ pools: [true], notebooks: [true] });
    expect(temporal.openWorkflows()).toEqual([`lease/${name}`]);
  });

  test('stays when its lease ends and cancels the run that continues with it', async () => {
    const testbed = await newStack();
    await finishMainJob(testbed);
    const { temporal, simulator, progress } = testbed;
    const snapshot = simulator.snapshot();
    simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks: [] } });
    await startMainJob(testbed);
    await temporal.run({ until: () => simulator.state().notebooks.length === 1 });
    await protect(testbed);
    expect(temporal.openWorkflows()).toEqual(expect.arrayContaining([workflowId, `lease/${name}`]));
    await temporal.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' });
    await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
    expect(await progress(workflowId)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
    await temporal.run({ maxTime: 60 * 60_000 });
    expect(alive(testbed)).toEqual({ pools: [true], notebooks: [true] });
    expect(temporal.openWorkflows()).toEqual([`lease/${name}`]);
  });

  test('is still rolled back by the run that created it, when that run is cancelled', async () => {
    const testbed = await protectedInTheMaking();
    await testbed.temporal.signal(workflowId, 'announceCancel', { cause: 'operator', by: 'ann', reason: 'not needed' });
    await testbed.temporal.cancel(workflowId);
    await expect(testbed.temporal.result(workflowId)).rejects.toThrow();
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Cancelled' });
    expect(alive(testbed)).toEqual({ pools: [], notebooks: [] });
  });
});

/** Somebody edits the descriptions in the console: the markers are gone. */
function loseMarkers({ simulator }: Testbed): void {
  const snapshot = simulator.snapshot();
  for (const pool of snapshot.state.pools) pool.annotations['os.modelarts/description'] = 'edited in the console';
  for (const notebook of snapshot.state.notebooks) {
    notebook.description = 'edited in the console';
    notebook.annotations = {};
  }
  simulator.restore(snapshot);
}

describe('resources of a run that lost their marker', () => {
  const failing: Record<string, Fault> = {
    pool: { operation: 'pools.create', kind: 'abnormal', afterMs: 60_000 },
    notebook: { operation: 'notebooks.create', kind: 'notebookFailed' },
  };
  const resolve = async ({ temporal }: Testbed, verb: string, change: Record<string, unknown> = {}) =>
    await temporal.update(workflowId, 'resolve', { verb, by: 'op', reason: 'see to it', ...change });

  test.each(['pool', 'notebook'])('is known by identity after a retry too, and undone: %s', async (step) => {
    const testbed = await newStack({ simulator: { faults: [failing[step] as Fault] } });
    await startMainJob(testbed, { onFailure: 'ask' });
    await untilPhase(testbed, 'AwaitingOperator');
    loseMarkers(testbed);
    await resolve(testbed, 'retry');
    await testbed.temporal.run({ maxTime: 60_000 });
    expect(await testbed.progress(workflowId)).toMatchObject({
      phase: 'AwaitingOperator',
      failure: { step, type: 'NameTaken' },
    });
    await resolve(testbed, 'rollback');
    await expect(testbed.temporal.result(workflowId)).rejects.toMatchObject({ cause: { type: 'NameTaken' } });
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'RolledBack' });
    expect(alive(testbed)).toEqual({ pools: [], notebooks: [] });
  });

  test('is handed to the lease when the run is abandoned after a retry', async () => {
    const testbed = await newStack({ simulator: { faults: [failing.pool as Fault] } });
    await startMainJob(testbed, { onFailure: 'ask' });
    await untilPhase(testbed, 'AwaitingOperator');
    loseMarkers(testbed);
    await resolve(testbed, 'retry');
    await testbed.temporal.run({ maxTime: 60_000 });
    await resolve(testbed, 'abandon');
    await testbed.temporal.result(workflowId);
    await testbed.temporal.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' });
    expect(await testbed.temporal.result(`lease/${name}`)).toMatchObject({ phase: 'Gone' });
    expect(alive(testbed)).toEqual({ pools: [], notebooks: [] });
  });

  test('is deleted before another is created from a changed spec', async () => {
    const testbed = await newStack({ simulator: { faults: [failing.notebook as Fault] } });
    await startMainJob(testbed, { onFailure: 'ask' });
    await untilPhase(testbed, 'AwaitingOperator');
    loseMarkers(testbed);
    await resolve(testbed, 'retry', { changes: { notebook: { name: 'team-a-2' } } });
    await testbed.temporal.result(workflowId);
    expect(testbed.simulator.state().notebooks).toMatchObject([{ name: 'team-a-2', status: 'RUNNING' }]);
  });
});
