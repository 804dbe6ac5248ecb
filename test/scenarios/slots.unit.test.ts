import { describe, expect, test } from '@jest/globals';
import type { RequestRecord } from '../../src/simulator/request-log.js';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { poolPart } from '../workflows/documents.js';
import { cancelAndAwait, documents, type Kind, kinds, types, usable } from './launch-alone.js';
import { control } from './outside.js';
import { deadlines, name } from './stories.js';

const second = 1_000;
const hour = 3_600 * second;
const soldOut = 'modelarts.vm.gpu.tnt004';
const said = { by: 'ann', reason: 'look first' };
const creates = { pool: 'pools.create', notebook: 'notebooks.create' } as const;
const deletes = { pool: 'pools.delete', notebook: 'notebooks.delete' } as const;

const newStack = stacksForFile();

const timeOf = ({ at }: RequestRecord) => Date.parse(at);

/** Starts pools of a sold-out flavor, and lets all of them wait for capacity. */
async function crowd(stack: VirtualStack, count: number): Promise<string[]> {
  const { world } = stack;
  await control(stack, `flavors/${soldOut}/sale`, { status: 'soldout' });
  const ids = Array.from({ length: count }, (_, index) => `pool/crowd-${index}`);
  for (const id of ids) {
    const pool = poolPart({ flavors: [soldOut] });
    await world.start('provisionPool', id, [{ name: id.slice('pool/'.length), pool, deadlines }]);
  }
  const isWaiting = (id: string) => world.searchAttributes(id).MaopsPhase === 'AwaitingCapacity';
  await world.run({ until: () => ids.every(isWaiting) });
  return ids;
}

describe('runs that wait for capacity', () => {
  test.each([2, 100])('hold no slot that a create needs, with %i slots for waits', async (waits) => {
    const stack = await newStack({ slots: { calls: 2, waits }, maxRps: 100 });
    const { world, simulator } = stack;
    await crowd(stack, 30);
    const began = world.now();
    await world.start(types.pool, `pool/${name}`, [documents.pool]);
    await world.run({ until: () => simulator.requests(creates.pool).length === 1 });
    expect(world.now() - began).toBeLessThan(2 * second);
  });

  test('go on waiting while a teardown passes them', async () => {
    const stack = await newStack({ slots: { calls: 2, waits: 100 }, maxRps: 100 });
    const { world, simulator } = stack;
    const ids = await crowd(stack, 30);
    await world.start(types.pool, `pool/${name}`, [documents.pool]);
    await world.run({ until: () => world.searchAttributes(`pool/${name}`).MaopsPhase === 'AwaitingPool' });
    await world.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
    await world.result(`teardown/${name}`);
    expect(simulator.requests(deletes.pool)).toHaveLength(1);
    expect(ids.map((id) => world.searchAttributes(id).MaopsPhase)).toEqual(ids.map(() => 'AwaitingCapacity'));
  });
});

/** Runs until a call was scheduled and no worker has taken it up. */
async function untilQueued({ world }: VirtualStack, workflowId: string, activity: string): Promise<void> {
  const isQueued = () =>
    [...world.namespace.get(workflowId).activities.values()].some(
      (task) => task.type === activity && task.tries === 0 && task.isOpen,
    );
  await world.run({ until: isQueued });
  expect(isQueued()).toBe(true);
}

/** A task takes so long from the server to a worker as in a queue without free slots. */
const slowQueue = { latency: (task: 'workflow' | 'activity') => (task === 'activity' ? 5 * second : 0) };
const activityOf = (verb: 'create' | 'delete', kind: Kind) => `${verb}${kind === 'pool' ? 'Pool' : 'Notebook'}`;

describe('a create that is still queued', () => {
  test.each(kinds)('is withdrawn at a pause and sent once after it: %s', async (kind) => {
    const stack = await newStack(slowQueue);
    const { world, simulator } = stack;
    const workflowId = `${kind}/${name}`;
    await world.start(types[kind], workflowId, [documents[kind]]);
    await untilQueued(stack, workflowId, activityOf('create', kind));
    await world.signal(workflowId, 'pause', said);
    await world.run({ maxTime: hour });
    expect(simulator.requests(creates[kind])).toEqual([]);
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Paused', failure: null });
    const resumedAt = world.now();
    await world.signal(workflowId, 'resume', said);
    await world.result(workflowId);
    expect(simulator.requests(creates[kind]).map((sent) => timeOf(sent) > resumedAt)).toEqual([true]);
    expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Ready' });
  });

  test.each(kinds)('is withdrawn at a cancel: %s', async (kind) => {
    const stack = await newStack(slowQueue);
    const { world, simulator } = stack;
    const workflowId = `${kind}/${name}`;
    await world.start(types[kind], workflowId, [documents[kind]]);
    await untilQueued(stack, workflowId, activityOf('create', kind));
    await world.cancel(workflowId);
    await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
    expect([world.status(workflowId), simulator.requests(creates[kind])]).toEqual(['CANCELLED', []]);
  });
});

describe('a create that was sent', () => {
  test.each(kinds)('is awaited in a pause, and its answer counts: %s', async (kind) => {
    const faults = [{ operation: creates[kind], kind: 'delay' as const, ms: 14 * second }];
    const stack = await newStack({ simulator: { faults } });
    const { world, simulator } = stack;
    const workflowId = `${kind}/${name}`;
    await world.start(types[kind], workflowId, [documents[kind]]);
    await untilQueued(stack, workflowId, activityOf('create', kind));
    // Taken by a worker and on the wire.
    await world.run({ maxTime: second });
    await world.signal(workflowId, 'pause', said);
    await world.run({ maxTime: hour });
    // The activity heard of the pause in its heartbeats, and told what it made all the same.
    const resolved = world.history(workflowId).flatMap(({ jobs }) => jobs.filter((job) => job.startsWith('activity')));
    expect(resolved.filter((job) => !job.endsWith('completed'))).toEqual([]);
    await world.signal(workflowId, 'resume', said);
    await world.result(workflowId);
    expect(simulator.requests(creates[kind])).toHaveLength(1);
  });
});

describe('a delete that is still queued', () => {
  test.each(kinds)('is withdrawn at a pause and sent after it: %s', async (kind) => {
    const stack = await newStack(slowQueue);
    const { world, simulator } = stack;
    const workflowId = `${kind}/${name}`;
    await cancelAndAwait(stack, kind, usable[kind]);
    await untilQueued(stack, workflowId, activityOf('delete', kind));
    await world.signal(workflowId, 'pause', said);
    await world.run({ maxTime: hour });
    expect(simulator.requests(deletes[kind])).toEqual([]);
    await world.signal(workflowId, 'resume', said);
    await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
    expect([world.status(workflowId), simulator.requests(deletes[kind]).length]).toEqual(['CANCELLED', 1]);
  });
});
