import { expect, test } from '@jest/globals';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { name, startMainJob } from './steps.js';

const workflowId = `env/${name}`;
const newTestbed = testbedsForFile();
const reason = 'quota of the availability zone exceeded';
const failing = { operation: 'pools.create', kind: 'creationFailed', message: reason } as const;

/** The failure of a pool whose status does not say why it failed. */
async function failWith({ faults = [], behavior = {} }: Pick<SimulatorOptions, 'faults' | 'behavior'> = {}) {
  const quiet = { failedPoolMessage: false, ...behavior };
  const testbed = await newTestbed({ simulator: { faults: [failing, ...faults], behavior: quiet } });
  await startMainJob(testbed);
  await testbed.temporal.run({ until: () => testbed.temporal.status(workflowId) !== 'RUNNING' });
  const { failure } = await testbed.progress(workflowId);
  const { simulator } = testbed;
  const calls = ['orders.list', 'orders.show'].map((operation) => simulator.requests(operation).length);
  return { failure, calls };
}

test('the reason of a failed creation is read from the work order, once', async () => {
  const { failure, calls } = await failWith();
  expect(failure).toMatchObject({ step: 'pool', type: 'PoolCreationFailed' });
  expect(failure?.message).toContain(reason);
  expect(calls).toEqual([1, 1]);
});

test.each<[string, Pick<SimulatorOptions, 'faults' | 'behavior'>]>([
  ['may not be read', { behavior: { unavailable: { 'orders.*': 'forbidden' } } }],
  ['cannot be listed in this region', { behavior: { unavailable: { 'orders.list': 'missing' } } }],
  ['is listed late', { behavior: { ordersLagMs: 24 * 60 * 60_000 } }],
  ['cannot be read now', { faults: [{ operation: 'orders.*', kind: 'status', status: 503, times: 'always' }] }],
])('a pool fails without the reason when the order %s', async (_, options) => {
  const { failure } = await failWith(options);
  expect(failure).toMatchObject({ step: 'pool', type: 'PoolCreationFailed' });
  expect(failure?.message).not.toContain(reason);
});
