import { describe, expect, test } from '@jest/globals';
import type { CommandAnswer } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import type { VirtualStack, VirtualStackOptions } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { name, startMainJob, untilPhase } from './stories.js';

const lease = `lease/${name}`;
const workflowId = `env/${name}`;
const hour = 3_600_000;
const said = { by: 'ann', reason: 'because' };
const keyed = (key: string) => ({ ...said, key });

const newStack = stacksForFile();

async function leased(options: VirtualStackOptions = {}): Promise<VirtualStack> {
  const stack = await newStack(options);
  await startMainJob(stack, { lease: { ttl: '8h' } });
  await stack.world.result(workflowId);
  return stack;
}

const verbs = ({ audit }: Progress) => audit.map(({ verb }) => verb);
const refused = { cause: { type: 'RequestRejected' } };

describe('a command with a key', () => {
  test('extends a lease once, also when it went on as a new run meanwhile', async () => {
    const { world, progress } = await leased({ suggestContinueAsNewAfter: 40 });
    const command = { ...keyed('job 7'), duration: '1h' };
    const first = await world.update<CommandAnswer>(lease, 'extendLease', command);
    const { runId } = await progress(lease);
    for (let times = 0; times < 20; times += 1) {
      await world.signal(lease, times % 2 === 0 ? 'pause' : 'resume', said);
      await world.run({ maxTime: 1_000 });
    }
    const again = await world.update<CommandAnswer>(lease, 'extendLease', command);
    expect((await progress(lease)).runId).not.toBe(runId);
    expect(again.lease).toEqual(first.lease);
    expect(first.lease).toMatchObject({ extensions: 1 });
    const other = await world.update<CommandAnswer>(lease, 'extendLease', { ...command, key: 'job 8' });
    expect(other.lease).toMatchObject({ extensions: 2 });
    expect(verbs(await progress(lease)).filter((verb) => verb === 'extend')).toHaveLength(2);
  });

  test('is answered also when the moment would refuse it', async () => {
    const { world, progress } = await leased();
    await world.update(lease, 'extendLease', { ...keyed('e'), duration: '1h' });
    await world.update(lease, 'releaseLease', keyed('r'));
    await world.run({ until: () => world.searchAttributes(lease).MaopsPhase === 'DeletingPool' });
    expect(await world.update(lease, 'releaseLease', keyed('r'))).toMatchObject({ workflowId: lease });
    expect(await world.update(lease, 'extendLease', { ...keyed('e'), duration: '1h' })).toMatchObject({
      workflowId: lease,
      phase: 'DeletingPool',
      lease: { extensions: 1 },
    });
    await expect(world.update(lease, 'releaseLease', keyed('s'))).rejects.toMatchObject(refused);
    await expect(world.update(lease, 'releaseLease', said)).rejects.toMatchObject(refused);
    expect(await world.result(lease)).toMatchObject({ phase: 'Gone' });
    expect(verbs(await progress(lease))).toEqual(['extend', 'release']);
  });

  test('that was refused has not counted: it can be given again', async () => {
    const { world } = await leased();
    const command = keyed('k');
    await expect(world.update(lease, 'extendLease', { ...command, duration: '900d' })).rejects.toMatchObject(refused);
    expect(await world.update(lease, 'extendLease', { ...command, duration: '1h' })).toMatchObject({
      lease: { extensions: 1 },
    });
  });

  test('approves and resolves once', async () => {
    const stack = await newStack({
      simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
    });
    const { world, progress } = stack;
    await startMainJob(stack, { onFailure: 'ask', approval: { required: true, timeout: '1h' } });
    await untilPhase(stack, 'AwaitingApproval');
    await world.update(workflowId, 'approve', keyed('a'));
    await world.update(workflowId, 'approve', keyed('a'));
    await untilPhase(stack, 'AwaitingOperator');
    const retry = { verb: 'retry', ...keyed('b') };
    await world.update(workflowId, 'resolve', retry);
    await world.run({ maxTime: 10_000 });
    await world.update(workflowId, 'resolve', retry);
    await expect(world.update(workflowId, 'reject', keyed('c'))).rejects.toMatchObject(refused);
    await world.result(workflowId);
    expect(verbs(await progress(workflowId))).toEqual(['approve', 'retry', 'clear']);
  });

  test('pauses once: a repeated pause does not undo the resume that came between', async () => {
    const { world, progress } = await leased();
    for (const [verb, key] of [
      ['pause', 'p'],
      ['pause', 'p'],
      ['resume', 'r'],
      ['pause', 'p'],
      ['resume', 'r'],
    ] as const)
      await world.signal(lease, verb, keyed(key));
    await world.run({ maxTime: 1_000 });
    expect(await progress(lease)).toMatchObject({ phase: 'Leased', audit: [{ verb: 'pause' }, { verb: 'resume' }] });
  });

  test('does not count as another one: that is refused, or says so in the audit', async () => {
    const { world, progress } = await leased();
    await world.signal(lease, 'pause', keyed('k'));
    await expect(world.update(lease, 'releaseLease', keyed('k'))).rejects.toMatchObject({
      cause: { message: 'the key k was given with pause' },
    });
    await world.signal(lease, 'resume', keyed('k'));
    await world.run({ maxTime: 1_000 });
    expect(await progress(lease)).toMatchObject({ phase: 'Paused', audit: [{ verb: 'pause' }, { verb: 'refuse' }] });
  });

  test('may have null for none', async () => {
    const { world } = await leased();
    const command = { ...said, key: null, duration: '1h', until: null };
    await world.update(lease, 'extendLease', command);
    expect(await world.update(lease, 'extendLease', command)).toMatchObject({ lease: { extensions: 2 } });
  });

  test('is forgotten after a hundred others', async () => {
    const { world, progress } = await leased();
    for (let count = 0; count <= 100; count += 1) {
      await world.signal(lease, 'resume', keyed(`key ${count}`));
      await world.run({ maxTime: 1_000 });
    }
    for (const key of ['key 0', 'key 100']) await world.signal(lease, 'resume', keyed(key));
    await world.run({ maxTime: 1_000 });
    expect(verbs(await progress(lease))).toHaveLength(102);
  });
});

test('an extension until a time can be given again without harm', async () => {
  const { world, progress } = await leased();
  const { endsAt } = (await progress(lease)).lease ?? {};
  const until = new Date(Date.parse(endsAt ?? '') + 2 * hour).toISOString();
  for (let times = 0; times < 3; times += 1)
    expect(await world.update(lease, 'extendLease', { ...said, until })).toMatchObject({
      lease: { endsAt: until, extensions: 1 },
    });
  expect(world.searchAttributes(lease).MaopsLeaseEndsAt).toEqual(new Date(until));
  for (const wish of [{ until: '2026-01-01' }, { until: '2020-01-01T00:00:00Z' }, { until, duration: '1h' }, {}])
    await expect(world.update(lease, 'extendLease', { ...said, ...wish })).rejects.toMatchObject(refused);
  expect(verbs(await progress(lease))).toEqual(['extend']);
});
