import { describe, expect, test } from '@jest/globals';
import { followToEnd, showNow } from '../../src/cli/follow.js';
import { FakeRuns, makeProgress, makeRun, soldOut } from '../client/fake-runs.js';
import { fakeContext } from './fake-context.js';

function ended() {
  const detail = makeProgress({ phase: 'RolledBack', endedAt: '2026-03-01T10:01:00.000Z', failure: soldOut });
  const outcome = { value: null, failure: { message: 'no', type: 'SoldOut', detail } };
  return fakeContext(new FakeRuns(makeRun('env/team-a', { status: 'FAILED', outcome })));
}

test('a time limit ends the wait with 8, and the operation is still running', async () => {
  const { context, terminal } = fakeContext(
    new FakeRuns(makeRun('env/team-a', { answers: { progress: makeProgress() } })),
  );
  expect(await followToEnd(context, 'env/team-a', { attention: 'ending', timeoutMs: 700 })).toBe(8);
  expect(terminal.err()).toContain('`maops env watch team-a`');
});

describe.each(['changes', 'ending'] as const)('a wait for a person, with attention to %s', (attention) => {
  const since = '2026-03-01T10:01:00.000Z';
  const waiting = (kind: 'operator' | 'capacity') => {
    const awaiting = { kind, since, deadline: null, verbs: ['retry'] } as const;
    return fakeContext(new FakeRuns(makeRun('env/team-a', { answers: { progress: makeProgress({ awaiting }) } })));
  };

  test('is reported with the command that explains it, at the start and at the time limit', async () => {
    const { context, terminal } = waiting('operator');
    expect(await followToEnd(context, 'env/team-a', { attention, timeoutMs: 700 })).toBe(8);
    expect(terminal.err().match(/awaits .*`maops env why team-a`/g)).toHaveLength(2);
    expect(terminal.err()).not.toContain('maops env watch');
  });

  test('is not a wait for capacity, which ends by itself', async () => {
    const { context, terminal } = waiting('capacity');
    await followToEnd(context, 'env/team-a', { attention, timeoutMs: 700 });
    expect(terminal.err()).toContain('`maops env watch team-a`');
  });
});

test('a wait without a worker is reported once, with attention to the ending', async () => {
  const { context, terminal } = fakeContext(new FakeRuns(makeRun('env/team-a')));
  expect(await followToEnd(context, 'env/team-a', { attention: 'ending', timeoutMs: 1_300 })).toBe(8);
  expect(terminal.err().split('env/team-a: No worker')).toHaveLength(2);
});

describe('what to do next after a failure', () => {
  test.each(['changes', 'ending'] as const)('is printed once, with attention to %s', async (attention) => {
    const { context, terminal } = ended();
    expect(await followToEnd(context, 'env/team-a', { attention, timeoutMs: null })).toBe(1);
    const parts = `${terminal.out()}\n${terminal.err()}`.split(soldOut.hint);
    expect(parts).toHaveLength(2);
  });
});

describe('the progress of an operation that the command does not wait for', () => {
  test('exits 0 and names the command to watch it', async () => {
    const { context, terminal } = fakeContext(
      new FakeRuns(makeRun('env/team-a', { answers: { progress: makeProgress() } })),
    );
    expect(await showNow(context, 'env/team-a')).toBe(0);
    expect(terminal.err()).toContain('maops env watch team-a');
  });

  test('exits with the code of the ending when it has already ended', async () => {
    const { context, terminal } = ended();
    expect(await showNow(context, 'env/team-a')).toBe(1);
    expect(terminal.out()).toContain('SoldOut');
    expect(terminal.err()).toBe('');
  });
});
