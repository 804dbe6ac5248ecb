import { describe, expect, test } from '@jest/globals';
import type { TriedNow } from '../../src/contract/messages.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { cancelAndAwait, usable } from './launch-alone.js';
import { changeProtection } from './outside.js';
import { deadlines, finishMainJob, name, startMainJob, untilPhase } from './stories.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const env = `env/${name}`;
const lease = `lease/${name}`;
const teardown = `teardown/${name}`;
const command = { by: 'ann', reason: 'the service is back' };

const stackWith = stacksForFile();
const newStack = async (...faults: Fault[]) => await stackWith({ simulator: { faults } });

const tryNow = async ({ world }: VirtualStack, workflowId = env) =>
  await world.update<TriedNow>(workflowId, 'tryNow', command);

/** Whether a request of this kind comes within a time. */
async function comesWithin({ world, simulator }: VirtualStack, operation: string, ms: number): Promise<boolean> {
  const before = simulator.requests(operation).length;
  await world.run({ until: () => simulator.requests(operation).length > before, maxTime: ms });
  return simulator.requests(operation).length > before;
}

/** A pool that was called off and whose DELETE fails, for so long that the pauses are long. */
async function stuckRollback(): Promise<VirtualStack> {
  const stack = await newStack();
  await cancelAndAwait(stack, 'pool', usable.pool);
  stack.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always' });
  await stack.world.run({ maxTime: 25 * minute });
  return stack;
}

describe('a failed call that is tried again', () => {
  test('is typed in progress: what, why, since when, how often, and when next', async () => {
    const stack = await stuckRollback();
    const { retrying } = await stack.progress(`pool/${name}`);
    expect(retrying).toMatchObject({
      operation: `deleting pool ${name}`,
      error: { type: 'ServiceUnavailable', status: 500, requestId: expect.any(String) },
    });
    expect(retrying?.attempt).toBeGreaterThan(2);
    const [since, next] = [Date.parse(retrying?.since ?? ''), Date.parse(retrying?.nextTryAt ?? '')];
    expect(stack.world.now() - since).toBeGreaterThan(20 * minute);
    expect(next - stack.world.now()).toBeLessThanOrEqual(5 * minute);
    stack.simulator.faults.clear();
    await stack.world.run({ until: () => stack.world.status(`pool/${name}`) !== 'RUNNING' });
    expect(await stack.progress(`pool/${name}`)).toMatchObject({ phase: 'Cancelled', retrying: null });
  });

  test('names the operations whose end a teardown awaits', async () => {
    const stack = await newStack();
    await startMainJob(stack);
    await untilPhase(stack, 'AwaitingNotebook');
    stack.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always' });
    await stack.world.start('teardownEnvironment', teardown, [{ name }]);
    await stack.world.run({ maxTime: 20 * minute });
    const held = await stack.progress(teardown);
    expect(held).toMatchObject({ phase: 'Planning', waitsFor: expect.arrayContaining([env]) });
    // What is billed shows, although the rollback has it in hand.
    expect(held.pool).toMatchObject({ flavors: expect.any(Object), observedAt: expect.any(String), protected: false });
    expect(held.pool?.nodes.available).toBeGreaterThan(0);
    stack.simulator.faults.clear();
    await stack.world.run({ until: () => stack.world.status(teardown) !== 'RUNNING', maxTime: hour });
    expect(await stack.progress(teardown)).toMatchObject({ phase: 'Gone', waitsFor: [], pool: null, notebook: null });
  });
});

test.each([
  ['ask', 'AwaitingOperator'],
  ['rollback', 'RollingBack'],
])('what is not tried again is not shown as tried again: on failure %s', async (onFailure, phase) => {
  const json = { error_code: 'ModelArts.6329', error_msg: 'sold out' };
  const stack = await newStack({
    operation: 'notebooks.create',
    kind: 'status',
    status: 400,
    body: { json },
    times: 'always',
  });
  await startMainJob(stack, { onFailure, deadlines: { ...deadlines, capacity: '1h' } });
  await untilPhase(stack, phase);
  expect(await stack.progress(env)).toMatchObject({ phase, retrying: null });
});

