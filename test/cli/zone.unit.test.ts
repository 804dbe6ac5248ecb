import { describe, expect, test } from '@jest/globals';
import { shownZone } from '../../src/cli/output/time.js';

describe('the zone of times', () => {
  test.each([
    ['Europe/Berlin', undefined],
    ['America/New_York', 'EST5EDT'],
    ['UTC', undefined],
    ['UTC', 'Etc/UTC'],
    ['UTC', ':GMT'],
  ])('is %s when TZ is %s', (resolved, asked) => {
    expect(shownZone(resolved, asked)).toEqual({ timeZone: resolved, note: null });
  });

  test.each([
    ['Etc/Unknown', ''],
    ['GMT+08:00', 'GMT+8'],
    [undefined, 'xx'],
    ['UTC', 'CET-1CEST'],
    ['Etc/Unknown', undefined],
  ])('is UTC with a note when Node.js makes %s of TZ %j', (resolved, asked) => {
    expect(shownZone(resolved, asked)).toEqual({ timeZone: 'UTC', note: expect.stringContaining('shown in UTC') });
  });
});
