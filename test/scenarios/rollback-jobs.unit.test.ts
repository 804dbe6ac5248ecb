import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { control, terminate } from './outside-changes.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const workflowId = `env/${name}`;
const job = { pool: name, name: 'train-1', user: 'neighbour' };
const newTestbed = testbedsForFile();

async function inPhase(phase: string, options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newTestbed(options);
  await startMainJob(testbed);
  await untilPhase(testbed, phase);
  return testbed;
}

async function cancelled({ temporal, progress }: Testbed) {
  await temporal.cancel(workflowId);
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  return await progress(workflowId);
}

test('a rollback does not delete a usable pool under a job: Failed with Busy, and a lease owns the pool', async () => {
  const testbed = await inPhase('AwaitingNotebook');
  await control(testbed, 'workloads', job);
  expect(await cancelled(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'Busy', step: 'pool' } });
  expect(testbed.simulator.state()).toMatchObject({
    pools: [{ phase: 'Running' }],
    notebooks: [],
    workloadIncidents: [],
  });
  expect(testbed.temporal.openWorkflows()).toEqual([`lease/${name}`]);
});

test('a pool without a job is rolled back', async () => {
  const testbed = await inPhase('AwaitingNotebook');
  expect(await cancelled(testbed)).toMatchObject({ phase: 'Cancelled' });
  expect(testbed.simulator.requests('workloads.list').length).toBeGreaterThan(0);
  expect(testbed.simulator.state().pools).toEqual([]);
});

test('a pool that never had a node is rolled back without asking, also where jobs cannot be read', async () => {
  const testbed = await inPhase('AwaitingPool');
  await control(testbed, 'behavior', { unavailable: { 'workloads.list': 'forbidden' } });
  expect(await cancelled(testbed)).toMatchObject({ phase: 'Cancelled' });
  expect(testbed.simulator.requests('workloads.list')).toEqual([]);
  expect(testbed.simulator.state().pools).toEqual([]);
});

test('a usable pool whose jobs cannot be read is kept by a lease', async () => {
  const testbed = await inPhase('AwaitingNotebook');
  await control(testbed, 'behavior', { unavailable: { 'workloads.list': 'forbidden' } });
  expect(await cancelled(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'Busy' } });
  expect(testbed.simulator.state().pools).toMatchObject([{ phase: 'Running' }]);
  expect(testbed.temporal.openWorkflows()).toEqual([`lease/${name}`]);
});

test('nodes that became available after the last observation lead to the question', async () => {
  const testbed = await inPhase('AwaitingPool');
  const { temporal, simulator } = testbed;
  // No observation gets through while the nodes become available.
  simulator.faults.plan(
    { operation: 'pools.list', kind: 'status', status: 503, times: 'always' },
    { operation: 'pools.show', kind: 'status', status: 503, times: 'always', optional: true },
  );
  await temporal.run({ until: () => simulator.state().pools[0]?.phase === 'Running' });
  await control(testbed, 'workloads', job);
  simulator.faults.clear();
  expect(await cancelled(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'Busy' } });
  expect(simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], workloadIncidents: [] });
});

test('an adopted pool is asked about', async () => {
  const testbed = await newTestbed();
  await finishMainJob(testbed);
  await terminate(testbed, `lease/${name}`);
  await control(testbed, 'pools/team-a', { phase: 'Abnormal' });
  await control(testbed, 'workloads', job);
  await startMainJob(testbed);
  await untilPhase(testbed, 'AwaitingPool');
  const ended = await cancelled(testbed);
  expect(testbed.simulator.state()).toMatchObject({ pools: [{ name }], workloadIncidents: [] });
  expect(['Failed', 'Cancelled']).toContain(ended.phase);
  expect(testbed.temporal.openWorkflows()).toEqual([`lease/${name}`]);
});
