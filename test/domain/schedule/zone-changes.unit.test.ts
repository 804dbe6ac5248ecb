import { describe, expect, test } from '@jest/globals';
import { scheduleWarnings } from '../../../src/domain/schedule/zone-changes.js';

const now = Date.parse('2027-01-01T00:00:00Z');
const warned = (cron: string, zone: string, from = now) =>
  scheduleWarnings(cron, zone, from).map(({ kind, localTime, at }) => `${kind} ${localTime} at ${at}`);

// The expected times are the next times that a Temporal server of 2026 returned for these schedules.
describe('times that a zone skips or doubles within a year', () => {
  test.each([
    ['0 0 * * *', 'Africa/Cairo', ['skipped 2027-04-30T00:00:00 at 2027-04-29T22:00:00.000Z']],
    ['@daily', 'Africa/Cairo', ['skipped 2027-04-30T00:00:00 at 2027-04-29T22:00:00.000Z']],
    ['0 0 * * *', 'America/Santiago', ['skipped 2027-09-05T00:00:00 at 2027-09-05T04:00:00.000Z']],
    ['30 23 * * *', 'America/Santiago', ['doubled 2027-04-03T23:30:00 at 2027-04-04T03:00:00.000Z']],
    [
      '30 2 * * *',
      'Europe/Berlin',
      [
        'skipped 2027-03-28T02:30:00 at 2027-03-28T01:00:00.000Z',
        'doubled 2027-10-31T02:30:00 at 2027-10-31T01:00:00.000Z',
      ],
    ],
    ['15 30 2 * * * *', 'Europe/Berlin', [expect.stringMatching(/02:30:15/), expect.stringMatching(/02:30:15/)]],
    ['0 0,6,12,18 * * *', 'Africa/Cairo', ['skipped 2027-04-30T00:00:00 at 2027-04-29T22:00:00.000Z']],
    ['15 2 * * *', 'Australia/Lord_Howe', ['skipped 2027-10-03T02:15:00 at 2027-10-02T15:30:00.000Z']],
  ])('are found for %s in %s', (cron, zone, expected) => {
    expect(warned(cron, zone)).toEqual(expected);
  });

  test.each([
    ['30 2 * * *', 'UTC'],
    ['0 0 * * *', 'Asia/Shanghai'],
    ['0 20 * * 1-5', 'Europe/Berlin'],
    ['30 2 * * 1-5', 'Europe/Berlin'],
    ['30 2 1 * *', 'Europe/Berlin'],
    ['30 2 * * * 2028-2030', 'Europe/Berlin'],
    ['@every 30m', 'Europe/Berlin'],
    ['no cron', 'Europe/Berlin'],
  ])('are none for %s in %s', (cron, zone) => {
    expect(warned(cron, zone)).toEqual([]);
  });

  test('that come often are reported only where runs are further apart than usual', () => {
    expect(scheduleWarnings('*/30 * * * *', 'Europe/Berlin', now)).toEqual([
      { kind: 'doubled', localTime: '2027-10-31T02:00:00', count: 2, at: '2027-10-31T01:00:00.000Z' },
    ]);
  });

  test('do not depend on the time of day of the search', () => {
    const at = (hours: number) => warned('30 2 * * *', 'Europe/Berlin', now + hours * 3_600_000);
    for (const hours of [1, 7, 13, 23]) expect(at(hours)).toEqual(at(0));
  });
});
