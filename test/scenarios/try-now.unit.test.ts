import { describe, expect, test } from '@jest/globals';
import type { TriedNow } from '../../src/contract/messages.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { cancelAndAwait, usable } from './launch-alone.js';
import { changeProtection } from './outside-changes.js';
import { deadlines, finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const env = `env/${name}`;
const lease = `lease/${name}`;
const teardown = `teardown/${name}`;
const command = { by: 'ann', reason: 'the service is back' };

const testbedWith = testbedsForFile();
const newStack = async (...faults: Fault[]) => await testbedWith({ simulator: { faults } });

const tryNow = async ({ temporal }: Testbed, workflowId = env) =>
  await temporal.update<TriedNow>(workflowId, 'tryNow', command);

/** Whether a request of this kind comes within a time. */
async function comesWithin({ temporal, simulator }: Testbed, operation: string, ms: number): Promise<boolean> {
  const before = simulator.requests(operation).length;
  await temporal.run({ until: () => simulator.requests(operation).length > before, maxTime: ms });
  return simulator.requests(operation).length > before;
}

/** A cancelled pool whose DELETE has failed for so long that the pauses are long. */
async function stuckRollback(): Promise<Testbed> {
  const testbed = await newStack();
  await cancelAndAwait(testbed, 'pool', usable.pool);
  testbed.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always' });
  await testbed.temporal.run({ maxTime: 25 * minute });
  return testbed;
}

describe('a failed call that is retried', () => {
  test('is typed in progress: what, why, since when, how often, and when next', async () => {
    const testbed = await stuckRollback();
    const { retrying } = await testbed.progress(`pool/${name}`);
    expect(retrying).toMatchObject({
      operation: `deleting pool ${name}`,
      error: { type: 'ServiceUnavailable', status: 500, requestId: expect.any(String) },
    });
    expect(retrying?.attempt).toBeGreaterThan(2);
    const [since, next] = [Date.parse(retrying?.since ?? ''), Date.parse(retrying?.nextTryAt ?? '')];
    expect(testbed.temporal.now() - since).toBeGreaterThan(20 * minute);
    expect(next - testbed.temporal.now()).toBeLessThanOrEqual(5 * minute);
    testbed.simulator.faults.clear();
    await testbed.temporal.run({ until: () => testbed.temporal.status(`pool/${name}`) !== 'RUNNING' });
    expect(await testbed.progress(`pool/${name}`)).toMatchObject({ phase: 'Cancelled', retrying: null });
  });

  test('names the operations whose end a teardown awaits', async () => {
    const testbed = await newStack();
    await startMainJob(testbed);
    await untilPhase(testbed, 'AwaitingNotebook');
    testbed.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always' });
    await testbed.temporal.start('teardownEnvironment', teardown, [{ name }]);
    await testbed.temporal.run({ maxTime: 20 * minute });
    const held = await testbed.progress(teardown);
    expect(held).toMatchObject({ phase: 'Planning', waitsFor: expect.arrayContaining([env]) });
    // What is billed shows, although the rollback has it in hand.
    expect(held.pool).toMatchObject({ flavors: expect.any(Object), observedAt: expect.any(String), protected: false });
    expect(held.pool?.nodes.available).toBeGreaterThan(0);
    testbed.simulator.faults.clear();
    await testbed.temporal.run({ until: () => testbed.temporal.status(teardown) !== 'RUNNING', maxTime: hour });
    expect(await testbed.progress(teardown)).toMatchObject({ phase: 'Gone', waitsFor: [], pool: null, notebook: null });
  });
});

test.each([
  ['ask', 'AwaitingOperator'],
  ['rollback', 'RollingBack'],
])('what is not tried again is not shown as tried again: on failure %s', async (onFailure, phase) => {
  const json = { error_code: 'ModelArts.6329', error_msg: 'sold out' };
  const testbed = await newStack({
    operation: 'notebooks.create',
    kind: 'status',
    status: 400,
    body: { json },
    times: 'always',
  });
  await startMainJob(testbed, { onFailure, deadlines: { ...deadlines, capacity: '1h' } });
  await untilPhase(testbed, phase);
  expect(await testbed.progress(env)).toMatchObject({ phase, retrying: null });
});

describe('tryNow tries at once', () => {
  test('a stop or delete that pauses between its rounds', async () => {
    const testbed = await stuckRollback();
    testbed.simulator.faults.clear();
    const answer = await tryNow(testbed, `pool/${name}`);
    expect(answer).toMatchObject({
      workflowId: `pool/${name}`,
      phase: 'RollingBack',
      retried: [`deleting pool ${name}`],
    });
    expect(await comesWithin(testbed, 'pools.delete', 2 * second)).toBe(true);
    expect((await testbed.progress(`pool/${name}`)).audit).toContainEqual(
      expect.objectContaining({ verb: 'tryNow', ...command }),
    );
  });

  test('a stop or delete that the server is about to retry', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await cancelAndAwait(testbed, 'pool', usable.pool);
    simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 4 });
    // The fifth call of a round follows the fourth by eight seconds.
    await temporal.run({ until: () => simulator.requests('pools.delete').length === 4 });
    await temporal.run({ maxTime: second });
    await tryNow(testbed, `pool/${name}`);
    expect(await comesWithin(testbed, 'pools.delete', 2 * second)).toBe(true);
  });

  test('a delete that was accepted and shows no effect', async () => {
    const testbed = await newStack({ operation: 'pools.delete', kind: 'deleteFails', how: 'reverts' });
    const { temporal, simulator } = testbed;
    await cancelAndAwait(testbed, 'pool', usable.pool);
    await temporal.run({ until: () => simulator.requests('pools.delete').length === 1 });
    await temporal.run({ until: () => simulator.state().pools[0]?.phase === 'Running', maxTime: hour });
    const asked = await tryNow(testbed, `pool/${name}`);
    expect(asked.retried).toHaveLength(1);
    expect(await comesWithin(testbed, 'pools.delete', 5 * second)).toBe(true);
  });

  test('a create that waits for capacity', async () => {
    const json = { error_code: 'ModelArts.6329', error_msg: 'sold out' };
    const testbed = await newStack({
      operation: 'notebooks.create',
      kind: 'status',
      status: 400,
      body: { json },
      times: 6,
    });
    await startMainJob(testbed);
    await testbed.temporal.run({ until: () => testbed.simulator.requests('notebooks.create').length === 6 });
    await testbed.temporal.run({ maxTime: second });
    expect((await testbed.progress(env)).retrying).toMatchObject({
      operation: `creating notebook ${name}`,
      error: { type: 'SoldOut', errorCode: expect.any(String) },
      attempt: 6,
    });
    expect(await tryNow(testbed)).toMatchObject({ phase: 'AwaitingCapacity', awaiting: { kind: 'capacity' } });
    expect(await comesWithin(testbed, 'notebooks.create', 5 * second)).toBe(true);
    await testbed.temporal.result(env);
    expect((await testbed.progress(env)).retrying).toBeNull();
  });

  test('the check for the resource of a create without a response, and creates nothing early', async () => {
    const testbed = await newStack(
      { operation: 'pools.create', kind: 'lost', at: 'before' },
      { operation: 'pools.list', kind: 'status', status: 503, times: 3, optional: true },
    );
    await startMainJob(testbed);
    await testbed.temporal.run({ until: () => testbed.simulator.requests('pools.create').length === 1 });
    await testbed.temporal.run({ maxTime: 15 * second });
    expect((await testbed.progress(env)).retrying).toMatchObject({ error: { type: 'UnknownOutcome' } });
    await tryNow(testbed);
    expect(await comesWithin(testbed, 'pools.list', 2 * second)).toBe(true);
    expect(testbed.simulator.requests('pools.create')).toHaveLength(1);
  });

  test('a removal that a lease was refused', async () => {
    const testbed = await newStack();
    await finishMainJob(testbed);
    await changeProtection(testbed, 'protect');
    await testbed.temporal.update(lease, 'releaseLease', command);
    await testbed.temporal.run({ maxTime: 10 * hour });
    expect(await testbed.progress(lease)).toMatchObject({
      phase: 'Leased',
      retrying: { operation: `removing ${name}`, error: { type: 'Protected' } },
    });
    // Somebody takes the mark away in the console.
    const { state, ...rest } = testbed.simulator.snapshot();
    testbed.simulator.restore({ ...rest, state: JSON.parse(JSON.stringify(state).replaceAll(' maops:keep', '')) });
    expect(await tryNow(testbed, lease)).toMatchObject({ retried: [`removing ${name}`] });
    await testbed.temporal.run({ until: () => testbed.temporal.status(lease) !== 'RUNNING', maxTime: 10 * minute });
    expect(await testbed.progress(lease)).toMatchObject({ phase: 'Gone', retrying: null });
  });

  test('a sweep that cannot read everything', async () => {
    const testbed = await newStack({ operation: 'pools.list', kind: 'status', status: 502, times: 'always' });
    const { temporal, simulator } = testbed;
    await temporal.start('sweepExpired', 'sweep/x', [{ apply: true }]);
    await temporal.run({ maxTime: 12 * minute });
    simulator.faults.clear();
    expect(await tryNow(testbed, 'sweep/x')).toMatchObject({ retried: ['planning the sweep'] });
    await temporal.run({ until: () => temporal.status('sweep/x') !== 'RUNNING', maxTime: 5 * second });
    expect(await testbed.progress('sweep/x')).toMatchObject({ phase: 'Done' });
  });
});

