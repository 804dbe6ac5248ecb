import { describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../src/cli/main.js';
import { type Bulk, steerMany, steerOne } from '../../src/cli/steering.js';
import type { Operations } from '../../src/client/operations.js';
import { type FakeRun, FakeRuns, makeProgress, makeRun } from '../client/fake-runs.js';
import { fakeContext } from './fake-context.js';
import { memoryTerminal } from './memory-terminal.js';

function waiting(workflowId: string, change: Partial<FakeRun['answers']> = {}): FakeRun {
  const name = workflowId.split('/')[1] ?? '';
  const phase = 'AwaitingApproval' as const;
  const progress = makeProgress({ workflowId, runId: `run of ${workflowId}`, name, phase, why: 'waits for a person' });
  return makeRun(workflowId, { answers: { progress, approve: { ...progress, why: 'approved' }, ...change } });
}

const approve: Bulk = {
  verb: 'approve',
  query: 'MaopsPhase="AwaitingApproval"',
  audience: 'creating',
  yes: true,
  steer: (operations, id) => operations.approve(id, { reason: 'budget' }),
};

describe('a bulk command', () => {
  test('lists the operations and sends nothing without confirmation', async () => {
    const runs = new FakeRuns(waiting('env/a'), waiting('env/b'));
    const { context, terminal } = fakeContext(runs);
    expect(await steerMany(context, { ...approve, yes: false })).toBe(2);
    expect(terminal.out().split('\n')).toEqual([
      'OPERATION  PHASE             SINCE  WHY',
      'env/a      AwaitingApproval  2m     waits for a person',
      'env/b      AwaitingApproval  2m     waits for a person',
    ]);
    expect(terminal.err()).toContain('--yes');
    expect(runs.sent).toEqual([]);
  });

  test('prints one row per operation, and exits 1 when one was refused', async () => {
    const runs = new FakeRuns(waiting('env/a'), waiting('env/b', { approve: undefined }));
    const { context, terminal } = fakeContext(runs);
    expect(await steerMany(context, approve)).toBe(1);
    expect(terminal.out().split('\n')).toEqual([
      'OPERATION  RESULT   REASON',
      'env/a      done',
      'env/b      refused  env/b: nothing waits for it',
    ]);
  });

  test('prints one JSON document, before and after', async () => {
    for (const yes of [false, true]) {
      const { context, terminal } = fakeContext(new FakeRuns(waiting('env/a')), { json: true });
      expect(await steerMany(context, { ...approve, yes })).toBe(yes ? 0 : 2);
      expect(JSON.parse(terminal.out())).toEqual({
        verb: 'approve',
        query: approve.query,
        acted: yes,
        runs: [
          {
            workflowId: 'env/a',
            name: 'a',
            phase: 'AwaitingApproval',
            why: 'waits for a person',
            result: yes ? 'done' : null,
            reason: null,
          },
        ],
      });
    }
  });

  test('exits 0 when nothing matches', async () => {
    const { context, terminal } = fakeContext(new FakeRuns());
    expect(await steerMany(context, approve)).toBe(0);
    expect(terminal.err()).toContain('MaopsPhase="AwaitingApproval"');
  });
});

describe('a command to one', () => {
  const one = (json: boolean, update: Partial<FakeRun['answers']> = {}) =>
    fakeContext(new FakeRuns(waiting('env/a', update)), { json });
  const accepted = ({ workflowId }: { workflowId: string }) => `approved ${workflowId}`;
  const approveA = (operations: Operations) => operations.approve('env/a', { reason: 'budget' });

  test('reports that it was accepted, and then the progress after it', async () => {
    const { context, terminal } = one(false);
    expect(await steerOne(context, approveA, accepted)).toBe(0);
    expect(terminal.err()).toBe('approved env/a\n');
    expect(terminal.out()).toContain('waits for a person');
    expect(terminal.out()).not.toContain('approved');
  });

  test('names the command that ends a pause', async () => {
    const paused = makeProgress({ workflowId: 'env/a', name: 'a', phase: 'Paused' });
    const { context, terminal } = one(true, { approve: paused, progress: paused });
    expect(await steerOne(context, approveA, accepted)).toBe(0);
    expect(terminal.err()).toContain('`maops env resume a --reason …`');
  });

  test('shows the answer when no effect follows soon', async () => {
    const answer = makeProgress({ workflowId: 'env/a', why: 'approved' });
    const { context, terminal } = one(false, { progress: answer, approve: answer });
    expect(await steerOne(context, approveA, accepted)).toBe(0);
    expect(terminal.out()).toContain('approved');
  });

  test('reports that it takes effect later when no worker responds', async () => {
    const { context, terminal } = fakeContext(new FakeRuns(makeRun('env/a')));
    expect(await steerOne(context, (operations) => operations.pause('env/a', { reason: 'quota' }))).toBe(0);
    expect(terminal.err()).toContain('worker');
  });

  test('prints the progress after its answer as JSON', async () => {
    const { context, terminal } = one(true);
    await steerOne(context, approveA, accepted);
    expect(JSON.parse(terminal.out())).toMatchObject({
      workflowId: 'env/a',
      why: 'waits for a person',
      steps: [{}, {}, {}],
    });
  });

  test('is accepted although the progress after it cannot be read', async () => {
    const { context, terminal } = one(true, { progress: undefined });
    const { progress: _, ...answers } = waiting('env/a').answers;
    const silent = fakeContext(new FakeRuns({ ...waiting('env/a'), answers }), { json: true });
    expect(await steerOne(silent.context, approveA, accepted)).toBe(0);
    expect(JSON.parse(silent.terminal.out())).toMatchObject({ workflowId: 'env/a', phase: 'AwaitingApproval' });
    expect(silent.terminal.err()).toContain('approved env/a\n');
    expect(silent.terminal.err().trim().split('\n')).toHaveLength(2);
    // An answer that is not a progress is ignored.
    expect(await steerOne(context, approveA, accepted)).toBe(0);
    expect(terminal.err().trim().split('\n')).toHaveLength(2);
  });
});

describe('the target of a command must be clear', () => {
  const because = ['--reason', 'x'];
  test.each([
    ['neither a name nor a query', ['env', 'pause', ...because], '--query'],
    ['both', ['env', 'pause', 'a', '--query', 'q', ...because], 'a and --query'],
    ['an empty query', ['env', 'cancel', '--query', ' ', ...because], '--query is empty'],
    ['--yes for one operation', ['env', 'approve', 'a', '--yes', ...because], '--yes'],
    ['a query without a verb', ['env', 'resolve', '--query', 'q', ...because], 'retry, rollback, abandon, skip'],
    ['a query and a name', ['env', 'resolve', 'a', 'retry', '--query', 'q', ...because], 'a and --query'],
    ['a name without a verb', ['env', 'resolve', 'a', ...because], 'retry, rollback, abandon, skip'],
    ['no reason', ['env', 'resume', '--query', 'q', '--yes'], '--reason'],
  ])('%s', async (_case, words, message) => {
    const terminal = memoryTerminal();
    expect(await runCommandLine(words, terminal)).toBe(2);
    expect(terminal.err()).toContain(message);
    expect(terminal.out()).toBe('');
  });
});
