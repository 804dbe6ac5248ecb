import type { Settings } from '../../src/contract/settings.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { changeProtection, control } from './outside-changes.js';
import { name, startMainJob } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const workflowId = `lease/${name}`;
const job = { pool: name, name: 'train-1', user: 'neighbour' };

const newTestbed = testbedsForFile();

/** A Ready environment with a lease of one hour, and a job of another user on its pool. */
async function leasedWithJob(
  lease: object = {},
  change: object | null = {},
  settings: Partial<Settings> = {},
  options: TestbedOptions = {},
): Promise<Testbed> {
  const testbed = await newTestbed({ ...options, settings });
  await startMainJob(testbed, { lease: { ttl: '1h', warnings: [], ...lease } });
  await testbed.temporal.result(`env/${name}`);
  if (change !== null) await control(testbed, 'workloads', { ...job, ...change });
  return testbed;
}

/** Runs until the given time after the end of the lease. */
async function afterEnd(testbed: Testbed, ms: number): Promise<void> {
  const { lease } = await testbed.progress(workflowId);
  await testbed.temporal.run({ maxTime: Date.parse(lease?.endsAt ?? '') + ms - testbed.temporal.now() });
}

/** For drains of a day: a look every 20 minutes is enough. */
const slowPolls = { pollMaxMs: 5 * minute };

const isOpen = ({ temporal }: Testbed) => temporal.openWorkflows().includes(workflowId);
const warnings = async (testbed: Testbed) =>
  (await testbed.progress(workflowId)).audit.filter(({ verb }) => verb === 'warn');

test('the notebook is stopped, the job gets an hour with a warning, then the pool is deleted and the audit names it', async () => {
  const testbed = await leasedWithJob();
  await afterEnd(testbed, 30 * minute);
  expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Leased', failure: { type: 'Busy' } });
  expect(await warnings(testbed)).toMatchObject([{ reason: expect.stringContaining('train-1') }]);
  expect(testbed.simulator.state()).toMatchObject({
    pools: [{ phase: 'Running' }],
    notebooks: [{ status: 'STOPPED' }],
    workloadIncidents: [],
  });
  const extension = { by: 'ann', reason: 'more', duration: '1h' };
  await expect(testbed.temporal.update(workflowId, 'extendLease', extension)).rejects.toThrow();
  await afterEnd(testbed, 59 * minute);
  expect(testbed.simulator.requests('pools.delete')).toEqual([]);
  await testbed.temporal.run({ until: () => !isOpen(testbed) });
  const { phase, audit } = await testbed.progress(workflowId);
  expect(phase).toBe('Gone');
  expect(audit).toContainEqual(
    expect.objectContaining({ verb: 'withJobs', reason: expect.stringContaining('train-1') }),
  );
  expect(testbed.simulator.state()).toMatchObject({
    pools: [],
    notebooks: [],
    workloadIncidents: [{ outcome: 'killed' }],
  });
});

test('a job that ends in the drain frees the pool, before the drain is over', async () => {
  const testbed = await leasedWithJob({}, { runsForMs: 70 * minute });
  await afterEnd(testbed, 0);
  const end = testbed.temporal.now();
  await testbed.temporal.run({ until: () => !isOpen(testbed) });
  expect(testbed.temporal.now() - end).toBeLessThan(30 * minute);
  expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [], workloadIncidents: [] });
});

test('a job that starts once the notebook is deleted keeps the pool alone', async () => {
  const testbed = await leasedWithJob({}, null);
  const { simulator, temporal } = testbed;
  await temporal.run({ until: () => simulator.state().notebooks.length === 0 });
  await control(testbed, 'workloads', job);
  // Each attempt to end the lease asks the operation that created the notebook again.
  await temporal.run({ maxTime: 30 * minute });
  expect(await testbed.temporal.query(workflowId, 'owned')).toMatchObject({
    pool: { id: expect.any(String) },
    notebooks: [],
  });
  await control(testbed, 'workloads/train-1', { status: 'Completed' });
  await temporal.run({ until: () => !isOpen(testbed) });
  expect(simulator.state().pools).toEqual([]);
});

test('drain 0s deletes at once', async () => {
  const testbed = await leasedWithJob({ drain: '0s' });
  await afterEnd(testbed, 30 * minute);
  expect(isOpen(testbed)).toBe(false);
  expect(testbed.simulator.state().workloadIncidents).toHaveLength(1);
});

test('drain forever keeps the pool until it is idle, with a daily warning', async () => {
  const testbed = await leasedWithJob({ drain: 'forever' }, {}, slowPolls);
  await afterEnd(testbed, 25 * hour);
  expect((await warnings(testbed)).length).toBe(2);
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
  await control(testbed, 'workloads/train-1', { status: 'Completed' });
  await testbed.temporal.run({ maxTime: hour });
  expect(isOpen(testbed)).toBe(false);
  expect(testbed.simulator.state()).toMatchObject({ pools: [], workloadIncidents: [] });
});

test('a pool whose jobs cannot be read is kept after its drain, with a daily warning, until they can', async () => {
  const testbed = await leasedWithJob({}, null, slowPolls);
  await control(testbed, 'behavior', { unavailable: { 'workloads.list': 'forbidden' } });
  await afterEnd(testbed, 25 * hour);
  expect((await warnings(testbed)).length).toBe(2);
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }] });
  await control(testbed, 'behavior', { unavailable: {} });
  await testbed.temporal.run({ maxTime: hour });
  expect(isOpen(testbed)).toBe(false);
});

