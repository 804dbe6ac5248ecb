import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { notebookPart, poolPart } from '../workflows/documents.js';
import { control } from './outside-changes.js';
import { name, startMainJob, untilPhase } from './steps.js';

const hour = 3_600_000;
const env = `env/${name}`;
const newStack = testbedsForFile();

/**
 * The create of the notebook got no response, and a notebook without a marker has its name: only an operator can tell.
 */
async function undecided(change: Record<string, unknown>): Promise<Testbed> {
  const testbed = await newStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'lost', at: 'before' }] },
  });
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, change);
  await temporal.run({ until: () => simulator.requests('notebooks.create').length === 1 });
  await control(testbed, 'notebooks', { name, user: 'ops' });
  await untilPhase(testbed, 'AwaitingOperator');
  expect(await testbed.progress(env)).toMatchObject({ failure: { step: 'notebook', type: 'UnknownOutcome' } });
  return testbed;
}

async function resolve({ temporal }: Testbed, verb: string, more: Record<string, unknown> = {}): Promise<void> {
  await temporal.update(env, 'resolve', { verb, by: 'op', reason: 'see to it', ...more });
}

async function end({ temporal, simulator, progress }: Testbed) {
  await temporal.run({ until: () => temporal.status(env) !== 'RUNNING' });
  const { phase, failure } = await progress(env);
  const pools = simulator.state().pools.length;
  return { phase, type: failure?.type, pools, open: temporal.openWorkflows() };
}

describe('a decision on a step whose outcome is unknown', () => {
  test.each(['rollback', 'keep'])('rollback deletes what the run created, with onFailure: %s', async (onFailure) => {
    const testbed = await undecided({ onFailure });
    await resolve(testbed, 'rollback');
    expect(await end(testbed)).toEqual({ phase: 'RolledBack', type: 'UnknownOutcome', pools: 0, open: [] });
    expect(testbed.simulator.state().notebooks).toMatchObject([{ name, status: 'RUNNING' }]);
  });

  test.each([
    ['rollback', { phase: 'RolledBack', pools: 0, open: [] }],
    ['keep', { phase: 'Failed', pools: 1, open: [`lease/${name}`] }],
  ])('is taken after deadlines.ask as onFailure says: %s', async (onFailure, ending) => {
    const testbed = await undecided({ onFailure });
    await testbed.temporal.run({ maxTime: 25 * hour });
    expect(await end(testbed)).toEqual({ type: 'UnknownOutcome', ...ending });
  });
});

const prepaid = {
  onFailure: 'keep',
  onCancel: 'keep',
  pool: poolPart({ billing: { mode: '1', periodNum: 1, periodType: '2', autoPay: '1' } }),
};

describe('a prepaid pool, which the API cannot delete', () => {
  test('does not offer rollback as a decision', async () => {
    const testbed = await undecided(prepaid);
    expect((await testbed.progress(env)).awaiting?.verbs).toEqual(['retry', 'skip', 'abandon']);
    await expect(resolve(testbed, 'rollback')).rejects.toThrow();
    await testbed.temporal.run({ maxTime: 25 * hour });
    expect(await end(testbed)).toMatchObject({ phase: 'Failed', pools: 1, open: [`lease/${name}`] });
  });

  test('is not replaced by one of a changed spec', async () => {
    const testbed = await newStack({
      simulator: { faults: [{ operation: 'pools.create', kind: 'lost', at: 'before' }] },
    });
    const { temporal, simulator } = testbed;
    await startMainJob(testbed, prepaid);
    await temporal.run({ until: () => simulator.requests('pools.create').length === 1 });
    await control(testbed, 'pools', { name });
    await untilPhase(testbed, 'AwaitingOperator');
    await expect(resolve(testbed, 'retry', { changes: { 'pool.count': 3 } })).rejects.toThrow();
    await resolve(testbed, 'retry', { changes: { 'deadlines.pool': '80m' } });
    await temporal.run({ maxTime: hour });
    expect(simulator.requests('pools.delete')).toEqual([]);
  });

  test('that failed for lack of capacity is not deleted, and a repeated start says why', async () => {
    const soldOut: Fault = { operation: 'pools.create', kind: 'soldOut', when: 'midway', forMs: 30 * 60_000 };
    const testbed = await newStack({ simulator: { faults: [soldOut] } });
    for (let round = 1; round <= 2; round += 1) {
      await startMainJob(testbed, prepaid);
      expect(await end(testbed)).toMatchObject({ phase: 'Failed', type: 'PoolCreationFailed', pools: 1 });
    }
    expect(testbed.simulator.requests('pools.delete')).toEqual([]);
  });

  test('whose create was refused for lack of capacity but took effect is adopted', async () => {
    const body = { json: { error_code: 'ModelArts.6200', error_msg: 'sold out', error_message: 'sold out' } };
    const answer: Fault = { operation: 'pools.create', kind: 'status', status: 500, body, commit: true };
    const testbed = await newStack({ simulator: { faults: [answer] } });
    await startMainJob(testbed, prepaid);
    expect(await end(testbed)).toMatchObject({ phase: 'Ready', pools: 1 });
    expect(testbed.simulator.summary()).toMatchObject({ 'pools.create': 1 });
    expect(testbed.simulator.requests('pools.delete')).toEqual([]);
  });
});

