import type { SweepProgress, TeardownInput } from '../../src/contract/workflows.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { control } from './outside-changes.js';
import { finishMainJob, name, untilPhase } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const workflowId = `teardown/${name}`;
const signed = { by: 'ann', reason: 'project ended' };
const job = { pool: name, name: 'train-1', user: 'neighbour' };

const newTestbed = testbedsForFile();

/** A Ready environment with a job of another user on its pool. */
async function withJob(change: object = {}, options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newTestbed(options);
  await finishMainJob(testbed);
  await control(testbed, 'workloads', { ...job, ...change });
  return testbed;
}

async function tearDown({ temporal }: Testbed, options: Partial<TeardownInput> = {}): Promise<void> {
  await temporal.start('teardownEnvironment', workflowId, [{ name, ...options }]);
}

async function ended(testbed: Testbed): Promise<SweepProgress> {
  const { temporal, progress } = testbed;
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  return (await progress(workflowId)) as SweepProgress;
}

const untouched = { pools: [{ phase: 'Running' }], notebooks: [{ status: 'RUNNING' }], workloadIncidents: [] };

test('a teardown is refused while a job uses the pool, and nothing is cancelled or deleted', async () => {
  const testbed = await withJob();
  await tearDown(testbed);
  const { phase, failure, plan } = await ended(testbed);
  expect({ phase, type: failure?.type }).toEqual({ phase: 'Failed', type: 'Busy' });
  expect(plan?.jobs).toMatchObject([
    {
      resource: testbed.simulator.state().pools[0]?.id,
      name: 'train-1',
      kind: 'train',
      owner: 'neighbour',
      status: 'Running',
    },
  ]);
  expect(plan?.jobs[0]?.since).toMatch(/^\d{4}-.*Z$/);
  expect(testbed.simulator.state()).toMatchObject(untouched);
  expect(testbed.temporal.openWorkflows()).toEqual([`lease/${name}`]);
});

test.each([
  ['until the open operations have ended', 3],
  ['for longer', 6],
])('a pool that cannot be planned %s is not touched while a job uses it', async (_title, times) => {
  const testbed = await withJob();
  testbed.simulator.faults.plan({ operation: 'pools.list', kind: 'status', status: 500, times });
  await tearDown(testbed);
  const { phase, failure } = await ended(testbed);
  expect({ phase, type: failure?.type }).toEqual({ phase: 'Failed', type: 'Busy' });
  expect(testbed.simulator.state()).toMatchObject(untouched);
  expect(testbed.temporal.openWorkflows()).toEqual([`lease/${name}`]);
});

test('a protected pool that cannot be planned at first keeps its notebook', async () => {
  const testbed = await newTestbed();
  await finishMainJob(testbed);
  const snapshot = testbed.simulator.snapshot();
  for (const { annotations } of snapshot.state.pools) annotations['os.modelarts/description'] += ' maops:keep';
  testbed.simulator.restore(snapshot);
  testbed.simulator.faults.plan({ operation: 'pools.list', kind: 'status', status: 500, times: 3 });
  await tearDown(testbed);
  expect(await ended(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
  expect(testbed.simulator.state()).toMatchObject(untouched);
});

test('who joins a teardown does not change who started it', async () => {
  const testbed = await withJob({ runsForMs: 40 * minute });
  const { temporal } = testbed;
  const announce = { cause: 'teardown', reason: 'over' };
  await tearDown(testbed, { drain: '2h', ...signed });
  await temporal.signal(workflowId, 'announceCancel', { ...announce, by: 'ann' });
  await untilPhase(testbed, 'Planning', workflowId);
  await temporal.run({ maxTime: minute });
  await temporal.signal(workflowId, 'announceCancel', { ...announce, by: 'bob' });
  expect(await ended(testbed)).toMatchObject({ phase: 'Gone' });
  const { audit } = await testbed.progress(`lease/${name}`);
  expect(audit.map(({ by }) => by)).toContain('ann');
  expect(audit.map(({ by }) => by)).not.toContain('bob');
});

test('the jobs do not change the hash of the plan', async () => {
  const testbed = await withJob();
  await tearDown(testbed);
  const { plan: busy } = await ended(testbed);
  await control(testbed, 'workloads/train-1', { status: 'Completed' });
  await tearDown(testbed, { planHash: busy?.hash ?? '' });
  const { phase, plan } = await ended(testbed);
  expect({ phase, hash: plan?.hash, jobs: plan?.jobs }).toEqual({ phase: 'Gone', hash: busy?.hash, jobs: [] });
});

test('a drain waits in Planning until the job has ended, then deletes', async () => {
  const testbed = await withJob({ runsForMs: 40 * minute });
  await tearDown(testbed, { drain: '2h', ...signed });
  await testbed.temporal.run({ maxTime: 30 * minute });
  expect(await testbed.progress(workflowId)).toMatchObject({
    phase: 'Planning',
    why: expect.stringContaining('train-1'),
  });
  expect(testbed.simulator.state()).toMatchObject(untouched);
  expect(testbed.temporal.openWorkflows()).toEqual([`lease/${name}`, workflowId]);
  expect(await ended(testbed)).toMatchObject({ phase: 'Gone', plan: { jobs: [] } });
  expect(testbed.simulator.state()).toMatchObject({ pools: [], workloadIncidents: [] });
});

test('a long drain asks less often, and notices the end of the job within a fiftieth of its time', async () => {
  const hours = 20;
  const testbed = await withJob({ runsForMs: hours * hour });
  const { simulator, temporal } = testbed;
  const before = simulator.requests('workloads.list').length;
  const began = temporal.now();
  await tearDown(testbed, { drain: '48h', ...signed });
  expect(await ended(testbed)).toMatchObject({ phase: 'Gone' });
  expect(temporal.now() - began).toBeLessThan(hours * hour + 6 * minute);
  // Without growth there are more than 4,000.
  expect(simulator.requests('workloads.list').length - before).toBeLessThan(500);
});

test('a drain that is over refuses', async () => {
  const testbed = await withJob();
  const began = testbed.temporal.now();
  await tearDown(testbed, { drain: '2h', ...signed });
  expect(await ended(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'Busy' } });
  expect(testbed.temporal.now() - began).toBeGreaterThanOrEqual(2 * hour);
  expect(testbed.simulator.state()).toMatchObject(untouched);
});

test('with jobs, the pool is deleted under them at once, and the audit names them', async () => {
  const testbed = await withJob();
  await tearDown(testbed, { withJobs: true, ...signed });
  const { phase, audit } = await ended(testbed);
  expect(phase).toBe('Gone');
  expect(audit).toContainEqual(
    expect.objectContaining({ verb: 'withJobs', by: 'ann', reason: expect.stringContaining('train-1') }),
  );
  expect(testbed.simulator.state().workloadIncidents).toMatchObject([{ cause: 'delete', outcome: 'killed' }]);
});

test('with both, the drain comes first, and jobs that start later are deleted too', async () => {
  const testbed = await withJob();
  await tearDown(testbed, { drain: '1h', withJobs: true, ...signed });
  await testbed.temporal.run({ maxTime: 59 * minute });
  expect(testbed.simulator.state()).toMatchObject(untouched);
  await untilPhase(testbed, 'DeletingNotebook', workflowId);
  await control(testbed, 'workloads', { ...job, name: 'train-2' });
  expect(await ended(testbed)).toMatchObject({ phase: 'Gone' });
  expect(testbed.simulator.state().workloadIncidents).toHaveLength(2);
});

test.each([
  { drain: '2h' },
  { withJobs: true },
  { drain: '2h', by: 'ann' },
  { withJobs: true, reason: 'x' },
  { drain: 'soon', ...signed },
])('the argument %j is refused', async (options) => {
  const testbed = await newTestbed();
  await tearDown(testbed, options);
  expect(await ended(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'InvalidSpec' } });
});

