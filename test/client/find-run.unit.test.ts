import { describe, expect, test } from '@jest/globals';
import { OperationNotFoundError } from '../../src/client/errors.js';
import { findRun, requireLease, requireRun } from '../../src/client/find-run.js';
import { FakeRuns, makeRun } from './fake-runs.js';

const closedAt = (time: string) => ({ status: 'COMPLETED' as const, closedAt: new Date(time) });

describe('resolving a name', () => {
  test.each([
    [
      'an open teardown before anything else',
      [makeRun('env/team-a'), makeRun('teardown/team-a'), makeRun('lease/team-a')],
      'teardown/team-a',
    ],
    ['the open operation before the lease', [makeRun('lease/team-a'), makeRun('env/team-a')], 'env/team-a'],
    [
      'an open lease before a closed operation',
      [makeRun('env/team-a', closedAt('2026-03-02T00:00:00Z')), makeRun('lease/team-a')],
      'lease/team-a',
    ],
    [
      'the newest closed run when none is open',
      [
        makeRun('env/team-a', closedAt('2026-03-01T11:00:00Z')),
        makeRun('teardown/team-a', closedAt('2026-03-01T13:00:00Z')),
        makeRun('lease/team-a', closedAt('2026-03-01T12:00:00Z')),
      ],
      'teardown/team-a',
    ],
  ])('is %s', async (_case, runs, expected) => {
    expect((await findRun(new FakeRuns(...runs), 'env', 'team-a'))?.workflowId).toBe(expected);
  });

  test('depends on the kind: the pool operation for a pool', async () => {
    const runs = new FakeRuns(makeRun('env/x'), makeRun('pool/x'));
    expect((await findRun(runs, 'pool', 'x'))?.workflowId).toBe('pool/x');
  });

  test('is exactly the workflow when it is a workflow id', async () => {
    const runs = new FakeRuns(makeRun('teardown/team-a'), makeRun('env/team-a', closedAt('2026-03-01T11:00:00Z')));
    expect((await findRun(runs, 'env', 'env/team-a'))?.workflowId).toBe('env/team-a');
  });

  test('is an error with a hint when Temporal has no operation', async () => {
    await expect(requireRun(new FakeRuns(), 'env', 'nobody')).rejects.toThrow(OperationNotFoundError);
    await expect(requireRun(new FakeRuns(), 'env', 'nobody')).rejects.toMatchObject({
      hint: expect.stringContaining('maops env list'),
    });
  });

  test('is an error that names the operation on a pool or notebook without an environment', async () => {
    const runs = new FakeRuns(makeRun('pool/training'));
    const hint = expect.stringContaining('pool/training');
    await expect(requireRun(runs, 'env', 'training')).rejects.toMatchObject({ hint });
  });
});

describe('a command to a lease that is not open', () => {
  test('is refused, and an unknown name is not found', async () => {
    await expect(requireLease(new FakeRuns(), 'nobody', 'extend')).rejects.toThrow(OperationNotFoundError);
  });

  test.each([
    ['team-a', makeRun('env/team-a'), 'maops env show team-a'],
    ['training', makeRun('pool/training'), 'maops env show pool/training'],
  ])('for %s is refused with a hint', async (name, run, command) => {
    await expect(requireLease(new FakeRuns(run), name, 'extend')).rejects.toMatchObject({
      message: `extend ${name}: no lease is open`,
      hint: expect.stringContaining(command),
    });
  });
});
