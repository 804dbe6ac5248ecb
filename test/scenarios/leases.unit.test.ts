import { describe, expect, test } from '@jest/globals';
import { CancelledFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import { signWebhook } from '../../src/activities/operation/webhooks.js';
import type { CommandAnswer } from '../../src/contract/messages.js';
import type { LeaseProgress, Progress } from '../../src/contract/progress.js';
import { Secret } from '../../src/modelarts/secret.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { type SentWebhook, webhookSecret } from '../support/virtual-webhooks.js';
import { changeProtection, control } from './outside-changes.js';
import { name, nothing, startMainJob, untilPhase } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const workflowId = `lease/${name}`;
const webhook = 'https://hooks.example.com/a/password';

const newStack = testbedsForFile();

interface Leased {
  readonly testbed: Testbed;
  readonly temporal: Testbed['temporal'];
  readonly sent: readonly SentWebhook[];
  /** Epoch milliseconds of the lease's present end. */
  readonly end: () => Promise<number>;
  readonly progress: () => Promise<Progress>;
  readonly extend: (duration: string) => Promise<LeaseProgress | null>;
  /** Lets time pass to `ms` before (or, when negative, after) the present end. */
  readonly passTo: (ms: number) => Promise<void>;
  readonly left: () => number;
}

/** A Ready environment whose lease has just begun. */
async function leased(
  change: Record<string, unknown> = {},
  options: TestbedOptions = {},
  document: Record<string, unknown> = {},
): Promise<Leased> {
  const sent: SentWebhook[] = [];
  const testbed = await newStack({
    ...options,
    webhook: (one) => {
      sent.push(one);
      return options.webhook === undefined ? 200 : options.webhook(one);
    },
  });
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, { lease: { ttl: '8h', warnings: ['2h', '30m'], ...change }, ...document });
  await temporal.result(`env/${name}`);
  const progress = () => testbed.progress(workflowId);
  const end = async () => Date.parse((await progress()).lease?.endsAt ?? '');
  return {
    testbed,
    temporal,
    sent,
    end,
    progress,
    extend: async (duration) => {
      const command = { by: 'op', reason: 'late', duration };
      return (await temporal.update<CommandAnswer>(workflowId, 'extendLease', command)).lease;
    },
    passTo: async (ms) => await temporal.run({ maxTime: (await end()) - ms - temporal.now() }),
    left: () => simulator.state().pools.length + simulator.state().notebooks.length,
  };
}

/** Removes the mark without notifying the lease, such as in the console. */
const untold: TestbedOptions = {
  interceptors: [
    ({ info }) => ({
      inbound: {
        execute: async (input, next) =>
          info.activityType === 'signalProtectionChanged' ? undefined : await next(input),
      },
    }),
  ],
};

const verbs = ({ audit }: Progress) => audit.map(({ verb }) => verb);
const events = (sent: readonly SentWebhook[]) => sent.map(({ event }) => event.event);

