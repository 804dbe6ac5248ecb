import { describe, expect, jest, test } from '@jest/globals';
import {
  InvalidCommandError,
  InvalidSpecError,
  OperationFailedError,
  OperationRefusedError,
} from '../../src/client/errors.js';
import type { Operations } from '../../src/client/operations.js';
import { isUnanswered } from '../../src/client/unanswered.js';
import { main, specWith } from '../spec/documents.js';
import { FakeRuns, libraryOn, makeProgress, makeRun } from './fake-runs.js';

function operationsOn(runs: FakeRuns): Operations {
  let now = 0;
  const pacer = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  return libraryOn(runs, { pacer });
}

const leased = { endsAt: '2026-03-02T12:00:00.000Z', maxEndsAt: '2026-03-04T10:00:00.000Z', extensions: 1 };
const answer = (workflowId: string) => ({ workflowId, phase: 'Leased', awaiting: null, lease: leased });
const open = (id = 'env/team-a') =>
  makeRun(id, {
    answers: {
      progress: makeProgress({ workflowId: id }),
      approve: answer(id),
      resolve: answer(id),
      releaseLease: answer(id),
      extendLease: answer(id),
    },
  });
const over = makeRun('env/team-a', { status: 'COMPLETED', closedAt: new Date('2026-03-01T11:00:00Z') });

