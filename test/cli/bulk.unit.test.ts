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
  audience: 'makers',
  yes: true,
  steer: (operations, id) => operations.approve(id, { reason: 'budget' }),
};

describe('a command to many', () => {
  test('shows the list and does nothing without a yes', async () => {
    const runs = new FakeRuns(waiting('env/a'), waiting('env/b'));
    const { context, terminal } = fakeContext(runs);
    expect(await steerMany(context, { ...approve, yes: false })).toBe(2);
    expect(terminal.out().split('\n')).toEqual([
      'OPERATION  PHASE             SINCE  WHY',
      'env/a      AwaitingApproval  2m     waits for a person',
      'env/b      AwaitingApproval  2m     waits for a person',
    ]);
    expect(terminal.err()).toContain('nothing was done. To approve 2 operations, give the same command with --yes');
    expect(runs.sent).toEqual([]);
  });

  test('prints one row for each, and ends with 1 when one was refused', async () => {
    const runs = new FakeRuns(waiting('env/a'), waiting('env/b', { approve: undefined }));
    const { context, terminal } = fakeContext(runs);
    expect(await steerMany(context, approve)).toBe(1);
    expect(terminal.out().split('\n')).toEqual([
      'OPERATION  RESULT   REASON',
      'env/a      done',
      'env/b      refused  env/b: nothing waits for it',
    ]);
    expect(terminal.err()).toBe('approve: 1 done, 1 not\n');
  });

  test('is one document as JSON, before and after', async () => {
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

  test('that finds nothing says so and is done', async () => {
    const { context, terminal } = fakeContext(new FakeRuns());
    expect(await steerMany(context, approve)).toBe(0);
    expect(terminal.err()).toContain('no open operation matches MaopsPhase="AwaitingApproval"');
  });
});

describe('a command to one', () => {
  const one = (json: boolean, update: Partial<FakeRun['answers']> = {}) =>
    fakeContext(new FakeRuns(waiting('env/a', update)), { json });
  const say = ({ workflowId }: { workflowId: string }) => `approved: ${workflowId} goes on`;
  const approveA = (operations: Operations) => operations.approve('env/a', { reason: 'budget' });

  test('says that it counted, and then how it stands after the answer', async () => {
    const { context, terminal } = one(false);
    expect(await steerOne(context, approveA, say)).toBe(0);
    expect(terminal.err()).toBe('approved: env/a goes on\n');
    expect(terminal.out()).toContain('waits for a person');
    expect(terminal.out()).not.toContain('approved');
  });

  test('says what holds back what would follow from it', async () => {
    const paused = makeProgress({ workflowId: 'env/a', name: 'a', phase: 'Paused' });
    const { context, terminal } = one(true, { approve: paused, progress: paused });
    expect(await steerOne(context, approveA, say)).toBe(0);
    expect(terminal.err()).toContain('goes on; not before its pause ends: `maops env resume a --reason …`');
  });

  test('shows the answer when nothing follows soon', async () => {
    const answer = makeProgress({ workflowId: 'env/a', why: 'approved' });
    const { context, terminal } = one(false, { progress: answer, approve: answer });
    expect(await steerOne(context, approveA, say)).toBe(0);
    expect(terminal.out()).toContain('approved');
  });

  test('says that it waits for a worker where none answers', async () => {
    const { context, terminal } = fakeContext(new FakeRuns(makeRun('env/a')));
    expect(await steerOne(context, (operations) => operations.pause('env/a', { reason: 'quota' }))).toBe(0);
    expect(terminal.err()).toBe('it is sent, and waits in Temporal until a worker takes it\n');
  });

  test('has the progress after its answer as JSON', async () => {
    const { context, terminal } = one(true);
    await steerOne(context, approveA, say);
    expect(JSON.parse(terminal.out())).toMatchObject({
      workflowId: 'env/a',
      why: 'waits for a person',
      steps: [{}, {}, {}],
    });
  });

  test('has counted also where nobody can tell what came of it', async () => {
    const { context, terminal } = one(true, { progress: undefined });
    const { progress: _, ...answers } = waiting('env/a').answers;
    const silent = fakeContext(new FakeRuns({ ...waiting('env/a'), answers }), { json: true });
    expect(await steerOne(silent.context, approveA, say)).toBe(0);
    expect(JSON.parse(silent.terminal.out())).toMatchObject({ workflowId: 'env/a', phase: 'AwaitingApproval' });
    expect(silent.terminal.err()).toContain('approved: env/a goes on\n');
    expect(silent.terminal.err()).toContain('where the operation stands now cannot be read');
    // An answer that is no progress is none.
    expect(await steerOne(context, approveA, say)).toBe(0);
    expect(terminal.err()).toContain('where the operation stands now cannot be read');
  });
});

describe('who is meant has to be clear', () => {
  const because = ['--reason', 'x'];
  test.each([
    ['neither a name nor a query', ['env', 'pause', ...because], 'give the name of an environment, or --query'],
    ['both', ['env', 'pause', 'a', '--query', 'q', ...because], 'give one of them'],
    ['an empty query', ['env', 'cancel', '--query', ' ', ...because], '--query is empty'],
    ['a yes to one', ['env', 'approve', 'a', '--yes', ...because], '--yes goes with --query'],
    ['many without a verb', ['env', 'resolve', '--query', 'q', ...because], 'say what to do with the failed step'],
    ['many and a name', ['env', 'resolve', 'a', 'retry', '--query', 'q', ...because], 'give one of them'],
    ['one without a verb', ['env', 'resolve', 'a', ...because], 'retry, rollback, abandon, skip'],
    ['no reason', ['env', 'resume', '--query', 'q', '--yes'], '--reason'],
  ])('%s', async (_case, words, message) => {
    const terminal = memoryTerminal();
    expect(await runCommandLine(words, terminal)).toBe(2);
    expect(terminal.err()).toContain(message);
    expect(terminal.out()).toBe('');
  });
});