describe('a lease with an end', () => {
  test('shows it, warns before it, and ends in a teardown when it is reached', async () => {
    const { temporal, sent, end, progress, passTo, left } = await leased({ webhook });
    const began = temporal.now();
    expect(await end()).toBe(began + 8 * hour);
    expect((await progress()).lease).toMatchObject({
      maxEndsAt: new Date(began + 72 * hour).toISOString(),
      extensions: 0,
    });
    expect(temporal.searchAttributes(workflowId).MaopsLeaseEndsAt).toEqual(new Date(began + 8 * hour));
    await passTo(1);
    expect({ left: left(), verbs: verbs(await progress()) }).toEqual({ left: 2, verbs: ['warn', 'warn'] });
    const [first, second] = (await progress()).audit.map(({ at }) => Date.parse(at) - began);
    expect([first, second]).toEqual([6 * hour, 7.5 * hour]);
    const gone = await temporal.result<Progress>(workflowId);
    expect(gone).toMatchObject({ phase: 'Gone', percent: 100, failure: null, pool: null, notebook: null });
    expect(gone.audit.at(-1)).toMatchObject({
      verb: 'expire',
      by: workflowId,
      at: new Date(began + 8 * hour).toISOString(),
    });
    expect({ left: left(), open: temporal.openWorkflows() }).toEqual({ left: 0, open: [] });
    expect(events(sent)).toEqual(['lease.warning', 'lease.warning', 'lease.expired']);
  });

  test('shows when the notebook stops automatically, and its observations of pool and notebook', async () => {
    const { temporal, progress, testbed } = await leased({ ttl: '3d' }, {}, { notebook: notebookWith('4h') });
    await temporal.run({ maxTime: minute });
    const before = await progress();
    const stop = before.notebook?.autoStopAt ?? '';
    expect(Date.parse(stop) - temporal.now()).toBeGreaterThan(3.9 * hour);
    expect(before.why).toContain(`notebook ${name} stops automatically at ${stop}`);
    expect(before).toMatchObject({
      pool: { phase: 'Running', nodes: { available: 2 } },
      notebook: { status: 'RUNNING' },
    });
    await temporal.run({ maxTime: 5 * hour });
    expect(testbed.simulator.state().notebooks[0]).toMatchObject({ status: 'STOPPED' });
    expect(await progress()).toMatchObject({ phase: 'Leased', notebook: { status: 'STOPPED', autoStopAt: null } });
    expect((await progress()).why).not.toContain('stops automatically');
  });

  test('is also the end of what is kept after a failure', async () => {
    const { temporal, left } = await keptAfterFailure();
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(left()).toBe(0);
  });

  test('is not moved by the same spec that is started once more', async () => {
    const lease = await leased();
    const end = await lease.end();
    await lease.temporal.run({ maxTime: 3 * hour });
    await startMainJob(lease.testbed, { lease: { ttl: '8h', warnings: ['2h', '30m'] } });
    const ready = await lease.temporal.result<Progress>(`env/${name}`);
    expect(ready).toMatchObject({ phase: 'Ready', lease: { endsAt: new Date(end).toISOString() } });
    expect(await lease.end()).toBe(end);
  });

  test('an end that passed without a worker takes effect when one starts', async () => {
    const { temporal, sent, left, progress } = await leased({ webhook }, { restartMs: null });
    temporal.killWorker();
    await temporal.run({ maxTime: 3 * 24 * hour });
    expect(left()).toBe(2);
    temporal.startWorker();
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(verbs(await progress())).toEqual(['expire']);
    expect(events(sent)).toEqual(['lease.expired']);
  });
});

