import { afterEach, describe, expect, test } from '@jest/globals';
import { InvalidScheduleError, OperationNotFoundError, OperationRefusedError } from '../../src/client/errors.js';
import { realPacer } from '../../src/client/follow.js';
import type { ScheduleDetails } from '../../src/client/schedule-view.js';
import { Schedules } from '../../src/client/schedules.js';
import { TemporalRuns } from '../../src/client/temporal/runs.js';
import type { ScheduledInput } from '../../src/contract/workflows.js';
import { stackForFile } from '../support/in-process-stack-for-file.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until } from '../support/until.js';
import { environmentDocument, freshName } from '../workflows/documents.js';

const stack = stackForFile();
const made: string[] = [];
const never = '0 0 1 1 *';
const commandOptions = { reason: 'because' };

function open(): Schedules {
  const { client, taskQueue } = stack();
  const place = { ...temporalAddress(), taskQueue };
  return new Schedules({ client, place, runs: new TemporalRuns(client, place), actor: 'tester', pacer: realPacer });
}

async function create(start: ScheduledInput['start'], change: { cron?: string; paused?: boolean } = {}) {
  const name = freshName();
  made.push(name);
  return await open().create({ name, cron: never, timezone: 'Europe/Berlin', start, reason: 'a test', ...change });
}

afterEach(async () => {
  for (const name of made.splice(0)) {
    await open()
      .delete(name)
      .catch(() => undefined);
  }
});

const awaitSchedule = async (name: string, isReached: (schedule: ScheduleDetails) => boolean) =>
  await until(`schedule ${name}`, async () => {
    const schedule = await open().show(name);
    return isReached(schedule) ? schedule : null;
  });
const hasEnded = ({ lastRun }: ScheduleDetails) => lastRun !== null && lastRun.endedAt !== null;