describe('commands to an operation', () => {
  test('pause and resume are signals with the actor', async () => {
    const runs = new FakeRuns(open());
    await operationsOn(runs).pause('team-a', { reason: 'quota' });
    runs.runs.set('env/team-a', makeRun('env/team-a', { answers: { progress: makeProgress({ phase: 'Paused' }) } }));
    await operationsOn(runs).resume('team-a', { reason: 'raised', by: 'portal' });
    expect(runs.sent).toEqual([
      { kind: 'signal', workflowId: 'env/team-a', name: 'pause', argument: { by: 'ops', reason: 'quota' } },
      { kind: 'signal', workflowId: 'env/team-a', name: 'resume', argument: { by: 'portal', reason: 'raised' } },
    ]);
  });

  test('resume is refused unless paused, and sent when no worker responds', async () => {
    const going = new FakeRuns(open());
    await expect(operationsOn(going).resume('team-a', { reason: 'raised' })).rejects.toThrow(OperationRefusedError);
    expect(going.sent).toEqual([]);
    const silent = new FakeRuns(makeRun('env/team-a'));
    await operationsOn(silent).resume('team-a', { reason: 'raised' });
    expect(silent.sent).toMatchObject([{ kind: 'signal', name: 'resume' }]);
  });

  test('cancel sends its reason first, because a cancel carries none', async () => {
    const runs = new FakeRuns(open());
    await operationsOn(runs).cancel('team-a', { reason: 'not needed' });
    expect(runs.sent).toEqual([
      {
        kind: 'signal',
        workflowId: 'env/team-a',
        name: 'announceCancel',
        argument: { cause: 'operator', by: 'ops', reason: 'not needed' },
      },
      { kind: 'cancel', workflowId: 'env/team-a' },
    ]);
  });

  test('cancel is refused for a lease and a teardown', async () => {
    for (const id of ['lease/team-a', 'teardown/team-a']) {
      const runs = new FakeRuns(open(id));
      await expect(operationsOn(runs).cancel('team-a', { reason: 'x' })).rejects.toThrow(OperationRefusedError);
      expect(runs.sent).toEqual([]);
    }
  });

  test('resolve carries the step and attempt that the operator saw', async () => {
    const awaiting = makeProgress({
      phase: 'AwaitingOperator',
      steps: [{ name: 'pool', state: 'failed', attempt: 2 }],
    });
    const runs = new FakeRuns(makeRun('env/team-a', { answers: { progress: awaiting, resolve: awaiting } }));
    await operationsOn(runs).resolve('team-a', 'retry', { reason: 'quota raised', changes: { 'pool.count': 1 } });
    expect(runs.sent).toEqual([
      {
        kind: 'update',
        workflowId: 'env/team-a',
        name: 'resolve',
        argument: {
          verb: 'retry',
          by: 'ops',
          reason: 'quota raised',
          step: 'pool',
          attempt: 2,
          changes: { 'pool.count': 1 },
        },
      },
    ]);
  });

  describe('a retry with changes', () => {
    const awaiting = makeProgress({
      phase: 'AwaitingOperator',
      steps: [{ name: 'pool', state: 'failed', attempt: 1 }],
      awaiting: { kind: 'operator', since: '2026-03-01T10:01:00.000Z', deadline: null, verbs: ['retry'] },
    });
    const runsWith = (type: string, spec: unknown) =>
      new FakeRuns(makeRun('env/team-a', { type, answers: { progress: awaiting, resolve: awaiting, spec } }));

    test.each([
      [{ 'pool.flavour': 'x' }, 'pool.flavour'],
      [{ name: 'other' }, 'name'],
      [{ 'pool.count': 'abc' }, 'pool.count'],
    ])('is refused before it is sent when %j makes no valid spec', async (changes, path) => {
      const runs = runsWith(main, specWith({}));
      const answer = operationsOn(runs).resolve('team-a', 'retry', { reason: 'x', changes });
      await expect(answer).rejects.toThrow(InvalidSpecError);
      await expect(answer).rejects.toMatchObject({ problems: [{ path }] });
      expect(runs.sent).toEqual([]);
    });

    test('is sent when the spec is valid or not known yet', async () => {
      for (const spec of [specWith({}), null]) {
        const runs = runsWith(main, spec);
        await operationsOn(runs).resolve('team-a', 'retry', { reason: 'x', changes: { 'pool.flavor': 'b' } });
        expect(runs.sent).toMatchObject([{ name: 'resolve', argument: { changes: { 'pool.flavor': 'b' } } }]);
      }
    });

    test('is refused in a bulk command with a reason of one line', async () => {
      const runs = runsWith(main, specWith({}));
      const operations = operationsOn(runs);
      const changes = { 'pool.flavour': 'x', name: 'y' };
      const results = await operations.steerEach([awaiting], (id) =>
        operations.resolve(id, 'retry', { reason: 'x', changes }),
      );
      expect(results).toMatchObject([{ result: 'refused', reason: expect.stringContaining('name: ') }]);
      expect(results[0]?.reason).not.toContain('\n');
    });
  });

  test.each([
    ['pause', (operations: Operations) => operations.pause('team-a', { reason: 'x' })],
    ['approve', (operations: Operations) => operations.approve('team-a', { reason: 'x' })],
    ['release', (operations: Operations) => operations.release('team-a', { reason: 'x' })],
    ['extend', (operations: Operations) => operations.extend('team-a', '4h', { reason: 'x' })],
  ])('%s is refused when nothing is open', async (_verb, command) => {
    await expect(command(operationsOn(new FakeRuns(over)))).rejects.toThrow(OperationRefusedError);
  });

  test('release is sent to the lease, whatever else is open', async () => {
    const runs = new FakeRuns(open(), open('lease/team-a'));
    await operationsOn(runs).release('team-a', { reason: 'finished' });
    expect(runs.sent).toMatchObject([
      { kind: 'signal', workflowId: 'lease/team-a', name: 'refresh', argument: { by: 'ops' } },
      { kind: 'update', workflowId: 'lease/team-a', name: 'releaseLease' },
    ]);
  });

  test('extend goes to the lease and returns its new end', async () => {
    const runs = new FakeRuns(open(), open('lease/team-a'));
    const answer = await operationsOn(runs).extend('team-a', '4h', { reason: 'late' });
    expect(answer.endsAt).toBe('2026-03-02T12:00:00.000Z');
    const argument = { by: 'ops', reason: 'late', duration: '4h' };
    expect(runs.sent).toEqual([{ kind: 'update', workflowId: 'lease/team-a', name: 'extendLease', argument }]);
  });

  test('extend accepts a time, which is sent unchanged', async () => {
    const runs = new FakeRuns(open(), open('lease/team-a'));
    const operations = operationsOn(runs);
    await operations.extend('team-a', { until: new Date('2026-03-02T12:00:00Z') }, { reason: 'late', key: 'job 7' });
    await operations.extend('team-a', { until: '2026-03-02T20:00:00+08:00' }, { reason: 'late' });
    expect(runs.sent.map(({ argument }) => argument)).toEqual([
      { by: 'ops', reason: 'late', key: 'job 7', until: '2026-03-02T12:00:00.000Z' },
      { by: 'ops', reason: 'late', until: '2026-03-02T20:00:00+08:00' },
    ]);
  });

  test('a command that took effect returns the known state when its operation cannot be read', async () => {
    const { progress: _, ...answers } = open('lease/team-a').answers;
    const runs = new FakeRuns({ ...open('lease/team-a'), answers });
    const progress = await operationsOn(runs).release('team-a', { reason: 'done' });
    expect(progress).toMatchObject({ workflowId: 'lease/team-a', phase: 'Leased', lease: leased });
    expect(isUnanswered(progress)).toBe(true);
  });

  test.each([
    ['a reason', { reason: 'x'.repeat(1_001) }, '`reason` has 1001 characters. The limit is 1000'],
    ['a name', { reason: 'x', by: '\u{1F600}'.repeat(101) }, '`by` has 101 characters. The limit is 100'],
    ['a key', { reason: 'x', key: 'x'.repeat(101) }, '`key` has 101 characters. The limit is 100'],
  ])('%s that is too long is refused before anything is sent', async (_title, commandOptions, why) => {
    const runs = new FakeRuns(open(), open('lease/team-a'));
    const operations = operationsOn(runs);
    const commands = [
      () => operations.pause('team-a', commandOptions),
      () => operations.approve('team-a', commandOptions),
      () => operations.resolve('team-a', 'retry', commandOptions),
      () => operations.extend('team-a', '1h', commandOptions),
      () => operations.release('team-a', commandOptions),
    ];
    for (const command of commands) {
      await expect(command()).rejects.toThrow(InvalidCommandError);
      await expect(command()).rejects.toThrow(why);
    }
    expect(runs.sent).toEqual([]);
  });

  test('starts also refuse a reason that is too long, and carry no key', async () => {
    const runs = new FakeRuns(open());
    const operations = operationsOn(runs);
    const long = { reason: 'x'.repeat(1_001) };
    await expect(operations.teardown('team-a', long)).rejects.toThrow(InvalidCommandError);
    await expect(operations.cancel('team-a', long)).rejects.toThrow(InvalidCommandError);
    await expect(operations.change('notebook', 'trial', 'stop', long)).rejects.toThrow(InvalidCommandError);
    await expect(operations.startSweep({}, long)).rejects.toThrow(InvalidCommandError);
    expect(runs.sent).toEqual([]);
    await operations.change('notebook', 'trial', 'stop', { reason: 'x', key: 'k' });
    expect(runs.sent[0]?.argument).toEqual({ kind: 'notebook', name: 'trial', change: 'stop', by: 'ops', reason: 'x' });
  });

  test('commands with the same key are one update, whatever happens in between', async () => {
    const lease = open('lease/team-a');
    const runs = new FakeRuns(lease);
    const commandOptions = { reason: 'late', key: 'job 7' };
    await operationsOn(runs).extend('team-a', '4h', commandOptions);
    runs.runs.set('lease/team-a', { ...lease, leaseEndsAt: '2026-03-02T12:00:00.000Z' });
    await operationsOn(runs).extend('team-a', '4h', commandOptions);
    await operationsOn(runs).release('team-a', commandOptions);
    const [first, second, third] = runs.updateIds;
    expect([second === first, third === first]).toEqual([true, false]);
  });

  test('a repeated extension counts once, and counts again after it was granted', async () => {
    const lease = open('lease/team-a');
    const runs = new FakeRuns({ ...lease, leaseEndsAt: '2026-03-02T08:00:00.000Z' });
    const extend = async () => await operationsOn(runs).extend('team-a', '4h', { reason: 'late' });
    await extend();
    await extend();
    runs.runs.set('lease/team-a', { ...lease, leaseEndsAt: '2026-03-02T12:00:00.000Z' });
    await extend();
    const [first, second, third] = runs.updateIds;
    expect(first).toContain('4h');
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test('a repeated resolution counts once, and another verb, change or attempt is another', async () => {
    const awaiting = (attempt: number) =>
      makeRun('env/team-a', {
        answers: {
          progress: makeProgress({ steps: [{ name: 'pool', state: 'failed', attempt }] }),
          resolve: makeProgress(),
        },
      });
    const runs = new FakeRuns(awaiting(1));
    const say = async (verb: 'retry' | 'rollback', changes?: Record<string, unknown>) =>
      await operationsOn(runs).resolve('team-a', verb, { reason: 'x', ...(changes && { changes }) });
    await say('retry');
    await say('retry');
    await say('retry', { 'pool.count': 1 });
    await say('rollback');
    runs.runs.set('env/team-a', awaiting(2));
    await say('retry');
    expect(runs.updateIds[1]).toBe(runs.updateIds[0]);
    expect(new Set(runs.updateIds).size).toBe(4);
  });

  test('teardown starts with an announcement of actor and reason', async () => {
    const runs = new FakeRuns();
    await operationsOn(runs).teardown('team-a', { reason: 'night' });
    expect(runs.sent).toEqual([
      { kind: 'start', workflowId: 'teardown/team-a', argument: { name: 'team-a' } },
      {
        kind: 'signal',
        workflowId: 'teardown/team-a',
        name: 'announceCancel',
        argument: { cause: 'teardown', by: 'ops', reason: 'night' },
      },
    ]);
  });

  test('a start is refused while a stop of the same notebook is open, and a second stop joins', async () => {
    const operations = operationsOn(new FakeRuns());
    await operations.change('notebook', 'trial', 'stop', { reason: 'x' });
    await expect(operations.change('notebook', 'trial', 'stop', { reason: 'y' })).resolves.toMatchObject({
      workflowId: 'change/notebook/trial',
    });
    await expect(operations.change('notebook', 'trial', 'start', { reason: 'z' })).rejects.toThrow(
      OperationRefusedError,
    );
  });
});

describe('the result of an operation', () => {
  test('is its last progress when it reached its goal', async () => {
    const value = makeProgress({ phase: 'Ready', endedAt: '2026-03-01T11:00:00.000Z' });
    const runs = new FakeRuns({ ...over, outcome: { value, failure: null } });
    expect(await operationsOn(runs).result('team-a')).toEqual(value);
  });

  test('is that of the operation, not of the lease that continues', async () => {
    const value = makeProgress({ phase: 'Ready', endedAt: '2026-03-01T11:00:00.000Z' });
    const runs = new FakeRuns({ ...over, outcome: { value, failure: null } }, open('lease/team-a'));
    expect(await operationsOn(runs).result('team-a')).toEqual(value);
  });

  test('is an error that carries the last progress when it did not', async () => {
    const detail = makeProgress({ phase: 'RolledBack', endedAt: '2026-03-01T11:00:00.000Z' });
    const outcome = { value: null, failure: { message: 'no', type: 'SoldOut', detail } };
    const failure = operationsOn(new FakeRuns({ ...over, status: 'FAILED', outcome })).result('team-a');
    await expect(failure).rejects.toThrow(OperationFailedError);
    await expect(failure).rejects.toMatchObject({ progress: detail });
  });
});

describe('the list of environments', () => {
  test('with `overdue` lists only open runs with an overdue removal', async () => {
    const runs = new FakeRuns(open());
    await operationsOn(runs).list({ overdue: true });
    expect(runs.queries).toEqual([expect.stringContaining('AND ExecutionStatus = "Running" AND MaopsOverdue = true')]);
  });

  test('is one list, however many environments there are', async () => {
    const many = Array.from({ length: 1_000 }, (_none, index) => open(`lease/team-${index}`));
    const runs = new FakeRuns(...many);
    const asked = jest.spyOn(runs, 'query');
    expect(await operationsOn(runs).list()).toHaveLength(1_000);
    expect(runs.queries).toHaveLength(1);
    expect(asked).not.toHaveBeenCalled();
  });

  test('has every key of a progress, null where only the run knows it', async () => {
    const leased = { ...open('lease/a'), phase: 'Leased', poolId: 'pool-1', leaseEndsAt: '2026-03-02T10:00:00.000Z' };
    const [row] = await operationsOn(new FakeRuns(leased)).list();
    expect(Object.keys(row ?? {}).sort()).toEqual([...Object.keys(makeProgress()), 'partial'].sort());
    expect(row).toMatchObject({
      name: 'a',
      workflowId: 'lease/a',
      phase: 'Leased',
      phaseSince: null,
      endedAt: null,
      why: null,
      steps: null,
      pool: { id: 'pool-1', phase: null, nodes: null, protected: null },
      notebook: null,
      lease: { endsAt: '2026-03-02T10:00:00.000Z', maxEndsAt: null },
      partial: true,
    });
    const bare = await operationsOn(new FakeRuns(open('env/b'))).list();
    expect(bare).toMatchObject([{ pool: null, lease: null }]);
  });

  test.each([
    ['COMPLETED', 'Ready', 'Ready'],
    ['FAILED', 'RolledBack', 'RolledBack'],
    ['TERMINATED', 'AwaitingPool', 'Failed'],
    ['CANCELLED', 'AwaitingPool', 'Cancelled'],
    ['RUNNING', 'AwaitingPool', 'AwaitingPool'],
    ['RUNNING', null, 'Validating'],
  ] as const)('shows a run that is %s and was %s as %s', async (status, phase, shown) => {
    const closedAt = status === 'RUNNING' ? null : new Date('2026-03-01T11:00:00.000Z');
    const run = { ...open('env/a'), status, phase, closedAt };
    const [row] = await operationsOn(new FakeRuns(run)).list();
    expect(row).toMatchObject({ phase: shown, endedAt: closedAt?.toISOString() ?? null });
  });

  test('with details has the progress of each run, and counts those that were asked', async () => {
    const runs = new FakeRuns(open('env/a'), open('env/b'));
    const counts: number[][] = [];
    const rows = await operationsOn(runs).details({ onAsked: (asked, all) => counts.push([asked, all]) });
    expect(rows.map(({ steps }) => steps)).toEqual([expect.any(Array), expect.any(Array)]);
    expect(counts).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  test('has one row per name: the open run, else the newest closed one', async () => {
    const done = (id: string) => ({
      ...over,
      workflowId: id,
      outcome: { value: makeProgress({ name: id.split('/')[1] ?? '', workflowId: id, phase: 'Gone' }), failure: null },
    });
    const runs = new FakeRuns(
      open('lease/a'),
      done('env/a'),
      open('env/b'),
      done('teardown/c'),
      makeRun('schedule/x-1'),
    );
    const rows = await operationsOn(runs).list();
    expect(rows.map(({ workflowId }) => workflowId)).toEqual(['lease/a', 'env/b', 'teardown/c']);
  });

  test('leaves out a run whose document had no name', async () => {
    const nameless = makeProgress({ name: '', workflowId: 'env/a', phase: 'Failed' });
    const failed = { ...over, workflowId: 'env/a', environment: '', outcome: { value: nameless, failure: null } };
    const operations = operationsOn(new FakeRuns(failed, open('env/b')));
    expect((await operations.list()).map(({ workflowId }) => workflowId)).toEqual(['env/b']);
    expect((await operations.details()).map(({ workflowId }) => workflowId)).toEqual(['env/b']);
  });
});
