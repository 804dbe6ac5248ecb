import { describe, expect, test } from '@jest/globals';
import type { CommandAnswer } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { name, startMainJob, untilPhase } from './steps.js';

const lease = `lease/${name}`;
const workflowId = `env/${name}`;
const hour = 3_600_000;
const attribution = { by: 'ann', reason: 'because' };
const keyed = (key: string) => ({ ...attribution, key });

const newStack = testbedsForFile();

async function leased(options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newStack(options);
  await startMainJob(testbed, { lease: { ttl: '8h' } });
  await testbed.temporal.result(workflowId);
  return testbed;
}

const verbs = ({ audit }: Progress) => audit.map(({ verb }) => verb);
const refused = { cause: { type: 'RequestRejected' } };

describe('a command with a key', () => {
  test('extends a lease once, also when it continued as new meanwhile', async () => {
    const { temporal, progress } = await leased({ suggestContinueAsNewAfter: 40 });
    const command = { ...keyed('job 7'), duration: '1h' };
    const first = await temporal.update<CommandAnswer>(lease, 'extendLease', command);
    const { runId } = await progress(lease);
    for (let times = 0; times < 20; times += 1) {
      await temporal.signal(lease, times % 2 === 0 ? 'pause' : 'resume', attribution);
      await temporal.run({ maxTime: 1_000 });
    }
    const again = await temporal.update<CommandAnswer>(lease, 'extendLease', command);
    expect((await progress(lease)).runId).not.toBe(runId);
    expect(again.lease).toEqual(first.lease);
    expect(first.lease).toMatchObject({ extensions: 1 });
    const other = await temporal.update<CommandAnswer>(lease, 'extendLease', { ...command, key: 'job 8' });
    expect(other.lease).toMatchObject({ extensions: 2 });
    expect(verbs(await progress(lease)).filter((verb) => verb === 'extend')).toHaveLength(2);
  });

  test('is answered even if the state would refuse it', async () => {
    const { temporal, progress } = await leased();
    await temporal.update(lease, 'extendLease', { ...keyed('e'), duration: '1h' });
    await temporal.update(lease, 'releaseLease', keyed('r'));
    await temporal.run({ until: () => temporal.searchAttributes(lease).MaopsPhase === 'DeletingPool' });
    expect(await temporal.update(lease, 'releaseLease', keyed('r'))).toMatchObject({ workflowId: lease });
    expect(await temporal.update(lease, 'extendLease', { ...keyed('e'), duration: '1h' })).toMatchObject({
      workflowId: lease,
      phase: 'DeletingPool',
      lease: { extensions: 1 },
    });
    await expect(temporal.update(lease, 'releaseLease', keyed('s'))).rejects.toMatchObject(refused);
    await expect(temporal.update(lease, 'releaseLease', attribution)).rejects.toMatchObject(refused);
    expect(await temporal.result(lease)).toMatchObject({ phase: 'Gone' });
    expect(verbs(await progress(lease))).toEqual(['extend', 'release']);
  });

  test('that was refused does not count, and can be sent again', async () => {
    const { temporal } = await leased();
    const command = keyed('k');
    await expect(temporal.update(lease, 'extendLease', { ...command, duration: '900d' })).rejects.toMatchObject(
      refused,
    );
    expect(await temporal.update(lease, 'extendLease', { ...command, duration: '1h' })).toMatchObject({
      lease: { extensions: 1 },
    });
  });

  test('approves and resolves once', async () => {
    const testbed = await newStack({
      simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
    });
    const { temporal, progress } = testbed;
    await startMainJob(testbed, { onFailure: 'ask', approval: { required: true, timeout: '1h' } });
    await untilPhase(testbed, 'AwaitingApproval');
    await temporal.update(workflowId, 'approve', keyed('a'));
    await temporal.update(workflowId, 'approve', keyed('a'));
    await untilPhase(testbed, 'AwaitingOperator');
    const retry = { verb: 'retry', ...keyed('b') };
    await temporal.update(workflowId, 'resolve', retry);
    await temporal.run({ maxTime: 10_000 });
    await temporal.update(workflowId, 'resolve', retry);
    await expect(temporal.update(workflowId, 'reject', keyed('c'))).rejects.toMatchObject(refused);
    await temporal.result(workflowId);
    expect(verbs(await progress(workflowId))).toEqual(['approve', 'retry', 'clear']);
  });

  test('pauses once: a repeated pause does not undo the resume in between', async () => {
    const { temporal, progress } = await leased();
    for (const [verb, key] of [
      ['pause', 'p'],
      ['pause', 'p'],
      ['resume', 'r'],
      ['pause', 'p'],
      ['resume', 'r'],
    ] as const)
      await temporal.signal(lease, verb, keyed(key));
    await temporal.run({ maxTime: 1_000 });
    expect(await progress(lease)).toMatchObject({ phase: 'Leased', audit: [{ verb: 'pause' }, { verb: 'resume' }] });
  });

  test('does not count as another one, which is refused or recorded in the audit', async () => {
    const { temporal, progress } = await leased();
    await temporal.signal(lease, 'pause', keyed('k'));
    await expect(temporal.update(lease, 'releaseLease', keyed('k'))).rejects.toMatchObject({
      cause: { message: 'the key k was already used for pause' },
    });
    await temporal.signal(lease, 'resume', keyed('k'));
    await temporal.run({ maxTime: 1_000 });
    expect(await progress(lease)).toMatchObject({ phase: 'Paused', audit: [{ verb: 'pause' }, { verb: 'refuse' }] });
  });

  test('may have null for none', async () => {
    const { temporal } = await leased();
    const command = { ...attribution, key: null, duration: '1h', until: null };
    await temporal.update(lease, 'extendLease', command);
    expect(await temporal.update(lease, 'extendLease', command)).toMatchObject({ lease: { extensions: 2 } });
  });

  test('is forgotten after a hundred others', async () => {
    const { temporal, progress } = await leased();
    for (let count = 0; count <= 100; count += 1) {
      await temporal.signal(lease, 'resume', keyed(`key ${count}`));
      await temporal.run({ maxTime: 1_000 });
    }
    for (const key of ['key 0', 'key 100']) await temporal.signal(lease, 'resume', keyed(key));
    await temporal.run({ maxTime: 1_000 });
    expect(verbs(await progress(lease))).toHaveLength(102);
  });
});

test('an extension until a time can be repeated safely', async () => {
  const { temporal, progress } = await leased();
  const { endsAt } = (await progress(lease)).lease ?? {};
  const until = new Date(Date.parse(endsAt ?? '') + 2 * hour).toISOString();
  for (let times = 0; times < 3; times += 1)
    expect(await temporal.update(lease, 'extendLease', { ...attribution, until })).toMatchObject({
      lease: { endsAt: until, extensions: 1 },
    });
  expect(temporal.searchAttributes(lease).MaopsLeaseEndsAt).toEqual(new Date(until));
  for (const wish of [{ until: '2026-01-01' }, { until: '2020-01-01T00:00:00Z' }, { until, duration: '1h' }, {}])
    await expect(temporal.update(lease, 'extendLease', { ...attribution, ...wish })).rejects.toMatchObject(refused);
  expect(verbs(await progress(lease))).toEqual(['extend']);
});