describe('tryNow is refused', () => {
  test.each([['where a person is awaited', { approval: { required: true } }, 'AwaitingApproval', 'approve, reject']])(
    '%s',
    async (_title, change, phase, words) => {
      const testbed = await newStack();
      await startMainJob(testbed, change);
      await untilPhase(testbed, phase);
      await expect(tryNow(testbed)).rejects.toMatchObject({
        cause: { type: 'RequestRejected', message: expect.stringContaining(words) },
      });
      expect((await testbed.progress(env)).audit).toEqual([]);
    },
  );

  test('by a lease that only waits for its end', async () => {
    const testbed = await newStack();
    await finishMainJob(testbed);
    await expect(tryNow(testbed, lease)).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
  });

  test('in a pause, which it does not end', async () => {
    const testbed = await stuckRollback();
    await testbed.temporal.signal(`pool/${name}`, 'pause', command);
    await expect(tryNow(testbed, `pool/${name}`)).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
    expect(await comesWithin(testbed, 'pools.delete', hour)).toBe(false);
  });

  test('refuses tryNow without an actor and a reason', async () => {
    const testbed = await stuckRollback();
    await expect(testbed.temporal.update(`pool/${name}`, 'tryNow', { by: 'ann' })).rejects.toMatchObject({
      cause: { type: 'RequestRejected' },
    });
  });
});
