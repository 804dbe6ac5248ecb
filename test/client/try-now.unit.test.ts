import { describe, expect, test } from '@jest/globals';
import { OperationRefusedError } from '../../src/client/errors.js';
import type { PendingActivity } from '../../src/client/temporal/run.js';
import type { Progress } from '../../src/contract/progress.js';
import { FakeRuns, libraryOn, makeProgress, makeRun } from './fake-runs.js';

const retrying = {
  operation: 'deleting pool team-a',
  error: { type: 'ServiceUnavailable', status: 500, errorCode: null, requestId: 'r-1', message: 'HTTP 500' },
  attempt: 266,
  since: '2026-03-01T10:05:00.000Z',
  nextTryAt: '2026-03-01T14:00:00.000Z',
} as const;

const operation = (workflowId: string, change: Partial<Progress>, pending: readonly PendingActivity[] = []) => {
  const progress = makeProgress({ workflowId, pool: null, ...change });
  const answer = { workflowId, phase: progress.phase, awaiting: null, lease: null, retried: ['deleting pool team-a'] };
  return makeRun(workflowId, { pending, answers: { progress, ...(change.retrying ? { tryNow: answer } : {}) } });
};

const { pool } = makeProgress();
const rollback = operation('env/team-a', { phase: 'RollingBack', retrying, pool });
const held = operation('teardown/team-a', {
  phase: 'Planning',
  waitsFor: ['env/team-a', 'pool/team-a', 'lease/team-a'],
});
const sweep = operation('sweep/nightly', { phase: 'Applying', waitsFor: ['teardown/team-a', 'teardown/team-b'] });
const gone = makeRun('teardown/team-b', { status: 'COMPLETED', closedAt: new Date('2026-03-01T11:00:00Z') });

describe('why', () => {
  test('explains the blocking operation too, with its error, next attempt and cost', async () => {
    const runs = new FakeRuns(rollback, held, sweep, gone);
    const prices = { currency: 'EUR', flavors: { 'modelarts.vm.cpu.8u': 1.5 } };
    expect(await libraryOn(runs).why('team-a', 'env', { prices })).toMatchObject({
      workflowId: 'teardown/team-a',
      retrying: null,
      inTheWay: {
        workflowId: 'env/team-a',
        retrying,
        inTheWay: null,
        alive: { nodes: { 'modelarts.vm.cpu.8u': 8 }, cost: { perHour: 12, currency: 'EUR' } },
      },
    });
    const { inTheWay } = await libraryOn(runs).why('sweep/nightly');
    expect(inTheWay).toMatchObject({ workflowId: 'teardown/team-a', inTheWay: { workflowId: 'env/team-a' } });
    expect(inTheWay?.inTheWay?.alive).toMatchObject({ cost: null });
  });

  test('has the typed error of the call that Temporal retries', async () => {
    const nextAttemptAt = new Date('2026-03-01T10:01:00Z');
    const activity = {
      type: 'deletePool',
      attempt: 4,
      state: 'scheduled',
      lastFailure: {
        message: 'pools.delete failed: HTTP 503',
        type: 'ServiceUnavailable',
        facts: { status: 503, errorCode: 'ModelArts.1', requestId: 'r-2', throttledUntil: null },
      },
      report: null,
      nextAttemptAt,
      lastHeartbeatAt: null,
    } as const;
    const runs = new FakeRuns(operation('env/team-a', { phase: 'RollingBack' }, [activity]));
    expect((await libraryOn(runs).why('team-a')).retrying).toMatchObject({
      error: { type: 'ServiceUnavailable', status: 503, errorCode: 'ModelArts.1', requestId: 'r-2' },
      attempt: 3,
      nextTryAt: nextAttemptAt.toISOString(),
    });
    // The count and start of earlier failures stay, with the newest error.
    const longer = new FakeRuns(operation('env/team-a', { phase: 'RollingBack', retrying }, [activity]));
    expect((await libraryOn(longer).why('team-a')).retrying).toMatchObject({
      attempt: 266,
      since: retrying.since,
      error: { status: 503 },
    });
  });

  test('does not treat a wait without a result as a failure, and stops at a cycle', async () => {
    const lastFailure = { message: 'nothing new', type: 'StillPending' };
    const wait = { type: 'observePool', attempt: 9, state: 'scheduled', lastFailure, report: null } as const;
    const pending = [{ ...wait, nextAttemptAt: null, lastHeartbeatAt: null }];
    const runs = new FakeRuns(
      operation('env/team-a', { waitsFor: ['teardown/team-a'] }, pending),
      operation('teardown/team-a', { waitsFor: ['env/team-a'] }),
    );
    const explained = await libraryOn(runs).why('teardown/team-a');
    expect(explained).toMatchObject({ inTheWay: { workflowId: 'env/team-a', retrying: null, inTheWay: null } });
  });
});

describe('try now', () => {
  test('is sent to the blocking operation, and returns what it retries', async () => {
    const runs = new FakeRuns(rollback, held, sweep, gone);
    const answer = await libraryOn(runs).tryNow('sweep/nightly', { reason: 'fixed' });
    expect(answer).toMatchObject([{ workflowId: 'env/team-a', retried: ['deleting pool team-a'] }]);
    expect(runs.sent).toEqual([
      { kind: 'update', workflowId: 'env/team-a', name: 'tryNow', argument: { by: 'ops', reason: 'fixed' } },
    ]);
  });

  test('is refused with the reason of the operation that has nothing to retry', async () => {
    const runs = new FakeRuns(operation('env/team-a', { phase: 'AwaitingApproval' }));
    const answer = libraryOn(runs).tryNow('team-a', { reason: 'x' });
    await expect(answer).rejects.toThrow(OperationRefusedError);
    await expect(answer).rejects.toThrow('nothing waits for it');
  });

  test('is refused when the operation has ended', async () => {
    await expect(libraryOn(new FakeRuns(gone)).tryNow('teardown/team-b', { reason: 'x' })).rejects.toThrow(
      OperationRefusedError,
    );
  });
});
