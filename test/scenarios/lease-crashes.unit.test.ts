import type { Testbed } from '../support/testbed.js';
import { control } from './outside-changes.js';
import { bothMade, name, nothing, startMainJob } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';
import { quickCreates } from './suites/scenario.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const workflowId = `lease/${name}`;
const lease = { ttl: '2h', max: '6h', warnings: ['30m'], webhook: 'https://hooks.example.com/a' };

/** An environment whose lease has this long to go. */
const shortlyBefore =
  (ms: number, change: object = {}) =>
  async (testbed: Testbed) => {
    await startMainJob(testbed, { lease: { ...lease, ...change } });
    await testbed.temporal.result(`env/${name}`);
    await testbed.temporal.run({ maxTime: 2 * hour - ms });
  };

async function withJob(testbed: Testbed): Promise<void> {
  await shortlyBefore(second, { warnings: [], drain: '1m' })(testbed);
  await control(testbed, 'workloads', { pool: name });
}

const gone = { status: 'COMPLETED', phase: 'Gone', made: bothMade, ...nothing };

testCrashes([
  {
    name: 'a lease that warns and expires',
    workflowId,
    durations: quickCreates,
    prepare: shortlyBefore(31 * minute),
    play: async () => undefined,
    outcome: gone,
  },
  {
    name: 'a lease that is extended ten seconds before its end',
    workflowId,
    durations: quickCreates,
    prepare: shortlyBefore(10 * second),
    play: async ({ temporal }) => {
      const command = { by: 'op', reason: 'late', duration: '1h' };
      // Either outcome is valid: the worker restarts near the end of the lease.
      temporal.client.workflow
        .getHandle(workflowId)
        .executeUpdate('extendLease', { args: [command] })
        .catch(() => undefined);
    },
    outcome: gone,
  },
  {
    name: 'a teardown that comes as the lease ends',
    workflowId: `teardown/${name}`,
    durations: quickCreates,
    prepare: shortlyBefore(0),
    play: async ({ temporal }) => await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]),
    outcome: gone,
  },
  {
    name: 'the end of a lease whose drain is over before its job',
    workflowId,
    durations: quickCreates,
    prepare: withJob,
    play: async () => undefined,
    outcome: gone,
  },
]);
