import { describe, expect, test } from '@jest/globals';
import { followToEnd, showNow } from '../../src/cli/follow.js';
import { FakeRuns, makeProgress, makeRun, soldOut } from '../client/fake-runs.js';
import { fakeContext } from './fake-context.js';

function ended() {
  const detail = makeProgress({ phase: 'RolledBack', endedAt: '2026-03-01T10:01:00.000Z', failure: soldOut });
  const outcome = { value: null, failure: { message: 'no', type: 'SoldOut', detail } };
  return fakeContext(new FakeRuns(makeRun('env/team-a', { status: 'FAILED', outcome })));
}

test('a limit ends the wait with 8, and the operation goes on', async () => {
  const { context, terminal } = fakeContext(
    new FakeRuns(makeRun('env/team-a', { answers: { progress: makeProgress() } })),
  );
  expect(await followToEnd(context, 'env/team-a', { attention: 'ending', timeoutMs: 700 })).toBe(8);
  expect(terminal.err()).toContain('env/team-a goes on');
});

describe.each(['changes', 'ending'] as const)('a wait for a person, where %s are shown', (attention) => {
  const since = '2026-03-01T10:01:00.000Z';
  const waiting = (kind: 'operator' | 'capacity') => {
    const awaiting = { kind, since, deadline: null, verbs: ['retry'] } as const;
    return fakeContext(new FakeRuns(makeRun('env/team-a', { answers: { progress: makeProgress({ awaiting }) } })));
  };

  test('is said with where to look, and the limit says that it goes on only when it is answered', async () => {
    const { context, terminal } = waiting('operator');
    expect(await followToEnd(context, 'env/team-a', { attention, timeoutMs: 700 })).toBe(8);
    const why = '`maops env why team-a`\n';
    const limit = `not finished within 700ms: env/team-a goes on when it is answered: ${why}`;
    expect(terminal.err()).toBe(`env/team-a waits for operator: ${why}${limit}`);
  });

  test('is not what a wait for capacity is, which goes on by itself', async () => {
    const { context, terminal } = waiting('capacity');
    await followToEnd(context, 'env/team-a', { attention, timeoutMs: 700 });
    expect(terminal.err()).toContain('env/team-a goes on');
  });
});

test('a wait that no worker will end says so once, where only the ending is shown', async () => {
  const { context, terminal } = fakeContext(new FakeRuns(makeRun('env/team-a')));
  expect(await followToEnd(context, 'env/team-a', { attention: 'ending', timeoutMs: 1_300 })).toBe(8);
  expect(terminal.err().split('env/team-a: No worker')).toHaveLength(2);
});

describe('what to do next, after an end that is no success', () => {
  test.each(['changes', 'ending'] as const)('is said once when %s are shown', async (attention) => {
    const { context, terminal } = ended();
    expect(await followToEnd(context, 'env/team-a', { attention, timeoutMs: null })).toBe(1);
    const said = `${terminal.out()}\n${terminal.err()}`.split(soldOut.hint);
    expect(said).toHaveLength(2);
  });
});

describe('where an operation stands that is not waited for', () => {
  test('is done with, and says how to come back', async () => {
    const { context, terminal } = fakeContext(
      new FakeRuns(makeRun('env/team-a', { answers: { progress: makeProgress() } })),
    );
    expect(await showNow(context, 'env/team-a')).toBe(0);
    expect(terminal.err()).toContain('maops env watch team-a');
  });

  test('is the exit code of its ending when it has ended at once, and there is nothing to watch', async () => {
    const { context, terminal } = ended();
    expect(await showNow(context, 'env/team-a')).toBe(1);
    expect(terminal.out()).toContain('SoldOut');
    expect(terminal.err()).toBe('');
  });
});
