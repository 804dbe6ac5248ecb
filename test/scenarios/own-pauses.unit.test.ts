import { expect, test } from '@jest/globals';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { cancelAndAwait, kinds, usable } from './launch-alone.js';
import { name } from './stories.js';

const second = 1_000;
const activities = { pool: 'deletePool', notebook: 'deleteNotebook' } as const;
const deletes = { pool: 'pools.delete', notebook: 'notebooks.delete' } as const;

const newStack = stacksForFile();

test.each(kinds)('a rollback goes on at once when a worker with other credentials takes over: %s', async (kind) => {
  const stack = await newStack({ restartMs: second });
  const { world, simulator } = stack;
  const workflowId = `${kind}/${name}`;
  await cancelAndAwait(stack, kind, usable[kind]);
  const tasks = () => [...world.namespace.get(workflowId).activities.values()];
  await world.run({ until: () => tasks().some(({ type }) => type === activities[kind]) });
  simulator.faults.plan({ operation: '*', kind: 'unauthorized', revoke: false, times: 'always' });
  // What is shown names the time until which the worker pauses: it stays true, however late it is read.
  await world.run({ maxTime: 60 * second });
  const shown = [(await stack.progress(workflowId)).why, ...tasks().map((one) => one.lastFailure?.message)];
  const times = shown.flatMap((text) => /pauses until (\S+Z)/.exec(text ?? '')?.[1] ?? []);
  const until = Math.max(...times.map((time) => Date.parse(time)));
  expect(until - world.now()).toBeGreaterThan(100 * second);
  simulator.faults.clear();
  world.killWorker();
  const restartedAt = world.now();
  await world.run({ until: () => simulator.requests(deletes[kind]).some(({ status }) => (status ?? 500) < 300) });
  expect(world.now() - restartedAt).toBeLessThan(20 * second);
  await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
  expect(world.status(workflowId)).toBe('CANCELLED');
});
