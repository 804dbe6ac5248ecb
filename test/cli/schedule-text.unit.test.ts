import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { renderDeleted, renderSchedule, renderSchedules } from '../../src/cli/output/schedules.js';
import type { ScheduleDetails, ScheduledResult } from '../../src/client/schedule-view.js';

const view = { now: Date.parse('2026-03-01T12:00:00.000Z'), timeZone: 'Europe/Berlin', colors: pc.createColors(false) };

const failed: ScheduledResult = {
  workflowId: 'schedule/evening-2026-02-27T19:00:00Z',
  dueAt: '2026-02-27T19:00:00.000Z',
  startedAt: '2026-02-27T19:00:00.000Z',
  endedAt: '2026-02-27T19:00:02.000Z',
  phase: 'Failed',
  started: 'teardown/team-a',
  why: 'teardown/team-a: Protected: notebook team-a is protected (maops:keep); it is left alone',
  failure: { type: 'Protected', message: 'notebook team-a is protected', hint: 'When it may go: unprotect it.' },
};

const schedule: ScheduleDetails = {
  name: 'evening',
  cron: '0 20 * * 1-5',
  timezone: 'Europe/Berlin',
  does: 'teardown of team-a',
  paused: true,
  pausedByFailure: true,
  note: 'paused due to workflow failure',
  nextRuns: ['2026-03-02T19:00:00.000Z'],
  running: null,
  lastRun: failed,
  counts: { taken: 1, missed: 0, skipped: 0 },
  seen: { missed: 0, skipped: 0 },
  troubles: ['its last run ended Failed: it ended at 2026-02-27T19:00:02.000Z', 'it was paused because a run failed'],
  warnings: [],
  start: { what: 'teardown', name: 'team-a' },
  jitter: '30s',
  catchup: '10m',
  overlap: 'SKIP',
  pauseOnFailure: true,
  by: 'ops',
  reason: 'nobody works at night',
  createdAt: '2026-02-26T08:00:00.000Z',
  results: [failed],
};

describe('a change of the clocks', () => {
  const at = '2026-03-29T01:00:00.000Z';
  const warned: ScheduleDetails = {
    ...schedule,
    troubles: [],
    warnings: [
      { kind: 'skipped', localTime: '2026-03-29T02:30:00', count: 1, at },
      { kind: 'doubled', localTime: '2026-10-25T02:00:00', count: 2, at: '2026-10-25T01:00:00.000Z' },
    ],
  };

  test('is told of a schedule, and of each in the list by its name', () => {
    const alone = renderSchedule(warned, view);
    expect(alone).toContain('\nwarning: 2026-03-29 02:30 will not come');
    expect(alone).toContain('\nwarning: 2026-10-25 02:00 and 1 later time will come twice');
    expect(renderSchedules([warned], view)).toContain('\nevening: warning: 2026-03-29 02:30 will not come');
  });
});

describe('a schedule', () => {
  test('that a failure has paused says what failed, what to do about it and how it goes on', () => {
    const lines = renderSchedule(schedule, view).split('\n');
    expect(lines).toContain('its last run ended Failed: it ended at 2026-02-27 20:00 CET');
    expect(lines).toContain('When it may go: unprotect it.');
    expect(lines).toContain('When the cause is mended: `maops schedule resume evening --reason …`.');
    expect(lines.at(-1)).toBe(`  2026-02-27 20:00:00 CET  Failed  2s  ${failed.why}`);
  });

  test('whose runs are skipped says where to see what it waits for, and how they are counted as seen', () => {
    const running = 'schedule/evening-2026-02-27T19:00:00Z';
    const skipping = { ...schedule, pausedByFailure: false, running, counts: { taken: 1, missed: 0, skipped: 3 } };
    const lines = renderSchedule({ ...skipping, results: [], troubles: ['3 runs were skipped'] }, view).split('\n');
    expect(lines).toContain(`What it waits for: \`maops env watch ${running}\`.`);
    expect(lines).toContain('To count what was missed or skipped as seen: `maops schedule resume evening --reason …`.');
  });

  test('fits a terminal', () => {
    const lines = renderSchedule({ ...schedule, troubles: [] }, { ...view, columns: 80 }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('that is deleted has no state and no next run any more', () => {
    expect(renderDeleted(schedule, view)).toBe(`\
evening  teardown of team-a  deleted

cron  0 20 * * 1-5  (Europe/Berlin)
made  2026-02-26 09:00:00 CET by ops: nobody works at night
runs  1 taken`);
  });
});