describe('an extension', () => {
  test('moves the end, is warned of again, and is sent to the webhook', async () => {
    const { temporal, sent, end, extend, passTo, progress, left } = await leased({ webhook });
    const first = await end();
    await passTo(10 * minute);
    expect(await extend('4h')).toEqual({
      endsAt: new Date(first + 4 * hour).toISOString(),
      maxEndsAt: new Date(first + 64 * hour).toISOString(),
      extensions: 1,
    });
    expect(temporal.searchAttributes(workflowId).MaopsLeaseEndsAt).toEqual(new Date(first + 4 * hour));
    await passTo(1);
    expect(left()).toBe(2);
    expect(verbs(await progress())).toEqual(['warn', 'warn', 'extend', 'warn', 'warn']);
    await temporal.result(workflowId);
    expect(left()).toBe(0);
    const warning = 'lease.warning';
    expect(events(sent)).toEqual([warning, warning, 'lease.extended', warning, warning, 'lease.expired']);
  });

  test('sets the auto-stop of the notebook from its next start, never longer than in the spec', async () => {
    const { temporal, testbed, extend } = await leased(
      { ttl: '2h', warnings: [] },
      {},
      { notebook: notebookWith('6h') },
    );
    const stopOf = () => testbed.simulator.state().notebooks[0]?.autoStop;
    expect(stopOf()).toMatchObject({ enable: true, duration: 7_200 });
    await temporal.run({ maxTime: hour });
    await extend('3h');
    await temporal.run({ maxTime: minute });
    expect(stopOf()).toMatchObject({ duration: 4 * 3_600 });
    await extend('40h');
    await temporal.run({ maxTime: minute });
    expect(stopOf()).toMatchObject({ duration: 6 * 3_600 });
  });

  test('is granted although the notebook cannot be changed, which the audit records', async () => {
    const { temporal, testbed, extend, progress } = await leased();
    testbed.simulator.faults.plan({ operation: 'notebooks.update', kind: 'status', status: 500, times: 'always' });
    expect(await extend('4h')).toMatchObject({ extensions: 1 });
    await temporal.run({ maxTime: 2 * hour });
    expect(verbs(await progress())).toEqual(['extend', 'auto-stop']);
    expect(await progress()).toMatchObject({ phase: 'Leased', failure: null });
  });

  test.each([
    ['beyond the maximum', { duration: '65h' }, 'at most 2d 16h can be added'],
    ['of a bad duration', { duration: '4 hours' }, 'not a duration'],
    ['without a reason', { reason: '' }, 'needs an actor and a reason'],
  ])('%s is refused and changes nothing', async (_title, change, why) => {
    const { temporal, end, progress } = await leased();
    const before = await end();
    const command = { by: 'op', reason: 'late', duration: '1h', ...change };
    await expect(temporal.update(workflowId, 'extendLease', command)).rejects.toMatchObject({
      name: WorkflowUpdateFailedError.name,
      cause: { message: expect.stringContaining(why) },
    });
    expect({ end: await end(), verbs: verbs(await progress()) }).toEqual({ end: before, verbs: [] });
  });

  test('of a lease without an end is refused', async () => {
    const testbed = await newStack();
    await startMainJob(testbed);
    await testbed.temporal.result(`env/${name}`);
    const command = { by: 'op', reason: 'late', duration: '1h' };
    await expect(testbed.temporal.update(workflowId, 'extendLease', command)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('no end') },
    });
  });

  test.each([
    ['a millisecond before the end is granted', -1, 'granted'],
    ['at the moment of the end is refused', 0, 'refused'],
    ['a millisecond after the end is refused', 1, 'refused'],
  ])('%s', async (_title, offset, answer) => {
    const { temporal, end, left } = await leased();
    const first = await end();
    let told = 'nothing';
    temporal.clock.schedule(first + offset, () => {
      temporal.client.workflow
        .getHandle(workflowId)
        .executeUpdate('extendLease', { args: [{ by: 'op', reason: 'late', duration: '1h' }] })
        .then(
          () => (told = 'granted'),
          () => (told = 'refused'),
        );
    });
    await temporal.run({ maxTime: first + 30 * minute - temporal.now() });
    expect({ told, left: left() }).toEqual({ told: answer, left: answer === 'granted' ? 2 : 0 });
    await temporal.result(workflowId);
    expect(left()).toBe(0);
  });
});

