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
  why: 'teardown/team-a: Protected: notebook team-a is protected (maops:keep)',
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

describe('a change to or from daylight saving time', () => {
  const at = '2026-03-29T01:00:00.000Z';
  const warned: ScheduleDetails = {
    ...schedule,
    troubles: [],
    warnings: [
      { kind: 'skipped', localTime: '2026-03-29T02:30:00', count: 1, at },
      { kind: 'doubled', localTime: '2026-10-25T02:00:00', count: 2, at: '2026-10-25T01:00:00.000Z' },
    ],
  };

  test('is a warning below a schedule, and in the list with its name', () => {
    const alone = renderSchedule(warned, view);
    expect(alone).toContain('\nwarning: 2026-03-29 02:30 ');
    expect(alone).toContain('\nwarning: 2026-10-25 02:00 and 1 later time ');
    expect(renderSchedules([warned], view)).toContain('\nevening: warning: 2026-03-29 02:30 ');
  });
});

describe('a schedule', () => {
  test('that a failure has paused shows the failure, its hint and how to continue', () => {
    const lines = renderSchedule(schedule, view).split('\n');
    expect(lines).toContain('its last run ended Failed: it ended at 2026-02-27 20:00 CET');
    expect(lines).toContain('When it may go: unprotect it.');
    expect(lines).toContain('When the cause is fixed: `maops schedule resume evening --reason …`.');
    expect(lines.at(-1)).toBe(`  2026-02-27 20:00:00 CET  Failed  2s  ${failed.why}`);
  });

  test('with skipped runs shows how to watch the running one, and how to acknowledge them', () => {
    const running = 'schedule/evening-2026-02-27T19:00:00Z';
    const skipping = { ...schedule, pausedByFailure: false, running, counts: { taken: 1, missed: 0, skipped: 3 } };
    const lines = renderSchedule({ ...skipping, results: [], troubles: ['3 runs were skipped'] }, view).split('\n');
    expect(lines).toContainEqual(expect.stringContaining(`\`maops env watch ${running}\``));
    expect(lines).toContainEqual(expect.stringContaining('`maops schedule resume evening --reason …`'));
  });

  test('fits a terminal', () => {
    const lines = renderSchedule({ ...schedule, troubles: [] }, { ...view, columns: 80 }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('that is deleted has no state and no next runs', () => {
    expect(renderDeleted(schedule, view)).toBe(`\
evening  teardown of team-a  deleted

cron     0 20 * * 1-5  (Europe/Berlin)
created  2026-02-26 09:00:00 CET by ops: nobody works at night
runs     1 started`);
  });
});