test.each(['forbidden', 'missing'])(
  'a pool that somebody deleted is not kept for jobs that cannot be read (%s)',
  async (access) => {
    const testbed = await leasedWithJob({}, null);
    const [pool] = testbed.simulator.state().pools;
    await control(testbed, `pools/${pool?.id}`, { phase: 'Deleting' });
    await control(testbed, 'behavior', { unavailable: { 'workloads.list': access } });
    await afterEnd(testbed, 10 * minute);
    expect(isOpen(testbed)).toBe(false);
    expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  },
);

test('jobs that could not be read for longer than the drain get it from the first look at them, with a warning', async () => {
  const testbed = await leasedWithJob();
  await control(testbed, 'behavior', { unavailable: { 'workloads.list': 'forbidden' } });
  await afterEnd(testbed, 3 * hour);
  await control(testbed, 'behavior', { unavailable: {} });
  await afterEnd(testbed, 3 * hour + 50 * minute);
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
  expect(await warnings(testbed)).toMatchObject([{}, { reason: expect.stringContaining('train-1') }]);
  await afterEnd(testbed, 5 * hour);
  expect(isOpen(testbed)).toBe(false);
  expect(testbed.simulator.state().workloadIncidents).toHaveLength(1);
});

test('a job that starts after the pool was idle, while something else kept it, gets a drain and a warning of its own', async () => {
  const testbed = await leasedWithJob({}, { runsForMs: 70 * minute });
  await changeProtection(testbed, 'protect');
  await afterEnd(testbed, 5 * hour);
  expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Leased', failure: { type: 'Protected' } });
  await control(testbed, 'workloads', { ...job, name: 'train-2' });
  await changeProtection(testbed, 'unprotect');
  await testbed.temporal.run({ maxTime: 50 * minute });
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
  expect((await warnings(testbed)).at(-1)).toMatchObject({ reason: expect.stringContaining('train-2') });
  await testbed.temporal.run({ maxTime: hour });
  expect(isOpen(testbed)).toBe(false);
});

test('a release gives jobs their drain too, and a second release does not begin it again', async () => {
  const testbed = await leasedWithJob({ ttl: '8h' });
  const { temporal } = testbed;
  await temporal.update(workflowId, 'releaseLease', { by: 'ann', reason: 'done' });
  await temporal.run({ maxTime: 50 * minute });
  expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Leased', failure: { type: 'Busy' } });
  await temporal.update(workflowId, 'releaseLease', { by: 'ann', reason: 'done' });
  await temporal.run({ maxTime: 25 * minute });
  expect(isOpen(testbed)).toBe(false);
});

test('an operation that joins in the drain of a release keeps the environment', async () => {
  const testbed = await leasedWithJob({ ttl: '8h' });
  const { temporal } = testbed;
  await temporal.update(workflowId, 'releaseLease', { by: 'ann', reason: 'done' });
  await temporal.run({ maxTime: 10 * minute });
  await startMainJob(testbed, { lease: { ttl: '8h', warnings: [] } });
  await temporal.result(`env/${name}`);
  await temporal.run({ maxTime: 3 * hour });
  expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Leased', failure: null });
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
});

test('an operation cannot join in the drain after the end of a lease: the pool will be deleted', async () => {
  const testbed = await leasedWithJob();
  await afterEnd(testbed, 10 * minute);
  await startMainJob(testbed, { lease: { ttl: '1h', warnings: [] } });
  await testbed.temporal.run({ until: () => testbed.temporal.status(`env/${name}`) !== 'RUNNING' });
  expect(await testbed.progress(`env/${name}`)).toMatchObject({ phase: 'Failed', failure: { type: 'SpecConflict' } });
  await testbed.temporal.run({ until: () => !isOpen(testbed) });
  expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
});

test('a teardown takes over from a lease in its drain', async () => {
  const testbed = await leasedWithJob();
  const { temporal } = testbed;
  await afterEnd(testbed, 10 * minute);
  const teardown = { name, withJobs: true, by: 'ann', reason: 'it is mine' };
  await temporal.start('teardownEnvironment', `teardown/${name}`, [teardown]);
  expect(await temporal.result(`teardown/${name}`)).toMatchObject({ phase: 'Gone' });
  expect(temporal.openWorkflows()).toEqual([]);
});

test('a job that starts between the look and the DELETE keeps the pool, and gets its drain', async () => {
  const testbed = await leasedWithJob({}, null);
  const { temporal, simulator } = testbed;
  await temporal.run({ until: () => simulator.requests('notebooks.delete').length > 0 });
  await control(testbed, 'workloads', job);
  await temporal.run({ maxTime: 30 * minute });
  expect(await testbed.progress(workflowId)).toMatchObject({ phase: 'Leased', failure: { type: 'Busy' } });
  expect(simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
  await temporal.run({ maxTime: hour });
  expect(isOpen(testbed)).toBe(false);
});

test.each([28, 32, 36, 40, 44])(
  'a job that starts while a notebook is deleted keeps the pool alone, also when the run continues as new from event %i',
  async (suggestContinueAsNewAfter) => {
    const testbed = await leasedWithJob({}, null, {}, { suggestContinueAsNewAfter });
    const { simulator, temporal } = testbed;
    await temporal.run({ until: () => simulator.requests('notebooks.delete').length > 0 });
    await control(testbed, 'workloads', job);
    await afterEnd(testbed, 10 * minute);
    expect(simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], notebooks: [] });
    expect(await temporal.query(workflowId, 'owned')).toMatchObject({
      pool: { id: expect.any(String) },
      notebooks: [],
    });
  },
);
