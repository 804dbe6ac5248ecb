import fc from 'fast-check';
import {
  decideLeaseEnd,
  decideTeardown,
  describeUse,
  isInUse,
  type Job,
  jobsListed,
  mergeUses,
  noUse,
  type PoolUse,
  stateOfUse,
  useOf,
} from '../../../src/domain/resource/pool-use.js';
import { countCharacters } from '../../../src/domain/text.js';

const now = Date.UTC(2026, 5, 1);
const finished = ['Completed', 'Terminated', 'Failed'];
const job = (change: Partial<Job> = {}): Job => ({
  resource: 'p-1',
  id: 'j-1',
  name: 'train-1',
  kind: 'train',
  owner: 'ann',
  status: 'Running',
  since: new Date(now - 60_000).toISOString(),
  ...change,
});
const anyJob = fc.record({
  resource: fc.constant('p-1'),
  id: fc.string({ maxLength: 5 }),
  name: fc.string({ maxLength: 600 }),
  kind: fc.constantFrom('train', 'infer', 'notebook', 'x-infer', 'other'),
  owner: fc.option(fc.string()),
  status: fc.option(fc.oneof(fc.constantFrom(...finished, 'Running', 'Queue', 'Sleeping'), fc.string())),
  since: fc.option(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
});
const anyUse = fc
  .tuple(fc.array(anyJob, { maxLength: 40 }), fc.array(fc.string(), { maxLength: 3 }))
  .map(([jobs, unknown]) => useOf(jobs, unknown));
const time = fc.integer({ min: 0, max: 2 ** 41 });

test.each([
  'Queue',
  'Pending',
  'Creating',
  'Running',
  'Abnormal',
  'Terminating',
  'completed',
  'Sleeping',
  '',
  null,
  undefined,
])('a job with status %j is in use', (status) => expect(isInUse(status)).toBe(true));

test.each(finished)('a job with status %s is finished', (status) => expect(isInUse(status)).toBe(false));

test('a use has every job in use once, bounded, and counts the rest', () => {
  fc.assert(
    fc.property(fc.array(anyJob, { maxLength: 60 }), (jobs) => {
      const live = new Set(jobs.filter(({ status }) => !finished.includes(status ?? '')).map(({ id }) => id));
      const use = useOf(jobs);
      expect(use.jobs.length).toBeLessThanOrEqual(jobsListed);
      expect(use.jobs.length + use.more).toBe(live.size);
      expect(use.jobs.every(({ id, name }) => live.has(id) && countCharacters(name) <= 255)).toBe(true);
      expect(stateOfUse(use)).toBe(live.size > 0 ? 'busy' : 'idle');
    }),
  );
});

test('what could not be read is unknown only without a job, and never idle', () => {
  expect(stateOfUse(useOf([], ['403']))).toBe('unknown');
  expect(stateOfUse(useOf([job({ status: 'Failed' })], ['403']))).toBe('unknown');
  expect(stateOfUse(useOf([job()], ['403']))).toBe('busy');
  expect(stateOfUse(mergeUses([noUse, useOf([], ['403'])]))).toBe('unknown');
});

test('a message names the owner and age of jobs, and how many more there are', () => {
  const jobs = Array.from({ length: 7 }, (_, number) => job({ id: `j-${number}`, name: `train-${number}` }));
  expect(describeUse(useOf(jobs), now)).toMatch(/^7 jobs on it: train train-0 of ann \(Running for 1m\).* and 2 more$/);
  expect(describeUse(useOf([job({ owner: null, since: null, status: null })]), now)).toContain('an unknown user');
  expect(describeUse(noUse, now)).toBe('');
});

describe('a teardown', () => {
  const options = fc.record({ withJobs: fc.boolean(), drainUntil: fc.option(time) });

  test('never deletes under a job, or blindly, without its option; and never before its drain is over', () => {
    fc.assert(
      fc.property(anyUse, options, time, (use, { withJobs, drainUntil }, at) => {
        const { decision } = decideTeardown(use, { withJobs, drainUntil }, at);
        if (stateOfUse(use) === 'idle') expect(decision).toBe('delete');
        else if (decision === 'delete')
          expect([withJobs, drainUntil === null || at >= drainUntil]).toEqual([true, true]);
        if (decision === 'refuse') expect(withJobs).toBe(false);
      }),
    );
  });

  test.each<[string, PoolUse, boolean, number | null, string]>([
    ['a job, no option', useOf([job()]), false, null, 'refuse'],
    ['a job, a drain', useOf([job()]), false, now + 1, 'wait'],
    ['a job, a drain that is over', useOf([job()]), false, now, 'refuse'],
    ['a job, both, in the drain', useOf([job()]), true, now + 1, 'wait'],
    ['a job, both, after the drain', useOf([job()]), true, now, 'delete'],
    ['unknown, a drain', useOf([], ['403']), false, now + 1, 'refuse'],
    ['unknown, with jobs', useOf([], ['403']), true, null, 'delete'],
    ['unknown, both, in the drain', useOf([], ['403']), true, now + 1, 'wait'],
    ['idle, a drain', noUse, false, now + 1, 'delete'],
  ])('%s', (_, use, withJobs, drainUntil, decision) => {
    expect(decideTeardown(use, { withJobs, drainUntil }, now).decision).toBe(decision);
  });
});

describe('the end of a lease', () => {
  test('deletes under jobs only after its drain, and never a pool whose use is unknown', () => {
    fc.assert(
      fc.property(anyUse, time, fc.option(fc.nat()), time, (use, since, drainMs, at) => {
        const found = decideLeaseEnd(use, { since, drainMs }, at);
        const isOver = drainMs !== null && at >= since + drainMs;
        const state = stateOfUse(use);
        if (state === 'idle') expect(found.decision).toBe('delete');
        else expect(found.decision).toBe(state === 'busy' && isOver ? 'deleteUnderJobs' : 'keep');
        if (found.decision === 'keep') expect(found.until).toBeGreaterThan(at);
        if (found.decision === 'keep') expect(found.until - at).toBeLessThanOrEqual(24 * 3_600_000);
      }),
    );
  });
});
