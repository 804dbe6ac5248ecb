import { describe, expect, test } from '@jest/globals';
import type { Fault, FaultEffect } from '../../src/simulator/faults/fault.js';
import type { RequestRecord } from '../../src/simulator/request-log.js';
import { oursIn } from '../chaos/judge.js';
import { productSettings, type Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { cancelAndAwait, documents, type Kind, kinds, types, usable } from './launch-alone.js';
import { control } from './outside-changes.js';
import { name, startMainJob, untilPhase } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const young: Record<Kind, string> = { pool: 'Creating', notebook: 'CREATING' };

const testbedWith = testbedsForFile();
const newStack = async (...faults: Fault[]) => await testbedWith({ simulator: { faults } });

async function end({ temporal, simulator, progress }: Testbed, workflowId: string) {
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  const { pools, notebooks } = oursIn(simulator.state());
  const { phase, failure } = await progress(workflowId);
  return { phase, failure, alive: pools.length + notebooks.length, open: temporal.openWorkflows() };
}

const allUndone = { phase: 'Cancelled', failure: null, alive: 0, open: [] };
const refused = (status: number, code: string) => ({
  kind: 'status' as const,
  status,
  body: { json: { error_code: code, error_msg: 'no', error_message: 'no' } },
});
const timeOf = ({ at }: RequestRecord) => Date.parse(at);

describe('after a refused stop or delete the resource is observed again', () => {
  const codes = ['6304', '6305', '6306', '6307', '6308', '6357'].map((code) => `ModelArts.${code}`);
  test.each(codes)('%s, to the stop and to the delete of a notebook', async (code) => {
    const testbed = await newStack(
      { operation: 'notebooks.action', ...refused(400, code), times: 2 },
      { operation: 'notebooks.delete', ...refused(400, code), times: 2 },
    );
    await cancelAndAwait(testbed, 'notebook', usable.notebook);
    expect(await end(testbed, `notebook/${name}`)).toEqual(allUndone);
  });

  test('409 50025002 for the delete of a pool', async () => {
    const testbed = await newStack({ operation: 'pools.delete', ...refused(409, 'ModelArts.50025002'), times: 2 });
    await cancelAndAwait(testbed, 'pool', usable.pool);
    await testbed.temporal.run({ until: () => testbed.simulator.requests('pools.delete').length === 1 });
    await testbed.temporal.run({ maxTime: 1_000 });
    expect((await testbed.progress(`pool/${name}`)).retrying).toMatchObject({
      error: { type: 'RequestRejected', errorCode: 'ModelArts.50025002', requestId: expect.stringMatching(/./) },
    });
    expect(await end(testbed, `pool/${name}`)).toEqual(allUndone);
  });
});

describe('a resource that is not found by its delete', () => {
  const notFound = { pool: refused(404, 'ModelArts.50015001'), notebook: refused(400, 'ModelArts.6309') };
  test.each(kinds)('is gone: a %s that is', async (kind) => {
    const testbed = await newStack({ operation: `${kind}s.delete`, ...notFound[kind], commit: true });
    await cancelAndAwait(testbed, kind, usable[kind]);
    expect(await end(testbed, `${kind}/${name}`)).toEqual(allUndone);
    expect(testbed.simulator.requests(`${kind}s.delete`)).toHaveLength(1);
  });

  test.each(kinds)('is deleted again: a %s that is still observed', async (kind) => {
    const testbed = await newStack({ operation: `${kind}s.delete`, ...notFound[kind] });
    await cancelAndAwait(testbed, kind, usable[kind]);
    expect(await end(testbed, `${kind}/${name}`)).toEqual(allUndone);
    expect(testbed.simulator.requests(`${kind}s.delete`)).toHaveLength(2);
  });

  test.each(kinds)('counts as gone when someone else deleted it first: a %s', async (kind) => {
    const testbed = await newStack();
    await cancelAndAwait(testbed, kind, usable[kind]);
    const snapshot = testbed.simulator.snapshot();
    const emptied = { ...snapshot.state, pools: [], notebooks: [] };
    testbed.simulator.restore({ ...snapshot, state: emptied });
    expect(await end(testbed, `${kind}/${name}`)).toEqual(allUndone);
    expect(testbed.simulator.requests(`${kind}s.delete`)).toEqual([]);
  });
});

describe('a rollback never gives up', () => {
  test.each([
    ['pool', { operation: 'pools.delete', kind: 'status', status: 500, times: 'always' }],
    ['pool', { operation: 'pools.delete', kind: 'forbidden', times: 'always' }],
    ['pool', { operation: '*', kind: 'status', status: 503, times: 'always' }],
    ['notebook', { operation: 'notebooks.delete', kind: 'status', status: 500, times: 'always' }],
    ['notebook', { operation: 'notebooks.action', kind: 'forbidden', times: 'always' }],
    ['notebook', { operation: '*', kind: 'lost', at: 'before', times: 'always' }],
  ] satisfies [Kind, Fault][])('%s, with %j for five hours', async (kind, fault) => {
    const testbed = await newStack();
    const { temporal, simulator, progress } = testbed;
    const workflowId = `${kind}/${name}`;
    await cancelAndAwait(testbed, kind, usable[kind]);
    simulator.faults.plan(fault);
    const began = temporal.now();
    await temporal.run({ maxTime: 29 * minute });
    expect(await progress(workflowId)).toMatchObject({ phase: 'RollingBack', overdueSince: null });
    expect(temporal.searchAttributes(workflowId).MaopsOverdue).toBeUndefined();
    await temporal.run({ maxTime: 2 * minute });
    expect(await progress(workflowId)).toMatchObject({
      phase: 'RollingBack',
      awaiting: null,
      overdueSince: expect.stringMatching(/^\d{4}-.*Z$/),
      steps: expect.arrayContaining([expect.objectContaining({ name: kind, state: 'undoing' })]),
    });
    expect(temporal.searchAttributes(workflowId).MaopsOverdue).toBe(true);
    await temporal.run({ maxTime: 5 * hour });
    const tries = simulator
      .requests()
      .map(timeOf)
      .filter((at) => at > began);
    const pauses = tries.slice(1).map((at, index) => ({ at, ms: at - (tries[index] ?? at) }));
    const longest = (share: typeof pauses) => Math.max(...share.map(({ ms }) => ms));
    const [early, late] = [pauses.filter(({ at }) => at < began + 5 * minute), pauses.slice(-60)];
    // A wait has a pace of its own; the pauses between commands grow.
    if (fault.operation !== '*') expect(longest(late)).toBeGreaterThan(2 * longest(early));
    expect(longest(late)).toBeLessThanOrEqual(17 * minute);
    expect(temporal.now() - (tries.at(-1) ?? 0)).toBeLessThanOrEqual(17 * minute);
    simulator.faults.expectAllHit();
    simulator.faults.clear();
    const healed = temporal.now();
    expect(await end(testbed, workflowId)).toEqual(allUndone);
    expect(temporal.now() - healed).toBeLessThan(30 * minute);
    expect(await progress(workflowId)).toMatchObject({ overdueSince: null });
    expect(temporal.searchAttributes(workflowId).MaopsOverdue).toBe(false);
  });

  test.each(kinds)('neither a second cancel nor a worker crash ends it: %s', async (kind) => {
    const testbed = await newStack();
    const { temporal } = testbed;
    await cancelAndAwait(testbed, kind, usable[kind]);
    await temporal.run({ maxTime: 5000 });
    await temporal.cancel(`${kind}/${name}`);
    temporal.killWorker();
    await temporal.run({ maxTime: 5000 });
    await temporal.cancel(`${kind}/${name}`);
    temporal.stopWorker();
    expect(await end(testbed, `${kind}/${name}`)).toEqual(allUndone);
  });

  test.each(kinds)('one response without the marker does not leave our resource behind: %s', async (kind) => {
    const paths = kind === 'pool' ? ['metadata.annotations'] : ['description', 'spec.annotations'];
    const cases = [0, 10 * minute].flatMap((pausedMs) => [1, 2, 3].map((nth) => ({ pausedMs, nth })));
    for (const { pausedMs, nth } of cases) {
      const testbed = await newStack({ operation: `${kind}s.create`, kind: 'lost', at: 'after' });
      const { temporal, simulator } = testbed;
      const workflowId = `${kind}/${name}`;
      await temporal.start(types[kind], workflowId, [documents[kind]]);
      await temporal.run({ until: () => simulator.requests(`${kind}s.create`).length === 1 });
      // After a long pause the consistency window is over, and nothing else triggers another read.
      if (pausedMs > 0) {
        await temporal.signal(workflowId, 'pause', { by: 'op', reason: 'wait' });
        await temporal.run({ maxTime: pausedMs });
      }
      await temporal.cancel(workflowId);
      simulator.faults.plan({ operation: `${kind}s.list`, kind: 'missingFields', paths, nth, optional: true });
      expect({ pausedMs, nth, ...(await end(testbed, workflowId)) }).toEqual({ pausedMs, nth, ...allUndone });
    }
  });
});

describe('resources that are still being created', () => {
  test.each(kinds)('is deleted too: %s', async (kind) => {
    const testbed = await newStack();
    await cancelAndAwait(testbed, kind, young[kind]);
    expect(await end(testbed, `${kind}/${name}`)).toEqual(allUndone);
  });

  test.each(kinds)('is deleted too when it is stuck for two hours: %s', async (kind) => {
    const testbed = await newStack({
      operation: `${kind}s.create`,
      kind: 'stuck',
      phase: young[kind],
      forMs: 2 * hour,
    });
    await cancelAndAwait(testbed, kind, young[kind]);
    expect(await end(testbed, `${kind}/${name}`)).toEqual(allUndone);
  });
});

describe('the order of a rollback', () => {
  test('a notebook is stopped, deleted and gone before its pool is deleted', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await startMainJob(testbed);
    await temporal.run({ until: () => simulator.state().notebooks[0]?.status === 'RUNNING' });
    await temporal.cancel(`env/${name}`);
    expect(await end(testbed, `env/${name}`)).toEqual(allUndone);
    const commands = simulator.requests().filter(({ method, effect }) => method !== 'GET' && effect !== null);
    expect(commands.map(({ operation }) => operation)).toEqual([
      'pools.create',
      'notebooks.create',
      'notebooks.action',
      'notebooks.delete',
      'pools.delete',
    ]);
  });

  // A pool is observed as being deleted; a notebook of the historical API is gone at once.
  test.each([
    ['pool', 2_000],
    ['notebook', productSettings.pollMinMs],
  ] as const)('the absence of a %s is observed by two lists, %d ms apart, and then by show', async (kind, apartMs) => {
    const testbed = await newStack();
    const { simulator } = testbed;
    await cancelAndAwait(testbed, kind, usable[kind]);
    expect(await end(testbed, `${kind}/${name}`)).toEqual(allUndone);
    const requests = simulator.requests();
    const deleted = requests.findIndex(({ operation }) => operation === `${kind}s.delete`);
    const isAbsent = ({ operation, status }: RequestRecord) => operation === `${kind}s.show` && status !== 200;
    const after = requests.slice(deleted);
    const show = after.findIndex(isAbsent);
    expect(after[show]?.status).toBe(kind === 'pool' ? 404 : 400);
    const isList = ({ operation }: RequestRecord) => operation === `${kind}s.list`;
    const lists = [after.slice(0, show).findLast(isList), after.slice(show).find(isList)].filter(
      (list) => list !== undefined,
    );
    const around = kind === 'pool' ? lists : after.slice(0, show).filter(isList).slice(-2);
    const [first, second] = around;
    if (first === undefined || second === undefined) throw new Error('it was not looked at');
    expect(timeOf(second) - timeOf(first)).toBeGreaterThanOrEqual(apartMs);
  });
});