describe('the reasons that hold a teardown at the end', () => {
  test('a pause does, and does not move the end', async () => {
    const { temporal, end, progress, passTo, left, extend } = await leased();
    const first = await end();
    await temporal.signal(workflowId, 'pause', { by: 'op', reason: 'backup' });
    await passTo(-5 * hour);
    expect(left()).toBe(2);
    expect(await progress()).toMatchObject({
      phase: 'Paused',
      why: expect.stringContaining(`ended at ${new Date(first).toISOString()}, its teardown is paused`),
    });
    expect(await end()).toBe(first);
    await expect(extend('1h')).rejects.toThrow(WorkflowUpdateFailedError);
    await temporal.signal(workflowId, 'resume', { by: 'op' });
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(left()).toBe(0);
  });

  test('protection does: it stays leased with a reason, and is removed soon after it is unprotected', async () => {
    const { temporal, progress, passTo, left, sent, testbed } = await leased({ webhook });
    await changeProtection(testbed, 'protect');
    await passTo(-24.5 * hour);
    expect(left()).toBe(2);
    const held = await progress();
    expect(held).toMatchObject({ phase: 'Leased', failure: { type: 'Protected' } });
    expect(held.why).toMatch(/ended at .*, but .* is protected .*; trying again at /);
    expect(verbs(held)).toEqual(['warn', 'warn', 'expire', 'refuse']);
    expect(events(sent)).toEqual(['lease.warning', 'lease.warning', 'lease.expired', 'lease.refused']);
    // Tries at growing pauses, not in a loop: 30 s, 1, 2, … 32 minutes, then every hour.
    expect(temporal.namespace.runs.filter((run) => run.workflowId === workflowId).length).toBeLessThan(35);
    await changeProtection(testbed, 'unprotect');
    const before = temporal.now();
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone', failure: null });
    expect(temporal.now() - before).toBeLessThan(10 * minute);
  });

  describe.each([
    ['a release', 'released', 'Gone', async ({ temporal }: Leased) => await release(temporal)],
    ['a cancel', 'cancelled', 'Cancelled', async ({ temporal }: Leased) => await temporal.cancel(workflowId)],
  ] as const)('%s that protection refuses', (_title, wish, ending, command) => {
    test('is kept, reported, and executed soon after an unprotect', async () => {
      const held = await leased({ webhook });
      const { temporal, progress, left, testbed, sent, extend } = held;
      await changeProtection(testbed, 'protect');
      await command(held);
      // Half-way between two tries.
      await temporal.run({ maxTime: 1.5 * hour });
      const kept = await progress();
      expect(kept).toMatchObject({ phase: 'Leased', failure: { type: 'Protected' } });
      expect(kept.why).toMatch(new RegExp(`^${name} was ${wish}, but .* is protected .*; trying again at `));
      expect(verbs(kept).filter((verb) => verb === 'refuse')).toEqual(['refuse']);
      expect(events(sent)).toEqual(['lease.refused']);
      await expect(extend('1h')).rejects.toMatchObject({
        cause: { message: expect.stringContaining(`it is ${wish}`) },
      });
      expect(left()).toBe(2);
      await changeProtection(testbed, 'unprotect');
      const before = temporal.now();
      await temporal.result(workflowId).catch(() => undefined);
      expect(temporal.now() - before).toBeLessThan(10 * minute);
      expect({ left: left(), open: temporal.openWorkflows() }).toEqual({ left: 0, open: [] });
      expect(await progress()).toMatchObject({ phase: ending, failure: null });
    });

    test('is retried automatically when the mark was removed elsewhere', async () => {
      const held = await leased({}, untold);
      const { temporal, left, testbed, progress } = held;
      await changeProtection(testbed, 'protect');
      await command(held);
      await temporal.run({ maxTime: 9 * minute });
      expect((await progress()).why).toContain('trying again at');
      await changeProtection(testbed, 'unprotect');
      await temporal.run({ maxTime: 61 * minute });
      expect(left()).toBe(0);
    });
  });

  test('a refused release is not lost in a continue-as-new, and a further release tries at once', async () => {
    const { temporal, progress, left, testbed, extend } = await leased(
      {},
      { ...untold, suggestContinueAsNewAfter: 40 },
    );
    await changeProtection(testbed, 'protect');
    await release(temporal);
    await temporal.run({ maxTime: 20.5 * hour });
    expect((await progress()).why).toContain('was released, but');
    await expect(extend('1h')).rejects.toThrow(WorkflowUpdateFailedError);
    expect(verbs(await progress())).not.toContain('warn');
    await release(temporal);
    await temporal.run({ maxTime: 5 * minute });
    expect(left()).toBe(2);
    await changeProtection(testbed, 'unprotect');
    const before = temporal.now();
    await release(temporal);
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(temporal.now() - before).toBeLessThan(10 * minute);
    expect({ left: left(), verbs: verbs(await progress()) }).toEqual({
      left: 0,
      verbs: ['release', 'refuse', 'release', 'refuse', 'release'],
    });
  });

  test('a pause holds the next try of a refused release', async () => {
    const { temporal, progress, left, testbed } = await leased();
    await changeProtection(testbed, 'protect');
    await release(temporal);
    await temporal.run({ maxTime: 5 * minute });
    await temporal.signal(workflowId, 'pause', { by: 'op', reason: 'backup' });
    await changeProtection(testbed, 'unprotect');
    await temporal.run({ maxTime: 9 * hour });
    expect(left()).toBe(2);
    expect(await progress()).toMatchObject({ phase: 'Paused', why: expect.stringContaining('maops env resume') });
    await temporal.signal(workflowId, 'resume', { by: 'op' });
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(left()).toBe(0);
  });

  test('a refused release is withdrawn when the environment is started again', async () => {
    const { temporal, progress, left, testbed } = await leased();
    await changeProtection(testbed, 'protect');
    await release(temporal);
    await temporal.run({ maxTime: hour });
    await startMainJob(testbed, { lease: { ttl: '8h', warnings: ['2h', '30m'] } });
    expect(await temporal.result(`env/${name}`)).toMatchObject({ phase: 'Ready' });
    await changeProtection(testbed, 'unprotect');
    await temporal.run({ maxTime: 3 * hour });
    expect(left()).toBe(2);
    expect(await progress()).toMatchObject({ phase: 'Leased', failure: null });
    expect(verbs(await progress())).toContain('withdraw');
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(verbs(await progress())).toContain('expire');
  });

  test('a release does not wait for the next try', async () => {
    const { temporal, passTo, testbed } = await leased({}, untold);
    await changeProtection(testbed, 'protect');
    await passTo(-12.5 * hour);
    await changeProtection(testbed, 'unprotect');
    const before = temporal.now();
    await release(temporal);
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Gone' });
    expect(temporal.now() - before).toBeLessThan(10 * minute);
  });
});

