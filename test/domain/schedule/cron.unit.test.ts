import { describe, expect, test } from '@jest/globals';
import { cronProblem } from '../../../src/domain/schedule/cron.js';

const problem = (cron: string) => cronProblem(cron, 2026);

describe('a cron expression', () => {
  test.each([
    '0 20 * * 1-5',
    '0 20 * * MON-FRI',
    '*/7 * * * *',
    '1/2 * * * *',
    '0 0 1,15 JAN-MAR *',
    '0 20 * * 7',
    '0 0 29 2 *',
    '0 0 29 2 * 2028',
    '0 0 29 2 TUE 2028',
    '0 0 29 2 SUN',
    '0 20 * * * 2027',
    '30 0 20 * * * 2026-2030',
    '@daily',
    '@every 30m',
    '@every 2h/5m',
    '@every 1h30m',
    '  0 20 * * *  ',
  ])('%s is taken', (cron) => expect(problem(cron)).toBeNull());

  test.each([
    ['', 'it has 0 fields'],
    ['0 20 * *', 'it has 4 fields'],
    ['61 * * * *', 'minute 61: write numbers from 0 to 59'],
    ['0 25 * * *', 'hour 25: write numbers from 0 to 23'],
    ['0 20 L * *', 'day of month L'],
    ['0 20 * FOO *', 'month FOO: write numbers from 1 to 12, or JAN to DEC'],
    ['0 20 * * 5-1', 'day of week 5-1: the range ends before it begins'],
    ['0 20 * * 1-2-3', 'day of week 1-2-3'],
    ['*/0 * * * *', 'minute */0'],
    ['0 20 * * 1#2', '# begins a comment'],
    ['0 20 * * 1,', 'day of week 1,'],
    ['CRON_TZ=Europe/Berlin 0 20 * * *', 'give the time zone with --timezone'],
    ['@fortnightly', 'there is no @fortnightly'],
    ['@every', 'after @every comes'],
    ['@every 0s', 'after @every comes'],
    ['@every 1.5s', 'after @every comes'],
    ['@every 500ms', 'after @every comes'],
    ['@every 30', 'after @every comes'],
    ['@every 30m1h', 'after @every comes'],
    ['0 0 30 2 *', 'it never fires'],
    ['0 0 31 4,6,9,11 *', 'it never fires'],
    ['0 0 29 2 * 2027', 'it never fires: no such date exists'],
    ['0 0 29 2 MON 2028', 'it never fires: no such date exists'],
    ['0 20 * * * 2020', 'it never fires: those years are over'],
    ['daily', 'it has 1 field;'],
  ])('%s is refused: %s', (cron, message) => expect(problem(cron)).toContain(message));
});