/** A leased environment is started again, and its notebook cannot be observed. */
async function leasedAndFailed(phase: string): Promise<Testbed> {
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, { onFailure: 'ask' });
  await temporal.result(env);
  await startMainJob(testbed, { onFailure: 'ask' });
  await untilPhase(testbed, phase);
  simulator.faults.plan({ operation: 'notebooks.show', kind: 'status', status: 503, times: 'always' });
  simulator.faults.plan({ operation: 'notebooks.list', kind: 'status', status: 503, times: 'always', optional: true });
  await untilPhase(testbed, 'AwaitingOperator');
  expect(await testbed.progress(env)).toMatchObject({ failure: { step: 'notebook' } });
  simulator.faults.clear();
  return testbed;
}

const otherFlavor = { notebook: notebookPart({ flavor: 'modelarts.bm.gpu.v100NV32x2' }) };

describe('a change of the spec for a notebook that a lease owns', () => {
  test.each(['CreatingNotebook', 'AwaitingNotebook'])('is refused, because it stays as it is: %s', async (phase) => {
    const testbed = await leasedAndFailed(phase);
    for (const changes of [{ 'notebook.flavor': 'modelarts.vm.cpu.2u' }, otherFlavor])
      await expect(resolve(testbed, 'retry', { changes })).rejects.toMatchObject({
        cause: { message: expect.stringContaining(`maops env teardown ${name}`) },
      });
    await resolve(testbed, 'retry', { changes: { 'deadlines.notebook': '30m' } });
    expect(await end(testbed)).toMatchObject({ phase: 'Ready', pools: 1 });
    expect(testbed.simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });
});

test('a change of the spec for a notebook of this run creates it again', async () => {
  const testbed = await newStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
  });
  await startMainJob(testbed, { onFailure: 'ask' });
  await untilPhase(testbed, 'AwaitingOperator');
  await resolve(testbed, 'retry', { changes: { 'notebook.storage.volumeSize': 10 } });
  expect(await end(testbed)).toMatchObject({ phase: 'Ready' });
  expect(testbed.simulator.state().notebooks).toMatchObject([{ status: 'RUNNING' }]);
  expect(testbed.simulator.summary()).toMatchObject({ 'notebooks.create': 2 });
});

test('a create of unknown outcome shows the code and request id of its response', async () => {
  const body = { json: { error_code: 'ModelArts.0010', error_msg: 'internal', error_message: 'internal' } };
  const testbed = await newStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'status', status: 500, body }] },
  });
  const { temporal, simulator } = testbed;
  await startMainJob(testbed);
  await temporal.run({ until: () => simulator.requests('notebooks.create').length === 1 });
  await temporal.run({ maxTime: 10_000 });
  const ids = { errorCode: 'ModelArts.0010', requestId: expect.stringMatching(/./) };
  expect((await testbed.progress(env)).retrying).toMatchObject({ error: { type: 'UnknownOutcome', ...ids } });
  await control(testbed, 'notebooks', { name, user: 'ops' });
  await untilPhase(testbed, 'AwaitingOperator');
  expect(await testbed.progress(env)).toMatchObject({ failure: { type: 'UnknownOutcome', ...ids } });
});
