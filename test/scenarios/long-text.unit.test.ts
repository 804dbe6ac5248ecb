import { describe, expect, test } from '@jest/globals';
import type { CommandAnswer } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { auditLimits } from '../../src/domain/audit-trail.js';
import { countCharacters } from '../../src/domain/text.js';
import { oversized } from '../support/payload-sizes.js';
import type { TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { name, nothing, startMainJob, untilPhase } from './steps.js';

const lease = `lease/${name}`;
const workflowId = `env/${name}`;
const emoji = (count: number) => '\u{1F600}'.repeat(count);
const longest = { by: emoji(100), reason: emoji(1_000) };
const attribution = { by: 'ann', reason: 'because' };

const newStack = testbedsForFile();

/** A temporal that notes every payload that is too large. */
async function watchedStack(options: TestbedOptions = {}) {
  const tooLarge: string[] = [];
  const testbed = await newStack({
    ...options,
    onActivation: (_activation, run, commands) => {
      tooLarge.push(...oversized(run.workflowId, commands));
      return 'reported';
    },
  });
  return { testbed, tooLarge };
}

async function leased(options: TestbedOptions = {}, times: Record<string, unknown> = { ttl: '8h', max: '90d' }) {
  const { testbed, tooLarge } = await watchedStack({ webhook: () => null, ...options });
  await startMainJob(testbed, { lease: { ...times, webhook: 'https://hooks.example.com/x' } });
  await testbed.temporal.result(workflowId);
  return { testbed, tooLarge };
}

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const left = ({ simulator }: Awaited<ReturnType<typeof leased>>['testbed']) => {
  const { pools, notebooks } = simulator.state();
  return { pools, notebooks };
};

describe('a lease', () => {
  test('refuses reasons of 190 KiB, and survives hundreds of the longest allowed ones to its end', async () => {
    const { testbed, tooLarge } = await leased();
    const { temporal, progress } = testbed;
    const huge = { ...attribution, reason: 'x'.repeat(190 * 1024), duration: '1h' };
    for (let times = 0; times < 11; times += 1)
      await expect(temporal.update(lease, 'extendLease', huge)).rejects.toMatchObject({
        cause: { type: 'RequestRejected', message: expect.stringMatching(/`reason` has 194560 characters.*\b1000\b/) },
      });
    expect((await progress(lease)).audit).toEqual([]);
    for (let times = 1; times <= 250; times += 1) {
      const answer = await temporal.update<CommandAnswer>(lease, 'extendLease', { ...longest, duration: '1m' });
      expect(answer).toMatchObject({ workflowId: lease, phase: 'Leased', lease: { extensions: times } });
      expect(bytes(answer)).toBeLessThan(1_000);
      await temporal.run({ maxTime: 1_000 });
    }
    const before = await progress(lease);
    expect(before.audit.length + before.auditDropped).toBeGreaterThanOrEqual(250);
    expect(bytes(before.audit)).toBeLessThanOrEqual(auditLimits.bytes);
    expect(await temporal.update(lease, 'releaseLease', longest)).toMatchObject({ workflowId: lease });
    expect(await temporal.result(lease)).toMatchObject({ phase: 'Gone' });
    expect({ ...left(testbed), tooLarge }).toEqual({ pools: [], notebooks: [], tooLarge: [] });
  });

  test('cuts payloads of raw signals, of any shape, and handles any number of them', async () => {
    const { testbed, tooLarge } = await leased({ suggestContinueAsNewAfter: 200 });
    const { temporal, progress } = testbed;
    const { runId } = await progress(lease);
    const shapes: unknown[] = [
      { by: emoji(20_000), reason: emoji(20_000) },
      { by: { who: 'x'.repeat(50_000) }, reason: ['y'.repeat(50_000)] },
      { by: 5, reason: null },
      null,
      'pause',
    ];
    for (let times = 0; times < 300; times += 1) {
      await temporal.signal(lease, 'pause', shapes[times % shapes.length]);
      await temporal.run({ maxTime: 100 });
    }
    await temporal.signal(lease, 'announceCancel', { cause: emoji(5_000), by: emoji(5_000), reason: emoji(5_000) });
    await temporal.run({ maxTime: 60_000 });
    const paused = await progress(lease);
    expect(paused).toMatchObject({ phase: 'Paused' });
    expect(bytes(paused.audit)).toBeLessThanOrEqual(auditLimits.bytes);
    expect(paused.audit.length + paused.auditDropped).toBe(300);
    expect(paused.audit.at(-1)).toMatchObject({ by: 'unknown', reason: '' });
    // A pause that is sent again and again must not fill the history of one run.
    expect(paused.runId).not.toBe(runId);
    await temporal.signal(lease, 'resume', attribution);
    await temporal.update(lease, 'releaseLease', attribution);
    expect(await temporal.result(lease)).toMatchObject({ phase: 'Gone' });
    expect(tooLarge).toEqual([]);
  });

  test('refuses resources that are too large to own', async () => {
    const { testbed } = await leased();
    const notebooks = Array.from({ length: 20_000 }, (_, index) => ({ id: `notebook-${index}`, createdAt: '1' }));
    await expect(testbed.temporal.update(lease, 'acquire', { notebooks })).rejects.toMatchObject({
      cause: { type: 'RequestRejected' },
    });
  });
});

describe('an operation', () => {
  test('keeps its failure short, however long the texts of operators and of the service are', async () => {
    const { testbed, tooLarge } = await watchedStack();
    const { temporal, progress } = testbed;
    await startMainJob(testbed, { approval: { required: true, timeout: '1h' } });
    await untilPhase(testbed, 'AwaitingApproval');
    for (let times = 0; times < 300; times += 1) await temporal.signal(workflowId, 'pause', longest);
    await temporal.signal(workflowId, 'resume', longest);
    await expect(
      temporal.update(workflowId, 'approve', { ...attribution, reason: emoji(1_001) }),
    ).rejects.toMatchObject({
      cause: { type: 'RequestRejected' },
    });
    await temporal.update(workflowId, 'reject', longest);
    await expect(temporal.result(workflowId)).rejects.toMatchObject({ cause: { type: 'ApprovalRejected' } });
    const { failure, why } = await progress(workflowId);
    for (const text of [failure?.message ?? '', why]) expect(countCharacters(text)).toBeLessThanOrEqual(2_000);
    expect(tooLarge).toEqual([]);
  });

  test('that is started with a document of 1.9 MB ends with a short reason, and creates nothing', async () => {
    const { testbed, tooLarge } = await watchedStack();
    const { temporal, simulator } = testbed;
    await startMainJob(testbed, { comment: 'x'.repeat(1_900_000) });
    const failure = temporal.result(workflowId);
    await expect(failure).rejects.toMatchObject({
      cause: {
        type: 'InvalidSpec',
        message: expect.stringMatching(/^the document: it has 19\d{5} bytes as JSON.*\b262144\b/),
      },
    });
    expect({ made: simulator.state().pools, open: temporal.openWorkflows(), tooLarge }).toEqual({
      made: nothing.pools,
      open: nothing.open,
      tooLarge: [],
    });
  });

  test('that is started with ten thousand mistakes names some of them', async () => {
    const { testbed, tooLarge } = await watchedStack();
    await startMainJob(
      testbed,
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`wrong-${index}`, 1])),
    );
    await expect(testbed.temporal.result(workflowId)).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
    expect(countCharacters((await testbed.progress(workflowId)).failure?.message ?? '')).toBeLessThanOrEqual(2_000);
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
    const { testbed, tooLarge } = await watchedStack();
    await testbed.temporal.start(type, id, [argument]);
    await expect(testbed.temporal.result(id)).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
    expect(tooLarge).toEqual([]);
  });

  test.each([
    ['changeResource', `change/notebook/${name}`, { kind: 'notebook', name, change: 'stop' }],
    ['sweepExpired', 'sweep/x-1', {}],
    ['auditResources', 'audit/1', null],
  ])('%s refuses who or why that is too long', async (type, id, argument) => {
    const { testbed } = await watchedStack();
    const words = { by: 'ann', reason: emoji(1_001) };
    await testbed.temporal.start(type, id, [
      argument === null ? { adopt: { id: 'x', ...words } } : { ...argument, ...words },
    ]);
    await expect(testbed.temporal.result<Progress>(id)).rejects.toMatchObject({
      cause: { type: 'InvalidSpec', message: expect.stringContaining('at most 1000 characters') },
    });
  });
});

test('changes of a spec that are too large are refused, and the step waits as before', async () => {
  const { testbed } = await watchedStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
  });
  await startMainJob(testbed, { onFailure: 'ask' });
  await untilPhase(testbed, 'AwaitingOperator');
  const changes = { 'notebook.description': 'x'.repeat(1_900_000) };
  await expect(
    testbed.temporal.update(workflowId, 'resolve', { verb: 'retry', ...attribution, changes }),
  ).rejects.toMatchObject({
    cause: { type: 'RequestRejected', message: expect.stringContaining('`changes` is too large') },
  });
  expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'AwaitingOperator', audit: [] });
});