describe('a teardown and the end', () => {
  test.each([-1, 0, 1, 5_000, 30_000, 2 * minute])(
    'a teardown that comes %s ms after the end takes nothing twice',
    async (offset) => {
      const { temporal, end, testbed } = await leased();
      const { simulator } = testbed;
      const start = () => temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
      temporal.clock.schedule((await end()) + offset, () => void start());
      await temporal.run({ until: () => temporal.status(`teardown/${name}`) === 'COMPLETED' });
      expect(await testbed.progress(`teardown/${name}`)).toMatchObject({ phase: 'Gone' });
      expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
      expect(temporal.openWorkflows()).toEqual(nothing.open);
      expect(simulator.requests('pools.delete').filter(({ effect }) => effect !== null)).toHaveLength(1);
    },
  );

  test('a teardown that must keep something transfers the same end to a lease', async () => {
    const { temporal, end, testbed, extend } = await leased();
    await extend('2h');
    const before = await end();
    await temporal.run({ maxTime: hour });
    const guest = { name: 'guest', pool: testbed.simulator.state().pools[0]?.id ?? '' };
    await control(testbed, 'notebooks', guest);
    await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
    await expect(temporal.result(`teardown/${name}`)).rejects.toMatchObject({ cause: { type: 'Protected' } });
    expect(temporal.namespace.runs.filter((run) => run.workflowId === workflowId)).toHaveLength(2);
    expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Leased', lease: { extensions: 1 } });
    expect(await end()).toBe(before);
  });
});

