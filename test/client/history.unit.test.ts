import { describe, expect, jest, test } from '@jest/globals';
import { OperationNotFoundError } from '../../src/client/errors.js';
import { realPacer } from '../../src/client/follow.js';
import type { Operations } from '../../src/client/operations.js';
import type { HistoryEvent } from '../../src/client/temporal/history-event.js';
import { type FakeRun, FakeRuns, libraryOn, makeProgress, makeRun } from './fake-runs.js';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute));

function operationsOn(runs: FakeRuns): Operations {
  const pacer = { ...realPacer, now: () => at(30).getTime() };
  return libraryOn(runs, { pacer });
}

const started = (minute: number, continues: string | null): HistoryEvent => ({
  at: at(minute),
  event: 'started',
  type: 'leaseEnvironment',
  continues,
  by: null,
});
const phase = (minute: number, name: string): HistoryEvent => ({ at: at(minute), event: 'phase', phase: name });

describe('the history of a run', () => {
  test('includes the runs that it continues', async () => {
    const runs = new FakeRuns(makeRun('lease/team-a', { runId: 'c' }));
    runs.histories.set('a', [started(0, null), phase(1, 'Leased')]);
    runs.histories.set('b', [started(5, 'a')]);
    runs.histories.set('c', [started(9, 'b')]);
    const history = await operationsOn(runs).history('lease/team-a');
    expect(history.entries.map(({ text }) => text)).toEqual([
      'leaseEnvironment started',
      'Leased',
      'leaseEnvironment continued as new',
      'leaseEnvironment continued as new',
    ]);
  });
});

describe('the full history of a name', () => {
  test('has its operation, lease and teardown in the order of time, each entry with its run', async () => {
    const runs = new FakeRuns(makeRun('lease/team-a', { runId: 'l' }), makeRun('env/team-a', { runId: 'e' }));
    runs.histories.set('e', [started(0, null), phase(8, 'Ready')]);
    runs.histories.set('l', [started(7, null)]);
    const entries = await operationsOn(runs).fullHistory('env/team-a');
    expect(entries.map(({ workflowId, text }) => `${workflowId} ${text}`)).toEqual([
      'env/team-a leaseEnvironment started',
      'lease/team-a leaseEnvironment started',
      'env/team-a Ready',
    ]);
    for (const id of ['teardown/team-a', 'change/environment/team-a', 'change/notebook/team-a'])
      expect(runs.queries[0]).toContain(`"${id}"`);
  });

  test('has the actions of runs, and the actor and reason of each change', async () => {
    const lease = makeProgress({
      operation: 'leaseEnvironment',
      workflowId: 'lease/team-a',
      audit: [
        { at: at(7).toISOString(), by: 'ann', verb: 'adopt', reason: 'still used' },
        { at: at(8).toISOString(), by: 'lease/team-a', verb: 'warn', reason: 'team-a ends in 2h' },
        { at: at(9).toISOString(), by: 'ana', verb: 'extend', reason: 'told by the history already' },
        { at: at(11).toISOString(), by: 'lease/team-a', verb: 'expire', reason: 'the lease ended' },
      ],
    });
    const protect = makeProgress({
      operation: 'changeResource',
      workflowId: 'change/environment/team-a',
      audit: [{ at: at(10).toISOString(), by: 'ann', verb: 'protect', reason: 'the demo' }],
    });
    const runs = new FakeRuns(
      makeRun('lease/team-a', { runId: 'l', answers: { progress: lease } }),
      makeRun('change/environment/team-a', {
        runId: 'c',
        status: 'COMPLETED',
        outcome: { value: protect, failure: null },
      }),
    );
    runs.histories.set('l', [started(7, null), phase(9, 'Leased')]);
    const entries = await operationsOn(runs).fullHistory('team-a');
    expect(entries.map(({ workflowId, kind, text }) => `${workflowId} ${kind} ${text}`)).toEqual([
      'lease/team-a run leaseEnvironment started',
      'lease/team-a command adopt by ann: still used',
      'lease/team-a event warn: team-a ends in 2h',
      'lease/team-a phase Leased',
      'change/environment/team-a command protect by ann: the demo',
      'lease/team-a event expire: the lease ended',
    ]);
    const history = await operationsOn(runs).history('lease/team-a');
    expect(history.entries.map(({ kind }) => kind)).toEqual(['run', 'command', 'event', 'phase', 'event']);
  });

  test('queries no worker again after one query without a response, nor a continued run', async () => {
    const runs = new FakeRuns(
      ...Array.from({ length: 9 }, (_, index) => makeRun(`env/team-${index}`, { runId: `e${index}` })),
      makeRun('lease/team-a', { runId: 'l', status: 'CONTINUED_AS_NEW' }),
    );
    const query = jest.spyOn(runs, 'query');
    await operationsOn(runs).fullHistory('team-a');
    expect(query.mock.calls.length).toBeGreaterThan(0);
    expect(query.mock.calls.length).toBeLessThanOrEqual(4);
  });

  test('of an unknown name is an error', async () => {
    await expect(operationsOn(new FakeRuns()).fullHistory('nobody')).rejects.toThrow(OperationNotFoundError);
  });
});

