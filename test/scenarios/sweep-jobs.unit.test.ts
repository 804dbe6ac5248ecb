import type { SweepProgress } from '../../src/contract/workflows.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { control, orphaned, placeStray } from './outside-changes.js';
import { finishMainJob, name } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const current = { notebook: currentNotebookPart() };
const orphans = { orphans: { minAge: '0s' } };
const newTestbed = testbedsForFile();
let sweeps = 0;

async function sweep({ temporal }: Testbed, input: object): Promise<SweepProgress> {
  sweeps += 1;
  const workflowId = `sweep/jobs-${sweeps}`;
  await temporal.start('sweepExpired', workflowId, [input]);
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  return await temporal.query<SweepProgress>(workflowId, 'progress');
}

async function orphanedWithJob(change: object = {}): Promise<Testbed> {
  const testbed = await newTestbed();
  await orphaned(testbed);
  await control(testbed, 'workloads', { pool: name, name: 'train-1', user: 'neighbour', ...change });
  return testbed;
}

test('a sweep keeps an environment with a job, and shows the job', async () => {
  const testbed = await orphanedWithJob();
  const { phase, plan, results } = await sweep(testbed, { apply: true, rules: orphans });
  expect({ phase, results, items: plan?.items }).toEqual({ phase: 'Done', results: [], items: [] });
  expect(plan?.kept).toContainEqual(expect.objectContaining({ kind: 'pool', rule: 'busy' }));
  expect(plan?.jobs).toMatchObject([{ name: 'train-1', owner: 'neighbour' }]);
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
});

test('the rule delete deletes under the job', async () => {
  const testbed = await orphanedWithJob();
  const { plan } = await sweep(testbed, { apply: true, rules: { ...orphans, busy: 'delete' } });
  expect(plan?.jobs).toHaveLength(1);
  expect(testbed.simulator.state()).toMatchObject({ pools: [], workloadIncidents: [{ outcome: 'killed' }] });
});

test('the rule drain waits for the job', async () => {
  const testbed = await orphanedWithJob({ runsForMs: 30 * minute });
  const began = testbed.temporal.now();
  const { results } = await sweep(testbed, { apply: true, rules: { ...orphans, busy: { drain: '2h' } } });
  expect(results.map(({ result }) => result)).toEqual(['deleted', 'deleted']);
  expect(testbed.temporal.now() - began).toBeGreaterThan(25 * minute);
  expect(testbed.simulator.state()).toMatchObject({ pools: [], workloadIncidents: [] });
});

test('a drain that is over keeps the pool, with the result busy', async () => {
  const testbed = await orphanedWithJob();
  const { phase, results } = await sweep(testbed, { apply: true, rules: { ...orphans, busy: { drain: '1h' } } });
  expect(phase).toBe('Done');
  expect(results).toContainEqual(expect.objectContaining({ kind: 'pool', result: 'busy' }));
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
});

test.each([orphans, { ...orphans, busy: { drain: '1h' } }])('unknown jobs keep the pool: %j', async (rules) => {
  const testbed = await newTestbed();
  await orphaned(testbed);
  await control(testbed, 'behavior', { unavailable: { 'workloads.list': 'forbidden' } });
  const { plan } = await sweep(testbed, { apply: true, rules });
  expect(plan?.kept).toContainEqual(expect.objectContaining({ kind: 'pool', rule: 'busy' }));
  expect(plan?.unread).toHaveLength(1);
  expect(testbed.simulator.state().pools).toMatchObject([{ phase: 'Running' }]);
});

test('a pool that no workflow knows by name is kept too', async () => {
  const testbed = await newTestbed();
  await placeStray(testbed);
  await control(testbed, 'workloads', { pool: 'stray' });
  await sweep(testbed, { apply: true, rules: orphans });
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ name: 'stray' }], workloadIncidents: [] });
  await sweep(testbed, { apply: true, rules: { ...orphans, busy: 'delete' } });
  expect(testbed.simulator.state()).toMatchObject({ pools: [], workloadIncidents: [{ outcome: 'killed' }] });
});

