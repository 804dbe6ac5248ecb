import { describe, expect, test } from '@jest/globals';
import type { CommandAnswer } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { auditLimits } from '../../src/domain/audit-trail.js';
import { countCharacters } from '../../src/domain/text.js';
import type { VirtualStackOptions } from '../temporal-sim/environment.js';
import { oversized } from '../temporal-sim/payload-sizes.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { name, nothing, startMainJob, untilPhase } from './stories.js';

const lease = `lease/${name}`;
const workflowId = `env/${name}`;
const emoji = (count: number) => '\u{1F600}'.repeat(count);
const longest = { by: emoji(100), reason: emoji(1_000) };
const said = { by: 'ann', reason: 'because' };

const newStack = stacksForFile();

/** A world that notes every payload that is too large. */
async function watchedStack(options: VirtualStackOptions = {}) {
  const tooLarge: string[] = [];
  const stack = await newStack({
    ...options,
    fate: (_activation, run, commands) => {
      tooLarge.push(...oversized(run.workflowId, commands));
      return 'lives';
    },
  });
  return { stack, tooLarge };
}

async function leased(options: VirtualStackOptions = {}, times: Record<string, unknown> = { ttl: '8h', max: '90d' }) {
  const { stack, tooLarge } = await watchedStack({ webhook: () => null, ...options });
  await startMainJob(stack, { lease: { ...times, webhook: 'https://hooks.example.com/x' } });
  await stack.world.result(workflowId);
  return { stack, tooLarge };
}

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const left = ({ simulator }: Awaited<ReturnType<typeof leased>>['stack']) => {
  const { pools, notebooks } = simulator.state();
  return { pools, notebooks };
};

describe('a lease', () => {
  test('refuses reasons of 190 KiB and lives through hundreds of the longest ones, to its proper end', async () => {
    const { stack, tooLarge } = await leased();
    const { world, progress } = stack;
    const huge = { ...said, reason: 'x'.repeat(190 * 1024), duration: '1h' };
    for (let times = 0; times < 11; times += 1)
      await expect(world.update(lease, 'extendLease', huge)).rejects.toMatchObject({
        cause: { type: 'RequestRejected', message: '`reason` has 194560 characters; at most 1000 are possible' },
      });
    expect((await progress(lease)).audit).toEqual([]);
    for (let times = 1; times <= 250; times += 1) {
      const answer = await world.update<CommandAnswer>(lease, 'extendLease', { ...longest, duration: '1m' });
      expect(answer).toMatchObject({ workflowId: lease, phase: 'Leased', lease: { extensions: times } });
      expect(bytes(answer)).toBeLessThan(1_000);
      await world.run({ maxTime: 1_000 });
    }
    const before = await progress(lease);
    expect(before.audit.length + before.auditDropped).toBeGreaterThanOrEqual(250);
    expect(bytes(before.audit)).toBeLessThanOrEqual(auditLimits.bytes);
    expect(await world.update(lease, 'releaseLease', longest)).toMatchObject({ workflowId: lease });
    expect(await world.result(lease)).toMatchObject({ phase: 'Gone' });
    expect({ ...left(stack), tooLarge }).toEqual({ pools: [], notebooks: [], tooLarge: [] });
  });

  test('cuts what raw signals bring, of any shape, and hears as many of them as come', async () => {
    const { stack, tooLarge } = await leased({ suggestContinueAsNewAfter: 200 });
    const { world, progress } = stack;
    const { runId } = await progress(lease);
    const shapes: unknown[] = [
      { by: emoji(20_000), reason: emoji(20_000) },
      { by: { who: 'x'.repeat(50_000) }, reason: ['y'.repeat(50_000)] },
      { by: 5, reason: null },
      null,
      'pause',
    ];
    for (let times = 0; times < 300; times += 1) {
      await world.signal(lease, 'pause', shapes[times % shapes.length]);
      await world.run({ maxTime: 100 });
    }
    await world.signal(lease, 'announceCancel', { cause: emoji(5_000), by: emoji(5_000), reason: emoji(5_000) });
    await world.run({ maxTime: 60_000 });
    const paused = await progress(lease);
    expect(paused).toMatchObject({ phase: 'Paused' });
    expect(bytes(paused.audit)).toBeLessThanOrEqual(auditLimits.bytes);
    expect(paused.audit.length + paused.auditDropped).toBe(300);
    expect(paused.audit.at(-1)).toMatchObject({ by: 'unknown', reason: '' });
    // A pause that is said again and again must not fill the history of one run.
    expect(paused.runId).not.toBe(runId);
    await world.signal(lease, 'resume', said);
    await world.update(lease, 'releaseLease', said);
    expect(await world.result(lease)).toMatchObject({ phase: 'Gone' });
    expect(tooLarge).toEqual([]);
  });

  test('refuses resources that are too large to own', async () => {
    const { stack } = await leased();
    const notebooks = Array.from({ length: 20_000 }, (_, index) => ({ id: `notebook-${index}`, createdAt: '1' }));
    await expect(stack.world.update(lease, 'acquire', { notebooks })).rejects.toMatchObject({
      cause: { type: 'RequestRejected' },
    });
  });
});