test('a job that starts between the plan and the DELETE keeps the pool, and the lease owns it again', async () => {
  const testbed = await newTestbed();
  await finishMainJob(testbed);
  await tearDown(testbed);
  await untilPhase(testbed, 'DeletingNotebook', workflowId);
  await control(testbed, 'workloads', job);
  expect(await ended(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'Busy' } });
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
  expect(testbed.temporal.openWorkflows()).toEqual([`lease/${name}`]);
});

describe('what this account cannot read', () => {
  const unreadable: [string, Fault | null, object][] = [
    ['workloads: 403', null, { 'workloads.list': 'forbidden' }],
    ['workloads: no such call', null, { 'workloads.list': 'missing' }],
    [
      'workloads: rows that are no objects',
      {
        operation: 'workloads.list',
        kind: 'status',
        status: 200,
        body: { json: { kind: 'WorkloadList', items: [1] } },
        times: 'always',
      },
      {},
    ],
    ['everybody’s notebooks: 403', { operation: 'notebooks.list', kind: 'forbidden', times: 'always' }, {}],
  ];

  test.each(unreadable)('%s: a teardown asks for --with-jobs', async (_, fault, unavailable) => {
    const testbed = await newTestbed();
    await finishMainJob(testbed);
    await control(testbed, 'behavior', { unavailable });
    if (fault !== null) testbed.simulator.faults.plan(fault);
    await tearDown(testbed, { drain: '5m', ...signed });
    const { phase, failure } = await ended(testbed);
    expect({ phase, type: failure?.type }).toEqual({ phase: 'Failed', type: 'Busy' });
    expect(failure?.hint).toContain('--with-jobs');
    expect(testbed.simulator.requests('pools.delete')).toEqual([]);
    if (fault?.operation === 'notebooks.list') testbed.simulator.faults.clear();
    await tearDown(testbed, { withJobs: true, ...signed });
    expect(await ended(testbed)).toMatchObject({ phase: 'Gone' });
  });

  test('training searches and services count only where they can be read', async () => {
    const testbed = await newTestbed();
    await finishMainJob(testbed);
    await control(testbed, 'behavior', {
      unavailable: { 'trainingJobs.search': 'forbidden', 'services.list': 'missing' },
    });
    await tearDown(testbed);
    expect(await ended(testbed)).toMatchObject({ phase: 'Gone' });
  });

  test.each<Fault>([
    { operation: 'workloads.list', kind: 'status', status: 500, times: 3 },
    { operation: 'workloads.list', kind: 'throttle', code: 'ModelArts.6101', retryAfter: 5, times: 2 },
    { operation: 'workloads.list', kind: 'lost', at: 'before', times: 3 },
  ])('a failed read is retried: %j', async (fault) => {
    const testbed = await newTestbed();
    await finishMainJob(testbed);
    testbed.simulator.faults.plan(fault);
    await tearDown(testbed);
    expect(await ended(testbed)).toMatchObject({ phase: 'Gone' });
  });
});
