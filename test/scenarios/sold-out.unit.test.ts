import { expect, test } from '@jest/globals';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { deadlines, name, startMainJob, untilPhase } from './steps.js';

const workflowId = `env/${name}`;
const newStack = testbedsForFile();

test('a pool that failed for lack of capacity ends in SoldOut, whatever the run waits for at the deadline', async () => {
  const soldOut = { operation: 'pools.create', kind: 'soldOut', when: 'midway' } as const;
  const testbed = await newStack({ simulator: { faults: [soldOut] } });
  const { temporal, simulator, progress } = testbed;
  await startMainJob(testbed, { deadlines: { ...deadlines, pool: '25m' } });
  await untilPhase(testbed, 'AwaitingCapacity');
  simulator.faults.plan({ operation: 'flavors.list', kind: 'status', status: 503, times: 'always' });
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  const { failure } = await progress(workflowId);
  expect(failure).toMatchObject({ step: 'pool', type: 'SoldOut' });
  expect(failure?.message).toMatch(/sold out.*the deadline of 25m has passed/);
});

test('a refused notebook ends in SoldOut with the error code and the request id', async () => {
  const soldOut = { operation: 'notebooks.create', kind: 'soldOut', times: 'always' } as const;
  const testbed = await newStack({ simulator: { faults: [soldOut] } });
  const { temporal, progress } = testbed;
  await startMainJob(testbed, { deadlines: { ...deadlines, capacity: '30m' } });
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  const { failure } = await progress(workflowId);
  expect(failure).toMatchObject({ step: 'notebook', type: 'SoldOut' });
  expect(failure?.errorCode).toMatch(/^ModelArts\.\d+$/);
  expect(failure?.requestId).toMatch(/simulator$/);
});

test('a run that is cancelled while it waits for capacity has no failed step', async () => {
  const soldOut = {
    operation: 'pools.create',
    kind: 'soldOut',
    when: 'before',
    answer: 'refuse',
    times: 'always',
  } as const;
  const testbed = await newStack({ simulator: { faults: [{ ...soldOut, optional: true }] } });
  await startMainJob(testbed);
  await untilPhase(testbed, 'AwaitingCapacity');
  await testbed.temporal.cancel(workflowId);
  await testbed.temporal.run({ until: () => testbed.temporal.status(workflowId) !== 'RUNNING' });
  expect(await testbed.progress(workflowId)).toMatchObject({
    phase: 'Cancelled',
    failure: null,
    steps: [{ state: 'done' }, { name: 'pool', state: 'pending' }, { state: 'pending' }],
  });
});

test('a resource that exists after a refusal for lack of capacity does not end in SoldOut', async () => {
  const body = { json: { error_code: 'ModelArts.6200', error_message: 'no resources' } };
  const refusal = { operation: 'notebooks.create', kind: 'status', status: 500, body, commit: true } as const;
  const stuck = { operation: 'notebooks.create', kind: 'stuck', phase: 'CREATING' } as const;
  const testbed = await newStack({ simulator: { faults: [refusal, stuck] } });
  await startMainJob(testbed, { onFailure: 'ask' });
  await untilPhase(testbed, 'AwaitingOperator');
  expect(testbed.simulator.requests('notebooks.create')).toHaveLength(1);
  expect(await testbed.progress(workflowId)).toMatchObject({
    failure: { step: 'notebook', type: 'DeadlineExceeded' },
  });
});

test('pools that are accepted and then fail for lack of capacity are created at growing intervals', async () => {
  const soldOut = { operation: 'pools.create', kind: 'soldOut', when: 'midway', forMs: 330_000, times: 3 } as const;
  const testbed = await newStack({ simulator: { faults: [soldOut] } });
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, { deadlines: { ...deadlines, pool: '3h', capacity: '3h' } });
  await temporal.run({ until: () => simulator.requests('pools.create').length === 4 });
  const times = simulator.requests('pools.create').map(({ at }) => Date.parse(at));
  const [first = 0, second = 0, third = 0] = times.slice(1).map((at, k) => at - (times[k] ?? 0));
  expect(second - first).toBeGreaterThan(45_000);
  expect(third - second).toBeGreaterThan(90_000);
});

test.each([40, 50, 60, 80, 4096])(
  'a pool that failed for lack of capacity is not created again at once, although its clean-up continues as new after %i events',
  async (suggestContinueAsNewAfter) => {
    const midway = { operation: 'pools.create', kind: 'soldOut', when: 'midway', forMs: 330_000, times: 2 } as const;
    const slow = { operation: 'pools.create', kind: 'slowDelete', ms: 3_600_000, times: 2 } as const;
    const testbed = await newStack({ simulator: { faults: [midway, slow] }, suggestContinueAsNewAfter });
    const { temporal, simulator } = testbed;
    await startMainJob(testbed, { deadlines: { ...deadlines, pool: '6h' } });
    await temporal.run({ until: () => simulator.requests('pools.create').length === 3 });
    const [, second = 0, third = 0] = simulator.requests('pools.create').map(({ at }) => Date.parse(at));
    // An hour in which it is deleted, some minutes until it was seen, and a pause of four minutes.
    expect(third - second).toBeGreaterThan(64 * 60_000);
    expect((await testbed.progress(workflowId)).steps[1]).toMatchObject({ name: 'pool', attempt: 3 });
  },
);

test('flavors that were read before a long approval are read again before the create', async () => {
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, { approval: { required: true, timeout: '1h' } });
  await untilPhase(testbed, 'AwaitingApproval');
  await temporal.run({ maxTime: 60_000 });
  expect(simulator.requests('flavors.list')).toHaveLength(1);
  await temporal.update(workflowId, 'approve', { by: 'ann', reason: 'budget' });
  await temporal.run({ until: () => simulator.requests('pools.create').length > 0 });
  expect(simulator.requests('flavors.list')).toHaveLength(2);
});
