import { describe, expect, test } from '@jest/globals';
import type { ScheduleDescription } from '@temporalio/client';
import { type ScheduledResult, viewRow } from '../../src/client/schedule-view.js';

const nextRun = new Date('2026-03-08T19:00:00Z');

const run = (change: Partial<ScheduledResult> = {}): ScheduledResult => ({
  workflowId: 'schedule/weekly-2026-03-01T19:00:00Z',
  dueAt: '2026-03-01T19:00:00.000Z',
  startedAt: '2026-03-01T19:00:00.000Z',
  endedAt: '2026-03-01T19:01:00.000Z',
  phase: 'Done',
  started: 'sweep/weekly-2026-03-01T19:00:00Z',
  why: '2 of 2 deleted',
  failure: null,
  ...change,
});
/** What Temporal answers of a run that is past its retention. */
const forgotten = run({ endedAt: null, phase: null, started: null, why: 'its retention has passed' });

function troubles(...results: readonly ScheduledResult[]): readonly string[] {
  const description = {
    scheduleId: 'weekly',
    spec: { timezone: 'UTC' },
    state: { paused: false },
    action: { args: [{ schedule: 'weekly', start: { what: 'sweep', apply: true } }] },
    info: {
      nextActionTimes: [nextRun],
      runningActions: [],
      numActionsTaken: 1,
      numActionsMissedCatchupWindow: 0,
      numActionsSkippedOverlap: 0,
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Only the fields of a row.
  return viewRow(description as unknown as ScheduleDescription, results, nextRun.getTime()).troubles;
}

describe('the problems of a schedule', () => {
  test('name a sweep that is done, and what it could not delete', () => {
    const failure = { type: 'ServiceUnavailable', message: 'some resources could not be deleted', hint: null } as const;
    expect(troubles(run({ failure }))).toEqual([
      'its last run ended Done: ServiceUnavailable: some resources could not be deleted',
    ]);
  });

  test.each([
    ['none before its first run', [], []],
    ['none after a run that is done', [run()], []],
    ['none while a run is open after a finished one', [run({ endedAt: null, phase: 'Applying' }), run()], []],
    ['none after runs that are past their retention', [forgotten, forgotten], []],
    [
      'its last run, when that failed',
      [run({ phase: 'Failed', why: 'out' }), run()],
      ['its last run ended Failed: out'],
    ],
    [
      'its last run that ended, while another one is open',
      [run({ endedAt: null, phase: 'Applying' }), run({ phase: 'Cancelled', why: '' })],
      ['its last run ended Cancelled'],
    ],
  ])('are %s', (_title, results, expected) => {
    expect(troubles(...results)).toEqual(expected);
  });
});
