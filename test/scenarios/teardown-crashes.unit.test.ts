import type { Testbed } from '../support/testbed.js';
import { control } from './outside-changes.js';
import { bothMade, finishMainJob, name, nothing, upTo } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';
import { quickCreates } from './suites/scenario.js';

const teardown = { workflowId: `teardown/${name}`, play: startTeardown };

async function startTeardown({ temporal }: Testbed): Promise<void> {
  await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
}

/** A Ready environment whose pool has a job for some minutes. */
async function withJob(testbed: Testbed): Promise<void> {
  await finishMainJob(testbed);
  await control(testbed, 'workloads', { pool: name, runsForMs: 4 * 60_000 });
}

testCrashes([
  {
    name: 'a teardown that waits for a job',
    durations: quickCreates,
    ...teardown,
    play: async ({ temporal }) => {
      await temporal.start('teardownEnvironment', `teardown/${name}`, [
        { name, drain: '1h', by: 'ann', reason: 'project ended' },
      ]);
    },
    prepare: withJob,
    outcome: { status: 'COMPLETED', phase: 'Gone', made: bothMade, ...nothing },
  },
  {
    name: 'a teardown of what a lease owns',
    durations: quickCreates,
    ...teardown,
    prepare: finishMainJob,
    outcome: { status: 'COMPLETED', phase: 'Gone', made: bothMade, ...nothing },
  },
  {
    name: 'a teardown of resources that are still being created',
    ...teardown,
    prepare: upTo('AwaitingPool'),
    outcome: { status: 'COMPLETED', phase: 'Gone', made: ['pools.create'], ...nothing },
  },
  {
    name: 'a teardown whose deletes fail at first',
    durations: quickCreates,
    ...teardown,
    faults: [
      { operation: 'notebooks.delete', kind: 'deleteFails', times: 2, optional: true },
      { operation: 'pools.delete', kind: 'deleteFails', how: 'reverts', optional: true },
    ],
    prepare: finishMainJob,
    outcome: { status: 'COMPLETED', phase: 'Gone', made: bothMade, ...nothing },
  },
]);