describe('tryNow tries at once', () => {
  test('a stop or delete that pauses between its rounds', async () => {
    const stack = await stuckRollback();
    stack.simulator.faults.clear();
    const answer = await tryNow(stack, `pool/${name}`);
    expect(answer).toMatchObject({
      workflowId: `pool/${name}`,
      phase: 'RollingBack',
      hurries: [`deleting pool ${name}`],
    });
    expect(await comesWithin(stack, 'pools.delete', 2 * second)).toBe(true);
    expect((await stack.progress(`pool/${name}`)).audit).toContainEqual(
      expect.objectContaining({ verb: 'tryNow', ...command }),
    );
  });

  test('a stop or delete that the server is about to retry', async () => {
    const stack = await newStack();
    const { world, simulator } = stack;
    await cancelAndAwait(stack, 'pool', usable.pool);
    simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 4 });
    // The fifth call of a round follows the fourth by eight seconds.
    await world.run({ until: () => simulator.requests('pools.delete').length === 4 });
    await world.run({ maxTime: second });
    await tryNow(stack, `pool/${name}`);
    expect(await comesWithin(stack, 'pools.delete', 2 * second)).toBe(true);
  });

  test('a delete that was accepted and shows no effect', async () => {
    const stack = await newStack({ operation: 'pools.delete', kind: 'deleteFails', how: 'reverts' });
    const { world, simulator } = stack;
    await cancelAndAwait(stack, 'pool', usable.pool);
    await world.run({ until: () => simulator.requests('pools.delete').length === 1 });
    await world.run({ until: () => simulator.state().pools[0]?.phase === 'Running', maxTime: hour });
    const asked = await tryNow(stack, `pool/${name}`);
    expect(asked.hurries).toHaveLength(1);
    expect(await comesWithin(stack, 'pools.delete', 5 * second)).toBe(true);
  });

  test('a create that waits for capacity', async () => {
    const json = { error_code: 'ModelArts.6329', error_msg: 'sold out' };
    const stack = await newStack({
      operation: 'notebooks.create',
      kind: 'status',
      status: 400,
      body: { json },
      times: 6,
    });
    await startMainJob(stack);
    await stack.world.run({ until: () => stack.simulator.requests('notebooks.create').length === 6 });
    await stack.world.run({ maxTime: second });
    expect((await stack.progress(env)).retrying).toMatchObject({
      operation: `creating notebook ${name}`,
      error: { type: 'SoldOut', errorCode: expect.any(String) },
      attempt: 6,
    });
    expect(await tryNow(stack)).toMatchObject({ phase: 'AwaitingCapacity', awaiting: { kind: 'capacity' } });
    expect(await comesWithin(stack, 'notebooks.create', 5 * second)).toBe(true);
    await stack.world.result(env);
    expect((await stack.progress(env)).retrying).toBeNull();
  });

  test('the look for what an unanswered create may have made, and creates nothing early', async () => {
    const stack = await newStack(
      { operation: 'pools.create', kind: 'lost', at: 'before' },
      { operation: 'pools.list', kind: 'status', status: 503, times: 3, optional: true },
    );
    await startMainJob(stack);
    await stack.world.run({ until: () => stack.simulator.requests('pools.create').length === 1 });
    await stack.world.run({ maxTime: 15 * second });
    expect((await stack.progress(env)).retrying).toMatchObject({ error: { type: 'UnknownOutcome' } });
    await tryNow(stack);
    expect(await comesWithin(stack, 'pools.list', 2 * second)).toBe(true);
    expect(stack.simulator.requests('pools.create')).toHaveLength(1);
  });

  test('a removal that a lease was refused', async () => {
    const stack = await newStack();
    await finishMainJob(stack);
    await changeProtection(stack, 'protect');
    await stack.world.update(lease, 'releaseLease', command);
    await stack.world.run({ maxTime: 10 * hour });
    expect(await stack.progress(lease)).toMatchObject({
      phase: 'Leased',
      retrying: { operation: `removing ${name}`, error: { type: 'Protected' } },
    });
    // Somebody takes the mark away in the console.
    const { state, ...rest } = stack.simulator.snapshot();
    stack.simulator.restore({ ...rest, state: JSON.parse(JSON.stringify(state).replaceAll(' maops:keep', '')) });
    expect(await tryNow(stack, lease)).toMatchObject({ hurries: [`removing ${name}`] });
    await stack.world.run({ until: () => stack.world.status(lease) !== 'RUNNING', maxTime: 10 * minute });
    expect(await stack.progress(lease)).toMatchObject({ phase: 'Gone', retrying: null });
  });

  test('a sweep that cannot read everything', async () => {
    const stack = await newStack({ operation: 'pools.list', kind: 'status', status: 502, times: 'always' });
    const { world, simulator } = stack;
    await world.start('sweepExpired', 'sweep/x', [{ apply: true }]);
    await world.run({ maxTime: 12 * minute });
    simulator.faults.clear();
    expect(await tryNow(stack, 'sweep/x')).toMatchObject({ hurries: ['making the plan'] });
    await world.run({ until: () => world.status('sweep/x') !== 'RUNNING', maxTime: 5 * second });
    expect(await stack.progress('sweep/x')).toMatchObject({ phase: 'Done' });
  });
});

describe('tryNow is refused', () => {
  test.each([['where a person is awaited', { approval: { required: true } }, 'AwaitingApproval', 'approve, reject']])(
    '%s',
    async (_title, change, phase, words) => {
      const stack = await newStack();
      await startMainJob(stack, change);
      await untilPhase(stack, phase);
      await expect(tryNow(stack)).rejects.toMatchObject({
        cause: { type: 'RequestRejected', message: expect.stringContaining(words) },
      });
      expect((await stack.progress(env)).audit).toEqual([]);
    },
  );

  test('by a lease that only waits for its end', async () => {
    const stack = await newStack();
    await finishMainJob(stack);
    await expect(tryNow(stack, lease)).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
  });

  test('in a pause, which it does not end', async () => {
    const stack = await stuckRollback();
    await stack.world.signal(`pool/${name}`, 'pause', command);
    await expect(tryNow(stack, `pool/${name}`)).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
    expect(await comesWithin(stack, 'pools.delete', hour)).toBe(false);
  });

  test('without who and why', async () => {
    const stack = await stuckRollback();
    await expect(stack.world.update(`pool/${name}`, 'tryNow', { by: 'ann' })).rejects.toMatchObject({
      cause: { type: 'RequestRejected' },
    });
  });
});