describe('another user’s notebook on our pool', () => {
  const guest = async (testbed: Testbed) => {
    const pool = testbed.simulator.state().pools[0]?.id;
    await control(testbed, 'notebooks', { name: 'guest', pool, user: 'neighbour' });
  };

  test.each([
    ['a rollback', async ({ temporal }: Testbed) => await temporal.cancel(`env/${name}`), `env/${name}`],
    [
      'a teardown',
      async ({ temporal }: Testbed) => await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]),
      `teardown/${name}`,
    ],
  ])('stops %s, which names its owner, and the pool keeps an owner', async (_title, act, workflowId) => {
    const testbed = await newStack();
    await startMainJob(testbed);
    await untilPhase(testbed, 'AwaitingNotebook');
    await guest(testbed);
    await act(testbed);
    const ended = await end(testbed, workflowId);
    expect(ended).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' }, alive: 1, open: [`lease/${name}`] });
    expect(ended.failure?.message).toContain('notebook guest of neighbour');
    expect(testbed.simulator.requests('pools.delete')).toEqual([]);
  });
});

describe('a run that keeps what it created, and whose only create created nothing, leaves no lease', () => {
  const refusal = { error_code: 'ModelArts.6329', error_msg: 'sold out' };
  test.each<[string, Kind, FaultEffect]>([
    ['throttled', 'pool', { kind: 'throttle', code: 'ModelArts.6101', retryAfter: 600 }],
    ['throttled', 'notebook', { kind: 'throttle', code: 'ModelArts.6101', retryAfter: 600 }],
    ['sold out', 'pool', { kind: 'soldOut', when: 'before', answer: 'refuse' }],
    ['sold out', 'notebook', { kind: 'status', status: 400, body: { json: refusal } }],
  ])('%s: %s', async (_title, kind, effect) => {
    const fault: Fault = { operation: `${kind}s.create`, times: 'always', ...effect };
    const testbed = await newStack(fault);
    const { temporal, simulator, progress } = testbed;
    const workflowId = `${kind}/${name}`;
    await temporal.start(types[kind], workflowId, [{ ...documents[kind], onCancel: 'keep' }]);
    await temporal.run({ until: () => simulator.requests(`${kind}s.create`).length > 0 });
    await temporal.run({ maxTime: 30_000 });
    await temporal.cancel(workflowId);
    await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
    expect(await progress(workflowId)).toMatchObject({ phase: 'Cancelled' });
    expect(temporal.openWorkflows()).toEqual([]);
  });
});
