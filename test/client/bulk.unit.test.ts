import { describe, expect, test } from '@jest/globals';
import { ServerUnreachableError } from '../../src/client/errors.js';
import { type FakeRun, FakeRuns, libraryOn, makeProgress, makeRun } from './fake-runs.js';

function open(workflowId: string, change: Partial<FakeRun> = {}): FakeRun {
  const progress = makeProgress({ workflowId, runId: `run of ${workflowId}`, name: workflowId.split('/')[1] ?? '' });
  return makeRun(workflowId, { answers: { progress, approve: progress }, ...change });
}
const lease = open('lease/b', { type: 'leaseEnvironment' });
const byId = (rows: readonly { workflowId: string }[]) => rows.map(({ workflowId }) => workflowId);

describe('the results of a query', () => {
  test('is restricted to open operations of this product', async () => {
    const runs = new FakeRuns(open('env/a'), lease);
    expect(byId(await libraryOn(runs).matching('MaopsPhase="Paused" OR MaopsPhase="Leased"'))).toEqual([
      'env/a',
      'lease/b',
    ]);
    expect(runs.queries).toEqual([
      expect.stringMatching(
        /^\(MaopsPhase="Paused" OR MaopsPhase="Leased"\) AND ExecutionStatus = "Running" AND WorkflowType IN \(/,
      ),
    ]);
  });

  test('stays restricted when the query closes our bracket: a foreign and an ended run are not listed', async () => {
    const runs = new FakeRuns(
      open('order/1', { type: 'somebodyElses' }),
      open('env/ended', { status: 'COMPLETED' }),
      open('env/a'),
    );
    expect(byId(await libraryOn(runs).matching('a = 1) OR (b = 2'))).toEqual(['env/a']);
  });

  test('is restricted to creating operations for approve, reject and resolve', async () => {
    expect(byId(await libraryOn(new FakeRuns(open('env/a'), lease)).matching('x', 'creating'))).toEqual(['env/a']);
  });
});

describe('a bulk command', () => {
  test('has a result for each operation: done, or refused with the reason', async () => {
    const runs = new FakeRuns(
      open('env/a'),
      open('env/c', { answers: { progress: makeProgress({ runId: 'run of env/c', workflowId: 'env/c', name: 'c' }) } }),
      lease,
    );
    const operations = libraryOn(runs);
    const listed = await operations.matching('x');
    const results = await operations.steerEach(listed, (id) => operations.approve(id, { reason: 'budget' }));
    expect(results.map(({ workflowId, result, reason }) => [workflowId, result, reason])).toEqual([
      ['env/a', 'done', null],
      ['env/c', 'refused', 'env/c: nothing waits for it'],
      ['lease/b', 'refused', expect.stringContaining('lease/b')],
    ]);
  });

  test('is refused for a newer run than the listed one', async () => {
    const runs = new FakeRuns(open('env/a'));
    const operations = libraryOn(runs);
    const listed = await operations.matching('x');
    runs.runs.set('env/a', open('env/a', { runId: 'a later run' }));
    const results = await operations.steerEach(listed, (id) => operations.pause(id, { reason: 'x' }));
    expect(results).toMatchObject([{ result: 'refused', progress: null }]);
    expect(runs.sent).toEqual([]);
  });

  test('continues after a failure, and sends nothing after an interruption', async () => {
    const operations = libraryOn(new FakeRuns(open('env/a'), open('env/c')));
    const listed = await operations.matching('x');
    const results = await operations.steerEach(listed, async (id) => {
      if (id === 'env/a') throw new ServerUnreachableError('here:7233');
      return await operations.progress(id);
    });
    expect(results.map(({ result }) => result)).toEqual(['failed', 'done']);
    const untouched = await operations.steerEach(listed, (id) => operations.progress(id), AbortSignal.abort());
    expect(untouched.map(({ result }) => result)).toEqual(['untouched', 'untouched']);
  });
});
