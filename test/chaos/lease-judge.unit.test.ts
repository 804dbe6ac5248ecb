import { describe, expect, test } from '@jest/globals';
import { makeProgress } from '../client/fake-runs.js';
import { type Asked, judgeLeaseRace, type LeaseRaceRecord } from './lease-judge.js';
import { leaseSeedOf } from './lease-seed.js';

const minute = 60_000;
const hour = 60 * minute;
const startedAt = Date.UTC(2026, 0, 1);
const at = (ms: number) => startedAt + ms;
const leaseUntil = (ms: number, extensions: number) => ({
  endsAt: new Date(at(ms)).toISOString(),
  maxEndsAt: new Date(at(4 * hour)).toISOString(),
  extensions,
});
const granted: Asked = {
  sentAt: at(hour),
  ms: hour,
  answer: { at: at(hour), lease: leaseUntil(3 * hour, 1), why: '' },
};
const refused = (ms: number): Asked => ({
  sentAt: at(hour),
  ms,
  answer: { at: at(hour), lease: null, why: 'no' },
});

/** A lease of two hours that was extended by one, and whose environment was gone in time. */
const faultless: LeaseRaceRecord = {
  scenario: { ...leaseSeedOf(0), ttlMs: 2 * hour, maxMs: 4 * hour, restartMs: 1_000 },
  startedAt,
  last: makeProgress({ lease: leaseUntil(3 * hour, 1) }),
  asked: [granted],
  calledFor: [],
  pauses: [],
  removals: [at(3 * hour + 5_000), at(3 * hour + 5 * minute)],
  shownEnd: at(3 * hour),
  open: [],
  left: 0,
  grants: [
    { at: startedAt, stopsAt: at(2 * hour) },
    { at: at(hour + minute), stopsAt: at(3 * hour) },
  ],
};

describe('the judge of a race for a lease', () => {
  test.each<readonly [string, Partial<LeaseRaceRecord>]>([
    ['a lease that ends when it should', {}],
    ['a requested removal before the end', { calledFor: [at(hour)], removals: [at(hour)] }],
    ['a refusal beyond the maximum', { asked: [granted, refused(2 * hour)] }],
    ['a refusal after it was cancelled', { calledFor: [at(hour)], asked: [granted, refused(1)], removals: [at(hour)] }],
    [
      'a removal that waits for the end of a pause',
      { pauses: [{ from: at(2 * hour), to: at(5 * hour) }], removals: [at(5 * hour)] },
    ],
    ['a notebook of the historical API', { grants: [] }],
    ['a grant of an hour that outlives a short lease', { grants: [{ at: at(2.5 * hour), stopsAt: at(3.5 * hour) }] }],
    [
      'a notebook that stopped because the lease was extended too late for a renewal',
      { asked: [{ ...granted, sentAt: at(2 * hour - minute) }], grants: [{ at: startedAt, stopsAt: at(2 * hour) }] },
    ],
    [
      'a notebook that stopped while no worker ran',
      {
        scenario: { ...faultless.scenario, restartMs: 3 * hour },
        grants: [{ at: startedAt, stopsAt: at(hour) }],
      },
    ],
    [
      'a notebook that stops in a pause after the end',
      {
        pauses: [{ from: at(2 * hour), to: at(5 * hour) }],
        removals: [at(5 * hour)],
        grants: [{ at: at(1.5 * hour), stopsAt: at(3 * hour) }],
      },
    ],
  ])('lets %s pass', (_what, change) => {
    expect(judgeLeaseRace({ ...faultless, ...change })).toEqual([]);
  });

  test.each<readonly [string, Partial<LeaseRaceRecord>, RegExp]>([
    ['an early removal', { removals: [at(2 * hour)] }, /^removed at .*, before the end/],
    ['a missed removal', { removals: [at(6 * hour)] }, /^gone at .*, due at/],
    ['no removal at all', { removals: [] }, /^gone at never/],
    ['a removal in a pause', { pauses: [{ from: at(2 * hour), to: at(5 * hour) }] }, /in the pause from/],
    ['something that is left', { left: 1 }, /something is left/],
    ['a workflow that is left', { open: ['lease/team-a'] }, /still open: lease\/team-a/],
    ['an extension that was never answered', { asked: [granted, { ...granted, answer: null }] }, /never answered/],
    ['a refusal without a reason', { asked: [granted, refused(hour)] }, /^refused at .*: no$/],
    ['a grant after the end', { asked: [{ ...granted, sentAt: at(2 * hour) }] }, /^granted at .*, after the end/],
    ['an end that nothing granted', { asked: [] }, /^the end is .* by what was granted$/],
    [
      'a count of extensions that is wrong',
      { last: makeProgress({ lease: leaseUntil(3 * hour, 2) }) },
      /^2 extensions/,
    ],
    ['a search attribute of another end', { shownEnd: at(2 * hour) }, /^the search attribute is/],
    [
      'a grant that outlives the lease by more than an hour',
      { grants: [{ at: at(2.5 * hour), stopsAt: at(4 * hour + minute) }] },
      /^granted at .* until .*, lease/,
    ],
    [
      'a grant that counts on a later extension',
      {
        asked: [{ ...granted, sentAt: at(1.5 * hour) }],
        grants: [
          { at: at(hour), stopsAt: at(3 * hour + minute) },
          { at: at(1.6 * hour), stopsAt: at(3 * hour) },
        ],
      },
      /^granted at .* until .*, lease/,
    ],
    [
      'a notebook that was not renewed',
      { grants: [{ at: startedAt, stopsAt: at(2 * hour) }] },
      /^the notebook stopped at/,
    ],
    [
      'an end beyond the maximum',
      { scenario: { ...faultless.scenario, maxMs: 2.5 * hour } },
      /^the end .* is beyond the maximum/,
    ],
    [
      'a grant during the removal',
      { calledFor: [at(0.5 * hour)], removals: [at(0.5 * hour)] },
      /^granted at .*, in the removal since/,
    ],
  ])('reports %s', (_what, change, problem) => {
    const problems = judgeLeaseRace({ ...faultless, ...change });
    expect(problems.filter((one) => problem.test(one))).toHaveLength(1);
  });
});
