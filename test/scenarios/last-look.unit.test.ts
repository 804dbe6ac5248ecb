import { describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { deadlines, name, startMainJob, untilPhase } from './steps.js';

const workflowId = `env/${name}`;
/** The pool was observed usable twice, and fails while the notebook is being created. */
const turns: Fault = { operation: 'pools.create', kind: 'abnormal', afterMs: 60_000 };

const newStack = testbedsForFile();

async function begun(faults: readonly Fault[], change: Record<string, unknown> = {}): Promise<Testbed> {
  const testbed = await newStack({ simulator: { faults } });
  await startMainJob(testbed, change);
  return testbed;
}

/** The phases that the run went through, each once in a row. */
async function phasesUntilEnd({ temporal }: Testbed): Promise<string[]> {
  const seen: string[] = [];
  await temporal.run({
    until: () => {
      const phase = String(temporal.searchAttributes(workflowId).MaopsPhase);
      if (seen.at(-1) !== phase) seen.push(phase);
      return temporal.status(workflowId) !== 'RUNNING';
    },
  });
  return seen;
}

describe('a pool that fails while the notebook is being created', () => {
  test('is awaited again, and the run ends Ready when it has recovered', async () => {
    const testbed = await begun([{ ...turns, recoverAfterMs: 120_000 }]);
    expect((await phasesUntilEnd(testbed)).slice(-3)).toEqual(['AwaitingNotebook', 'AwaitingPool', 'Ready']);
    expect(testbed.simulator.state().pools).toMatchObject([{ phase: 'Running' }]);
    expect(testbed.simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('fails the pool step when it does not heal within the grace, and everything is undone', async () => {
    const testbed = await begun([turns]);
    await phasesUntilEnd(testbed);
    expect(await testbed.progress(workflowId)).toMatchObject({
      phase: 'RolledBack',
      failure: { step: 'pool', type: 'PoolUnhealthy' },
      steps: [{}, { name: 'pool', state: 'undone' }, { name: 'notebook', state: 'undone' }],
    });
    expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('has the grace period to recover although the deadline of the pool has passed', async () => {
    const testbed = await begun([{ ...turns, recoverAfterMs: 200_000 }], { deadlines: { ...deadlines, pool: '7m' } });
    await phasesUntilEnd(testbed);
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Ready', failure: null });
  });

  test('asks the operator if the spec has onFailure ask, and a retry continues with the existing resources', async () => {
    const testbed = await begun([{ ...turns, recoverAfterMs: 900_000 }], { onFailure: 'ask' });
    const { temporal } = testbed;
    await untilPhase(testbed, 'AwaitingOperator');
    expect((await testbed.progress(workflowId)).awaiting?.verbs).toEqual(['retry', 'rollback', 'abandon']);
    await temporal.run({ maxTime: 1_200_000 });
    await temporal.update(workflowId, 'resolve', { verb: 'retry', by: 'op', reason: 'healed', step: 'pool' });
    expect(await temporal.result<Progress>(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(testbed.simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('that was deleted meanwhile is created again by a retry, with the notebook', async () => {
    const testbed = await begun([turns], { onFailure: 'ask' });
    const { temporal, simulator } = testbed;
    await untilPhase(testbed, 'AwaitingOperator');
    const [pool] = simulator.state().pools;
    const { MODELARTS_TOKEN: token } = clientEnvironment('');
    const path = `/v2/${simulator.projectId}/pools/${pool?.id}`;
    await simulator.handle({ method: 'DELETE', path, headers: { 'x-auth-token': token ?? '' } });
    await temporal.run({ maxTime: 1_200_000 });
    await temporal.update(workflowId, 'resolve', { verb: 'retry', by: 'op', reason: 'made room', step: 'pool' });
    expect(await temporal.result<Progress>(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], notebooks: [{ status: 'RUNNING' }] });
    expect(simulator.summary()).toMatchObject({ 'pools.create': 2, 'notebooks.create': 2 });
  });
});

describe('a last observation without a response', () => {
  async function silenced(change: Record<string, unknown>): Promise<Testbed> {
    const testbed = await begun([], { deadlines: { ...deadlines, pool: '7m' }, ...change });
    const { temporal } = testbed;
    await untilPhase(testbed, 'AwaitingNotebook');
    await temporal.run({
      until: () => temporal.history(workflowId).at(-1)?.commands.join().includes('observePool') === true,
    });
    testbed.simulator.faults.plan({ operation: 'pools.list', kind: 'status', status: 502, times: 'always' });
    return testbed;
  }

  const noAnswer = {
    step: 'pool',
    type: 'DeadlineExceeded',
    message: expect.stringContaining('the deadline of 7m has passed'),
  };

  test('asks the operator if the spec has onFailure ask, and a retry continues with the existing resources', async () => {
    const testbed = await silenced({ onFailure: 'ask' });
    const { temporal, simulator } = testbed;
    await untilPhase(testbed, 'AwaitingOperator');
    expect(await testbed.progress(workflowId)).toMatchObject({
      failure: noAnswer,
      awaiting: { verbs: ['retry', 'rollback', 'abandon'] },
      steps: [{}, { name: 'pool', state: 'failed' }, { name: 'notebook', state: 'done' }],
    });
    simulator.faults.clear();
    await temporal.update(workflowId, 'resolve', { verb: 'retry', by: 'op', reason: 'it answers again', step: 'pool' });
    expect(await temporal.result<Progress>(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('otherwise rolls back everything, and names the step', async () => {
    const testbed = await silenced({});
    await untilPhase(testbed, 'RollingBack');
    expect(await testbed.progress(workflowId)).toMatchObject({ failure: noAnswer });
    testbed.simulator.faults.clear();
    await phasesUntilEnd(testbed);
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'RolledBack', failure: noAnswer });
  });
});

test('observations from before a pause at the very end are repeated', async () => {
  const unavailable = { kind: 'notebookUnavailable', afterMs: 40_000, recoverAfterMs: 120_000 } as const;
  const testbed = await begun([{ operation: 'notebooks.create', ...unavailable }]);
  const { temporal, simulator } = testbed;
  await untilPhase(testbed, 'AwaitingNotebook');
  // The notebook was seen twice; the pool is being looked at once more.
  await temporal.run({
    until: () => temporal.history(workflowId).at(-1)?.commands.join().includes('observePool') === true,
  });
  await temporal.signal(workflowId, 'pause', { by: 'op', reason: 'lunch' });
  await temporal.run({ maxTime: 60_000 });
  expect(simulator.state().notebooks).toMatchObject([{ status: 'UNAVAILABLE' }]);
  await temporal.signal(workflowId, 'resume', { by: 'op' });
  expect(await temporal.result<Progress>(workflowId)).toMatchObject({ phase: 'Ready' });
  expect(simulator.state().notebooks).toMatchObject([{ status: 'RUNNING' }]);
});

describe('a notebook that is stuck in a transition', () => {
  test('is still deleted by a rollback, with growing pauses, and the removal continues', async () => {
    const stuck: Fault = { operation: 'notebooks.create', kind: 'stuck', phase: 'CREATING', forMs: 5_400_000 };
    const testbed = await begun([stuck]);
    const { temporal, simulator } = testbed;
    await untilPhase(testbed, 'AwaitingNotebook');
    await temporal.cancel(workflowId);
    await phasesUntilEnd(testbed);
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Cancelled' });
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
    const deletes = simulator.requests('notebooks.delete').map(({ at, status }) => ({ at: Date.parse(at), status }));
    expect(deletes.map(({ status }) => status)).toEqual([400, 400, 400, 200]);
    const gaps = deletes.slice(1, 3).map(({ at }, index) => Math.round((at - (deletes[index]?.at ?? 0)) / 60_000));
    expect(gaps).toEqual([16, 32]);
  });
});
