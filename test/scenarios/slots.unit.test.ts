import { describe, expect, test } from '@jest/globals';
import type { RequestRecord } from '../../src/simulator/request-log.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { poolPart } from '../workflows/documents.js';
import { cancelAndAwait, documents, type Kind, kinds, types, usable } from './launch-alone.js';
import { control } from './outside-changes.js';
import { deadlines, name } from './steps.js';

const second = 1_000;
const hour = 3_600 * second;
const soldOut = 'modelarts.vm.gpu.tnt004';
const attribution = { by: 'ann', reason: 'look first' };
const creates = { pool: 'pools.create', notebook: 'notebooks.create' } as const;
const deletes = { pool: 'pools.delete', notebook: 'notebooks.delete' } as const;

const newStack = testbedsForFile();

const timeOf = ({ at }: RequestRecord) => Date.parse(at);

/** Starts pools of a sold-out flavor, and lets all of them wait for capacity. */
async function crowd(testbed: Testbed, count: number): Promise<string[]> {
  const { temporal } = testbed;
  await control(testbed, `flavors/${soldOut}/sale`, { status: 'soldout' });
  const ids = Array.from({ length: count }, (_, index) => `pool/crowd-${index}`);
  for (const id of ids) {
    const pool = poolPart({ flavors: [soldOut] });
    await temporal.start('provisionPool', id, [{ name: id.slice('pool/'.length), pool, deadlines }]);
  }
  const isWaiting = (id: string) => temporal.searchAttributes(id).MaopsPhase === 'AwaitingCapacity';
  await temporal.run({ until: () => ids.every(isWaiting) });
  return ids;
}

describe('runs that wait for capacity', () => {
  test.each([2, 100])('hold no slot that a create needs, with %i slots for waits', async (waits) => {
    const testbed = await newStack({ slots: { calls: 2, waits }, maxRps: 100 });
    const { temporal, simulator } = testbed;
    await crowd(testbed, 30);
    const began = temporal.now();
    await temporal.start(types.pool, `pool/${name}`, [documents.pool]);
    await temporal.run({ until: () => simulator.requests(creates.pool).length === 1 });
    expect(temporal.now() - began).toBeLessThan(2 * second);
  });

  test('keep waiting while a teardown passes them', async () => {
    const testbed = await newStack({ slots: { calls: 2, waits: 100 }, maxRps: 100 });
    const { temporal, simulator } = testbed;
    const ids = await crowd(testbed, 30);
    await temporal.start(types.pool, `pool/${name}`, [documents.pool]);
    await temporal.run({ until: () => temporal.searchAttributes(`pool/${name}`).MaopsPhase === 'AwaitingPool' });
    await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
    await temporal.result(`teardown/${name}`);
    expect(simulator.requests(deletes.pool)).toHaveLength(1);
    expect(ids.map((id) => temporal.searchAttributes(id).MaopsPhase)).toEqual(ids.map(() => 'AwaitingCapacity'));
  });
});

/** Runs until a call was scheduled and no worker has taken it up. */
async function untilQueued({ temporal }: Testbed, workflowId: string, activity: string): Promise<void> {
  const isQueued = () =>
    [...temporal.namespace.get(workflowId).activities].some(
      (task) => task.type === activity && task.attempts === 0 && task.isOpen,
    );
  await temporal.run({ until: isQueued });
  expect(isQueued()).toBe(true);
}

/** A task takes so long from the server to a worker as in a queue without free slots. */
const slowQueue = { latency: (task: 'workflow' | 'activity') => (task === 'activity' ? 5 * second : 0) };
const activityOf = (verb: 'create' | 'delete', kind: Kind) => `${verb}${kind === 'pool' ? 'Pool' : 'Notebook'}`;

describe('a create that is still queued', () => {
  test.each(kinds)('is withdrawn at a pause and sent once after it: %s', async (kind) => {
    const testbed = await newStack(slowQueue);
    const { temporal, simulator } = testbed;
    const workflowId = `${kind}/${name}`;
    await temporal.start(types[kind], workflowId, [documents[kind]]);
    await untilQueued(testbed, workflowId, activityOf('create', kind));
    await temporal.signal(workflowId, 'pause', attribution);
    await temporal.run({ maxTime: hour });
    expect(simulator.requests(creates[kind])).toEqual([]);
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Paused', failure: null });
    const resumedAt = temporal.now();
    await temporal.signal(workflowId, 'resume', attribution);
    await temporal.result(workflowId);
    expect(simulator.requests(creates[kind]).map((sent) => timeOf(sent) > resumedAt)).toEqual([true]);
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Ready' });
  });

  test.each(kinds)('is withdrawn at a cancel: %s', async (kind) => {
    const testbed = await newStack(slowQueue);
    const { temporal, simulator } = testbed;
    const workflowId = `${kind}/${name}`;
    await temporal.start(types[kind], workflowId, [documents[kind]]);
    await untilQueued(testbed, workflowId, activityOf('create', kind));
    await temporal.cancel(workflowId);
    await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
    expect([temporal.status(workflowId), simulator.requests(creates[kind])]).toEqual(['CANCELLED', []]);
  });
});

describe('a create that was sent', () => {
  test.each(kinds)('is awaited in a pause, and its answer counts: %s', async (kind) => {
    const faults = [{ operation: creates[kind], kind: 'delay' as const, ms: 14 * second }];
    const testbed = await newStack({ simulator: { faults } });
    const { temporal, simulator } = testbed;
    const workflowId = `${kind}/${name}`;
    await temporal.start(types[kind], workflowId, [documents[kind]]);
    await untilQueued(testbed, workflowId, activityOf('create', kind));
    // Taken by a worker and on the wire.
    await temporal.run({ maxTime: second });
    await temporal.signal(workflowId, 'pause', attribution);
    await temporal.run({ maxTime: hour });
    // The activity learned of the pause from its heartbeats, and still reported what it created.
    const resolved = temporal
      .history(workflowId)
      .flatMap(({ jobs }) => jobs.filter((job) => job.startsWith('activity')));
    expect(resolved.filter((job) => !job.endsWith('completed'))).toEqual([]);
    await temporal.signal(workflowId, 'resume', attribution);
    await temporal.result(workflowId);
    expect(simulator.requests(creates[kind])).toHaveLength(1);
  });
});

describe('a delete that is still queued', () => {
  test.each(kinds)('is withdrawn at a pause and sent after it: %s', async (kind) => {
    const testbed = await newStack(slowQueue);
    const { temporal, simulator } = testbed;
    const workflowId = `${kind}/${name}`;
    await cancelAndAwait(testbed, kind, usable[kind]);
    await untilQueued(testbed, workflowId, activityOf('delete', kind));
    await temporal.signal(workflowId, 'pause', attribution);
    await temporal.run({ maxTime: hour });
    expect(simulator.requests(deletes[kind])).toEqual([]);
    await temporal.signal(workflowId, 'resume', attribution);
    await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
    expect([temporal.status(workflowId), simulator.requests(deletes[kind]).length]).toEqual(['CANCELLED', 1]);
  });
});