describe('an operation', () => {
  test('ends its failure with little, however long the words of operators and of the service are', async () => {
    const { stack, tooLarge } = await watchedStack();
    const { world, progress } = stack;
    await startMainJob(stack, { approval: { required: true, timeout: '1h' } });
    await untilPhase(stack, 'AwaitingApproval');
    for (let times = 0; times < 300; times += 1) await world.signal(workflowId, 'pause', longest);
    await world.signal(workflowId, 'resume', longest);
    await expect(world.update(workflowId, 'approve', { ...said, reason: emoji(1_001) })).rejects.toMatchObject({
      cause: { type: 'RequestRejected' },
    });
    await world.update(workflowId, 'reject', longest);
    await expect(world.result(workflowId)).rejects.toMatchObject({ cause: { type: 'ApprovalRejected' } });
    const { failure, why } = await progress(workflowId);
    for (const text of [failure?.message ?? '', why]) expect(countCharacters(text)).toBeLessThanOrEqual(2_000);
    expect(tooLarge).toEqual([]);
  });

  test('that is started with a document of 1.9 MB ends with a short reason, and makes nothing', async () => {
    const { stack, tooLarge } = await watchedStack();
    const { world, simulator } = stack;
    await startMainJob(stack, { comment: 'x'.repeat(1_900_000) });
    const failure = world.result(workflowId);
    await expect(failure).rejects.toMatchObject({
      cause: {
        type: 'InvalidSpec',
        message: expect.stringMatching(/^the document: it has 19\d{5} bytes as JSON, and at most 262144/),
      },
    });
    expect({ made: simulator.state().pools, open: world.openWorkflows(), tooLarge }).toEqual({
      made: nothing.pools,
      open: nothing.open,
      tooLarge: [],
    });
  });

  test('that is started with ten thousand mistakes names some of them', async () => {
    const { stack, tooLarge } = await watchedStack();
    await startMainJob(stack, Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`wrong-${index}`, 1])));
    await expect(stack.world.result(workflowId)).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
    expect(countCharacters((await stack.progress(workflowId)).failure?.message ?? '')).toBeLessThanOrEqual(2_000);
    expect(tooLarge).toEqual([]);
  });

  test.each([
    ['leaseEnvironment', lease, { name, spec: { text: 'x'.repeat(1_900_000) }, resources: {} }],
    ['teardownEnvironment', `teardown/${name}`, { name, planHash: 'x'.repeat(1_900_000) }],
    ['sweepExpired', 'sweep/x-1', { rules: { text: 'x'.repeat(1_900_000) } }],
    ['changeResource', `change/notebook/${name}`, { kind: 'notebook', name, text: 'x'.repeat(1_900_000) }],
    ['auditResources', 'audit/1', { adopt: { id: 'x'.repeat(1_900_000) } }],
    ['runScheduled', 'schedule/x-1', { schedule: 'x', start: { what: 'x'.repeat(1_900_000) } }],
  ])('%s with an argument of 1.9 MB ends with a short reason', async (type, id, argument) => {
    const { stack, tooLarge } = await watchedStack();
    await stack.world.start(type, id, [argument]);
    await expect(stack.world.result(id)).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
    expect(tooLarge).toEqual([]);
  });

  test.each([
    ['changeResource', `change/notebook/${name}`, { kind: 'notebook', name, change: 'stop' }],
    ['sweepExpired', 'sweep/x-1', {}],
    ['auditResources', 'audit/1', null],
  ])('%s refuses who or why that is too long', async (type, id, argument) => {
    const { stack } = await watchedStack();
    const words = { by: 'ann', reason: emoji(1_001) };
    await stack.world.start(type, id, [
      argument === null ? { adopt: { id: 'x', ...words } } : { ...argument, ...words },
    ]);
    await expect(stack.world.result<Progress>(id)).rejects.toMatchObject({
      cause: { type: 'InvalidSpec', message: expect.stringContaining('at most 1000 characters') },
    });
  });
});

test('changes of a spec that are too large are refused, and the step waits as before', async () => {
  const { stack } = await watchedStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
  });
  await startMainJob(stack, { onFailure: 'ask' });
  await untilPhase(stack, 'AwaitingOperator');
  const changes = { 'notebook.description': 'x'.repeat(1_900_000) };
  await expect(stack.world.update(workflowId, 'resolve', { verb: 'retry', ...said, changes })).rejects.toMatchObject({
    cause: { type: 'RequestRejected', message: expect.stringContaining('`changes` is too large') },
  });
  expect(await stack.progress(workflowId)).toMatchObject({ phase: 'AwaitingOperator', audit: [] });
});