test('the rule drain keeps a pool without a known name as a whole, and the plan says why', async () => {
  const testbed = await newTestbed();
  await placeStray(testbed);
  const [pool] = testbed.simulator.state().pools;
  const createdAt = '2025-12-30T00:00:00Z';
  const description = pool?.annotations['os.modelarts/description'];
  await control(testbed, 'notebooks', { name: 'loose', user: 'ops', pool: pool?.id, description, createdAt });
  await control(testbed, 'workloads', { pool: 'stray' });
  const rules = { ...orphans, busy: { drain: '2h' } };
  const { plan, results } = await sweep(testbed, { apply: true, rules });
  expect({ items: plan?.items, results }).toEqual({ items: [], results: [] });
  expect(plan?.kept).toContainEqual(
    expect.objectContaining({ kind: 'pool', rule: 'busy', why: expect.stringContaining('without a known name') }),
  );
  expect(testbed.simulator.state()).toMatchObject({ pools: [{}], notebooks: [{ status: 'RUNNING' }] });
});

describe('idle', () => {
  const rules = { idle: '2h' };
  const reasons = ({ plan }: SweepProgress) => plan?.items.map(({ kind, reason }) => `${kind} ${reason}`).sort();

  async function stopped(change: object): Promise<Testbed> {
    const testbed = await newTestbed();
    await finishMainJob(testbed, { lease: { ttl: '3d', warnings: [] }, ...change });
    const { notebooks, currentNotebooks } = testbed.simulator.state();
    for (const { id } of notebooks) await control(testbed, `notebooks/${id}`, { status: 'STOPPED' });
    for (const { id } of currentNotebooks) await control(testbed, `currentNotebooks/${id}`, { status: 'STOPPED' });
    return testbed;
  }

  test.each([{}, current])(
    'means that no job has used the pool for that long, not only a stopped notebook: %j',
    async (change) => {
      const testbed = await stopped(change);
      const { temporal } = testbed;
      await control(testbed, 'workloads', { pool: name, name: 'train-1', runsForMs: 3 * hour });
      await temporal.run({ maxTime: 2.5 * hour });
      expect(reasons(await sweep(testbed, { rules }))).toEqual([]);
      await temporal.run({ maxTime: hour });
      expect(reasons(await sweep(testbed, { rules }))).toEqual([]);
      await temporal.run({ maxTime: 2 * hour });
      expect(reasons(await sweep(testbed, { rules }))).toEqual(['notebook idle', 'pool idle']);
      await sweep(testbed, { apply: true, rules });
      expect(testbed.simulator.state()).toMatchObject({ pools: [], workloadIncidents: [] });
    },
  );

  test.each([{}, current])('a pool with a running notebook is not idle: %j', async (change) => {
    const testbed = await newTestbed();
    await finishMainJob(testbed, change);
    await testbed.temporal.run({ maxTime: 3 * hour });
    expect(reasons(await sweep(testbed, { rules }))).toEqual([]);
  });
});

describe('a scheduled teardown', () => {
  const id = 'schedule/evening-2026-01-01T18:00:00Z';
  const scheduled = async (testbed: Testbed, options: object) => {
    const start = { what: 'teardown', name, ...options };
    await testbed.temporal.start('runScheduled', id, [{ schedule: 'evening', reason: 'end of day', start }]);
    return await testbed.temporal.result(id);
  };

  async function withJob(change: object = {}): Promise<Testbed> {
    const testbed = await newTestbed();
    await finishMainJob(testbed);
    await control(testbed, 'workloads', { pool: name, ...change });
    return testbed;
  }

  test('ends Busy, which does not fail the run, so that the schedule continues', async () => {
    const testbed = await withJob();
    expect(await scheduled(testbed, {})).toMatchObject({ phase: 'Done', failure: { type: 'Busy' } });
    expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
  });

  test('with drain waits, and with jobs deletes under them', async () => {
    const waiting = await withJob({ runsForMs: 30 * minute });
    expect(await scheduled(waiting, { drain: '1h' })).toMatchObject({ phase: 'Done', failure: null });
    expect(waiting.simulator.state()).toMatchObject({ pools: [], workloadIncidents: [] });
    const deleting = await withJob();
    expect(await scheduled(deleting, { withJobs: true })).toMatchObject({ phase: 'Done', failure: null });
    expect(deleting.simulator.state().workloadIncidents).toHaveLength(1);
  });
});