describe('the explanation', () => {
  const waiting = (change: Partial<FakeRun>) =>
    makeRun('env/team-a', { answers: { progress: makeProgress({ phase: 'CreatingPool' }) }, ...change });

  test('has the end of the throttling, the last error and the time by cause', async () => {
    const pending = {
      type: 'findExistingPool',
      attempt: 4,
      state: 'scheduled' as const,
      lastFailure: {
        message: 'pools.show failed',
        type: 'ServiceUnavailable',
        facts: { status: 429, errorCode: null, requestId: null, throttledUntil: at(33).toISOString() },
      },
      report: null,
      nextAttemptAt: at(32),
      lastHeartbeatAt: null,
    };
    const runs = new FakeRuns(waiting({ runId: 'e', pending: [pending] }));
    runs.histories.set('e', [
      started(0, null),
      phase(0, 'CreatingPool'),
      { at: at(20), event: 'activityScheduled', id: 5, type: 'findExistingPool', summary: 'pool team-a' },
    ]);
    expect(await operationsOn(runs).why('team-a')).toMatchObject({
      throttledUntil: at(32).toISOString(),
      heldUpBy: 'throttled',
      lastError: { at: null, activity: 'findExistingPool', message: 'pools.show failed' },
      time: [
        { cause: 'creating', ms: 20 * 60_000 },
        { cause: 'throttled', ms: 10 * 60_000 },
      ],
      pending: [{ does: 'look for pool team-a', attempt: 4 }],
    });
  });

  test('has the end of the throttling that a wait reports, while it is in the future', async () => {
    const pending = (until: Date) => ({
      type: 'observePool',
      attempt: 1,
      state: 'started' as const,
      lastFailure: null,
      report: {
        why: 'team-a: not now',
        throttledUntil: until.toISOString(),
        failureType: 'ServiceUnavailable' as const,
      },
      nextAttemptAt: null,
      lastHeartbeatAt: at(29),
    });
    const why = (until: Date) => operationsOn(new FakeRuns(waiting({ pending: [pending(until)] }))).why('team-a');
    expect((await why(at(31))).throttledUntil).toBe(at(31).toISOString());
    expect(await why(at(29))).toMatchObject({ throttledUntil: null, heldUpBy: 'service trouble' });
  });

  test('has who paused it', async () => {
    const pause = { at: at(3).toISOString(), by: 'ana', verb: 'pause', reason: 'quota' };
    const progress = makeProgress({ phase: 'Paused', audit: [{ ...pause, reason: 'before' }, pause] });
    const why = await operationsOn(new FakeRuns(waiting({ answers: { progress } }))).why('team-a');
    expect(why.paused).toEqual(pause);
  });

  test('has the time of the phase also when no worker responds', async () => {
    const run = waiting({ phase: 'AwaitingPool', answers: {} });
    const runs = new FakeRuns(run);
    runs.histories.set(run.runId, [{ at: at(7), event: 'phase', phase: 'AwaitingPool' }]);
    expect(await operationsOn(runs).why('team-a')).toMatchObject({
      phase: 'AwaitingPool',
      phaseSince: at(7).toISOString(),
      heldUpBy: 'no worker',
    });
  });

  test('names missing permissions that a wait or a call reports by type', async () => {
    const wait = {
      type: 'observePool',
      attempt: 1,
      state: 'started',
      nextAttemptAt: null,
      lastHeartbeatAt: null,
    } as const;
    const report = { why: 'x', throttledUntil: null, failureType: 'NotAuthorized' } as const;
    const lastFailure = { message: 'x', type: 'NotAuthorized' };
    for (const pending of [
      { ...wait, lastFailure: null, report },
      { ...wait, lastFailure, report: null },
    ]) {
      const explained = await operationsOn(new FakeRuns(waiting({ pending: [pending] }))).why('team-a');
      expect(explained.heldUpBy).toBe('not authorised');
    }
  });

  test('does not treat the end of a poll window as an error', async () => {
    const pending = {
      type: 'observePool',
      attempt: 4,
      state: 'started' as const,
      lastFailure: { message: 'pool team-a: 3 of 8 nodes available', type: 'StillPending' },
      report: { why: 'pool team-a: 4 of 8 nodes available', throttledUntil: null, failureType: null },
      nextAttemptAt: null,
      lastHeartbeatAt: at(29),
    };
    expect(await operationsOn(new FakeRuns(waiting({ pending: [pending] }))).why('team-a')).toMatchObject({
      heldUpBy: null,
      throttledUntil: null,
      lastError: null,
      pending: [{ lastFailure: null, saying: 'pool team-a: 4 of 8 nodes available' }],
    });
  });
});