describe('a schedule on a real server', () => {
  test('warns, when created, shown and listed, of a time that its zone skips or repeats within a year', async () => {
    const start = { what: 'teardown', name: 'team-a' } as const;
    const schedule = await create(start, { cron: '30 2 * * *', paused: true });
    expect(
      schedule.warnings.map(({ kind, count }) => ({ kind, count })).sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    ).toEqual([
      { kind: 'doubled', count: 1 },
      { kind: 'skipped', count: 1 },
    ]);
    expect((await open().show(schedule.name)).warnings).toEqual(schedule.warnings);
    const listed = (await open().list()).find(({ name }) => name === schedule.name);
    expect(listed).toMatchObject({ warnings: schedule.warnings, troubles: [] });
  });

  test('accepts an interval of several units', async () => {
    const schedule = await create({ what: 'teardown', name: 'team-a' }, { cron: '@every 1h30m' });
    const [first = '', second = ''] = schedule.nextRuns;
    // Each run may start late by its jitter.
    const apartMs = Date.parse(second) - Date.parse(first);
    expect(Math.abs(apartMs - 5_400_000)).toBeLessThanOrEqual(30_000);
    expect(schedule.warnings).toEqual([]);
  });

  test('is created with safe policies, and has its next runs and creator', async () => {
    const schedule = await create({ what: 'teardown', name: 'team-a' }, { cron: '0 20 * * 1-5' });
    expect(schedule).toMatchObject({
      cron: '0 20 * * 1-5',
      timezone: 'Europe/Berlin',
      does: 'teardown of team-a',
      paused: false,
      overlap: 'SKIP',
      pauseOnFailure: true,
      catchup: '10m',
      jitter: '30s',
      by: 'tester',
      reason: 'a test',
      lastRun: null,
      troubles: [],
    });
    const [next = ''] = schedule.nextRuns;
    const berlin = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', weekday: 'short' });
    expect(berlin.format(new Date(next))).toMatch(/^(Mon|Tue|Wed|Thu|Fri).*20$/);
    expect(schedule.nextRuns).toHaveLength(5);
  });

  test('runs when triggered, and its result is that of the started operation', async () => {
    const name = freshName();
    const schedule = await create({ what: 'provision', document: environmentDocument(name) }, { paused: true });
    const { workflowId } = await open().trigger(schedule.name);
    expect(workflowId).toMatch(new RegExp(`^schedule/${schedule.name}-\\d{4}-`));
    const done = await awaitSchedule(schedule.name, hasEnded);
    expect(done.lastRun).toMatchObject({ phase: 'Done', started: `env/${name}`, failure: null });
    expect(done).toMatchObject({ troubles: [], counts: { taken: 1, missed: 0, skipped: 0 } });
    expect(await stack().progress(`env/${name}`)).toMatchObject({ phase: 'Ready' });
  });

  test('is paused by a failed run, reports it, and continues when resumed', async () => {
    const name = freshName();
    stack().simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed' });
    const schedule = await create({ what: 'provision', document: environmentDocument(name) });
    await open().trigger(schedule.name);
    const failed = await awaitSchedule(schedule.name, ({ paused }) => paused);
    expect(failed).toMatchObject({
      pausedByFailure: true,
      lastRun: { phase: 'Failed', failure: { type: 'NotebookFailed' } },
    });
    expect(failed.troubles).toEqual([
      expect.stringContaining('its last run ended Failed: NotebookFailed'),
      'it was paused because a run failed',
    ]);
    const resumed = await open().resume(schedule.name, commandOptions);
    expect(resumed).toMatchObject({ paused: false, pausedByFailure: false, note: 'resumed by tester: because' });
    expect(resumed.troubles).toHaveLength(1);
    await open().trigger(schedule.name);
    expect((await awaitSchedule(schedule.name, (one) => hasEnded(one) && one.results.length === 2)).troubles).toEqual(
      [],
    );
  });

  test('refuses a second run while one is open, and reports skipped runs until it is resumed', async () => {
    const name = freshName();
    const document = environmentDocument(name, { approval: { required: true } });
    const schedule = await create({ what: 'provision', document }, { cron: '@every 1s' });
    const skipped = await awaitSchedule(schedule.name, ({ counts }) => counts.skipped > 0);
    expect(skipped.troubles).toEqual([expect.stringContaining('skipped: the previous run was still open')]);
    await expect(open().trigger(schedule.name)).rejects.toThrow(OperationRefusedError);
    await open().pause(schedule.name, commandOptions);
    const resumed = await open().resume(schedule.name, commandOptions);
    await open().pause(schedule.name, commandOptions);
    expect(resumed.seen.skipped).toBeGreaterThan(0);
    await stack()
      .client.workflow.getHandle(`env/${name}`)
      .executeUpdate('approve', { args: [{ by: 'op', reason: 'x' }] });
    await awaitSchedule(schedule.name, hasEnded);
    const [row] = (await open().list()).filter((one) => one.name === schedule.name);
    expect(row).toMatchObject({ paused: true, note: 'paused by tester: because', lastRun: { phase: 'Done' } });
  });

  test('refuses invalid settings before anything is sent', async () => {
    const start = { what: 'teardown', name: 'team-a' } as const;
    const refused = async (change: Record<string, unknown>) =>
      await expect(open().create({ name: 'refused', cron: never, start, ...change })).rejects.toThrow(
        InvalidScheduleError,
      );
    await refused({ cron: '0 25 * * *' });
    await refused({ timezone: 'Europe/Atlantis' });
    await refused({ timezone: '+02:00' });
    await refused({ name: 'a b' });
    await refused({ catchupMs: 1_000 });
    await expect(open().show('refused')).rejects.toThrow(OperationNotFoundError);
  });

  test('refuses a name that exists, and does not find one that does not', async () => {
    const { name } = await create({ what: 'teardown', name: 'team-a' });
    const again = open().create({ name, cron: never, start: { what: 'teardown', name: 'team-b' } });
    await expect(again).rejects.toMatchObject({
      message: expect.stringContaining('already exists'),
      hint: expect.stringContaining(`maops schedule delete ${name}`),
    });
    await open().delete(name);
    await expect(open().trigger(name)).rejects.toThrow(OperationNotFoundError);
  });

  test('leaves foreign schedules of the namespace alone', async () => {
    const scheduleId = freshName();
    const { client, taskQueue } = stack();
    const action = { type: 'startWorkflow', workflowType: 'somethingElse', taskQueue } as const;
    const handle = await client.schedule.create({ scheduleId, spec: { cronExpressions: [never] }, action });
    try {
      await expect(open().delete(scheduleId)).rejects.toThrow(OperationNotFoundError);
      expect((await open().list()).map(({ name }) => name)).not.toContain(scheduleId);
    } finally {
      await handle.delete();
    }
  });
});
