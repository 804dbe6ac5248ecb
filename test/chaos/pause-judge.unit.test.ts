import { describe, expect, test } from '@jest/globals';
import { type PausableRun, PauseJudge } from './pause-judge.js';

const minute = 60_000;
type Happening = PausableRun['cached']['history'][number];

const signal = (signalName: string, at: number): Happening => ({
  at,
  jobs: [{ signalWorkflow: { signalName } }],
  commands: [],
});
const cancel = (at: number): Happening => ({ at, jobs: [{ cancelWorkflow: {} }], commands: [] });
const schedule = (activityType: string, at: number): Happening => ({
  at,
  jobs: [{ fireTimer: { seq: 1 } }],
  commands: [{ scheduleActivity: { activityType } }],
});
const run = (history: Happening[], workflowId = 'env/x'): PausableRun => ({
  workflowId,
  closedAt: null,
  identity: { firstRunId: workflowId },
  cached: { history },
});

describe('the judge of pauses', () => {
  test.each<[string, Happening[][], string]>([
    ['before a cancel', [[signal('pause', 1), schedule('createPool', 2)]], 'createPool'],
    ['after a cancel', [[cancel(1), signal('pause', 2), schedule('deletePool', 3)]], 'deletePool'],
    [
      'that outlives continue-as-new',
      [[cancel(1), signal('pause', 2)], [schedule('deleteNotebook', 3)]],
      'deleteNotebook',
    ],
  ])('catches what is scheduled in a pause %s', (_title, histories, type) => {
    const runs = histories.map((history) => run(history));
    expect(new PauseJudge().judge(runs)).toEqual([`env/x was paused and scheduled ${type}`]);
  });

  test.each<[string, Happening[]]>([
    ['after a resume', [signal('pause', 1), signal('resume', 2), schedule('deletePool', 3)]],
    ['after a cancel, which ends the pause', [signal('pause', 1), cancel(2), schedule('deletePool', 3)]],
    ['that only reads', [signal('pause', 1), schedule('findExistingPool', 2)]],
  ])('allows what is scheduled %s', (_title, history) => {
    expect(new PauseJudge().judge([run(history)])).toEqual([]);
  });

  test('does not let a cancel end the pause of a teardown, which refuses it', () => {
    const history = [signal('pause', 1), cancel(2), schedule('deletePool', 3)];
    expect(new PauseJudge().judge([run(history, 'teardown/x')])).toHaveLength(1);
  });

  test.each([
    ['catches', 'the same workflow long after the pause began', 'env/x', 5 * minute, 1],
    ['allows', 'the same workflow that was under way', 'env/x', 5_000, 0],
    ['allows', 'the same workflow after the resume', 'env/x', 11 * minute, 0],
    ['allows', 'another workflow', 'lease/x', 5 * minute, 0],
  ])('%s a try of %s', (_verb, _title, workflowId, at, count) => {
    const judge = new PauseJudge();
    judge.note(workflowId, 'deletePool', at);
    const history = [cancel(0), signal('pause', 1), signal('resume', 10 * minute)];
    expect(judge.judge([run(history)])).toHaveLength(count);
  });
});
