import { expect, test } from '@jest/globals';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { cancelAndAwait, kinds, usable } from './launch-alone.js';
import { name } from './steps.js';

const second = 1_000;
const activities = { pool: 'deletePool', notebook: 'deleteNotebook' } as const;
const deletes = { pool: 'pools.delete', notebook: 'notebooks.delete' } as const;

const newStack = testbedsForFile();

test.each(kinds)('a rollback continues at once when a worker with other credentials takes over: %s', async (kind) => {
  const testbed = await newStack({ restartMs: second });
  const { temporal, simulator } = testbed;
  const workflowId = `${kind}/${name}`;
  await cancelAndAwait(testbed, kind, usable[kind]);
  const tasks = () => [...temporal.namespace.get(workflowId).activities];
  await temporal.run({ until: () => tasks().some(({ type }) => type === activities[kind]) });
  simulator.faults.plan({ operation: '*', kind: 'unauthorized', revoke: false, times: 'always' });
  // What is shown names the time until which the worker pauses: it stays true, however late it is read.
  await temporal.run({ maxTime: 60 * second });
  const shown = [(await testbed.progress(workflowId)).why, ...tasks().map((one) => one.lastFailure?.message)];
  const times = shown.flatMap((text) => /until (\S+Z)/.exec(text ?? '')?.[1] ?? []);
  const until = Math.max(...times.map((time) => Date.parse(time)));
  expect(until - temporal.now()).toBeGreaterThan(100 * second);
  simulator.faults.clear();
  temporal.killWorker();
  const restartedAt = temporal.now();
  await temporal.run({ until: () => simulator.requests(deletes[kind]).some(({ status }) => (status ?? 500) < 300) });
  expect(temporal.now() - restartedAt).toBeLessThan(20 * second);
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  expect(temporal.status(workflowId)).toBe('CANCELLED');
});