describe('the webhook of a lease', () => {
  test('is signed over time and body, and has a readable text', async () => {
    const { sent, passTo, progress } = await leased({ webhook });
    await passTo(hour);
    const [one] = sent;
    expect(one?.url).toBe(webhook);
    const timestamp = one?.headers['maops-timestamp'] ?? '';
    expect(Math.abs(Number(timestamp) * 1_000 - (one?.at ?? 0))).toBeLessThan(2_000);
    expect(one?.headers['maops-signature']).toBe(signWebhook(new Secret(webhookSecret), timestamp, one?.body ?? ''));
    const { audit, lease } = await progress();
    expect(one?.event).toEqual({
      id: expect.any(String),
      event: 'lease.warning',
      name,
      workflowId,
      at: audit[0]?.at,
      endsAt: lease?.endsAt,
      maxEndsAt: lease?.maxEndsAt,
      why: audit[0]?.reason,
    });
  });

  test('that is down blocks nothing, and gets the event when it is back', async () => {
    let isUp = false;
    const { temporal, sent, passTo, extend } = await leased({ webhook }, { webhook: () => (isUp ? 200 : null) });
    await passTo(hour);
    expect(sent.length).toBeGreaterThan(5);
    expect(await extend('1h')).toMatchObject({ extensions: 1 });
    isUp = true;
    const before = sent.length;
    await temporal.run({ maxTime: 11 * minute });
    expect(events(sent.slice(before)).sort()).toEqual(['lease.extended', 'lease.warning']);
    expect(new Set(sent.map(({ event }) => event.id)).size).toBe(2);
  });

  test('that stays down is given up, which the audit records without its address', async () => {
    const { passTo, progress, temporal } = await leased({ webhook, ttl: '1d' }, { webhook: () => 500 });
    await passTo(2 * hour - 1);
    await temporal.run({ maxTime: 1 });
    const lines = async () => (await progress()).audit.filter(({ verb }) => verb === 'webhook');
    expect(await lines()).toEqual([]);
    const end = await temporal.result<Progress>(workflowId);
    expect(end.phase).toBe('Gone');
    const given = (await lines()).map(({ reason }) => reason);
    expect(given).toHaveLength(3);
    expect(given.join()).not.toContain('password');
  });

  test('is not lost in a continue-as-new', async () => {
    let isUp = false;
    const { temporal, sent, passTo, extend, left, progress } = await leased(
      { webhook, ttl: '3h' },
      { webhook: () => (isUp ? 200 : null), suggestContinueAsNewAfter: 40 },
    );
    await passTo(30 * minute);
    const runs = () => temporal.namespace.runs.filter((run) => run.workflowId === workflowId).length;
    const before = runs();
    for (let times = 0; times < 6; times += 1) await extend('1h');
    await temporal.run({ maxTime: 10 * minute });
    expect(runs()).toBeGreaterThan(before);
    isUp = true;
    await temporal.run({ maxTime: 15 * minute });
    const taken = new Set(sent.map(({ event }) => event.id));
    await temporal.run({ maxTime: hour });
    expect(taken.size).toBe(8);
    expect((await progress()).lease).toMatchObject({ extensions: 6 });
    await temporal.result(workflowId);
    expect(left()).toBe(0);
  });
});

test('a raw cancel removes everything, also before the end', async () => {
  const { temporal, left, progress } = await leased({ webhook });
  await temporal.cancel(workflowId);
  await expect(temporal.result(workflowId)).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
  expect(await progress()).toMatchObject({ phase: 'Cancelled' });
  expect(left()).toBe(0);
});

function notebookWith(autoStop: string): Record<string, unknown> {
  return {
    profileId: 'Multi-Engine 1.0 (python3)-gpu',
    flavor: 'modelarts.bm.gpu.v100NV32',
    storage: { type: 'evs', volumeSize: 5 },
    autoStop,
  };
}

async function release(temporal: Testbed['temporal']): Promise<void> {
  await temporal.update(workflowId, 'releaseLease', { by: 'op', reason: 'done' });
}

async function keptAfterFailure(): Promise<Pick<Leased, 'temporal' | 'left'>> {
  const testbed = await newStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
  });
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, { lease: { ttl: '8h' }, onFailure: 'keep' });
  await untilPhase(testbed, 'Failed');
  await temporal.run({ maxTime: 7 * hour });
  expect(simulator.state().pools).toHaveLength(1);
  return { temporal, left: () => simulator.state().pools.length + simulator.state().notebooks.length };
}
