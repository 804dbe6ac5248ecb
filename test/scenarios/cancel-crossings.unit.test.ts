import { placeStray } from './outside-changes.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';
import { testCrossings } from './suites/crossing-suite.js';
import { quickCreates } from './suites/scenario.js';

const minute = 60_000;
const env = `env/${name}`;
const lease = `lease/${name}`;

testCrossings([
  {
    name: 'a run whose pool is sold out midway and takes long to go',
    workflowId: env,
    faults: [
      { operation: 'pools.create', kind: 'soldOut', when: 'midway', forMs: 10 * minute },
      { operation: 'pools.create', kind: 'slowDelete', ms: 20 * minute },
    ],
    play: startMainJob,
    // A cancel during the hand-over to the lease comes too late.
    endings: ['Cancelled', 'Ready'],
  },
  {
    name: 'a run whose notebook fails and is rolled back slowly',
    workflowId: env,
    faults: [
      { operation: 'notebooks.create', kind: 'notebookFailed' },
      { operation: 'pools.create', kind: 'slowDelete', ms: 20 * minute },
    ],
    prepare: async (testbed) => {
      await startMainJob(testbed);
      await untilPhase(testbed, 'AwaitingNotebook');
    },
    play: async () => undefined,
    endings: ['Cancelled', 'RolledBack'],
  },
  {
    name: 'a lease that is released',
    workflowId: lease,
    faults: [{ operation: 'pools.create', kind: 'slowDelete', ms: 20 * minute }],
    prepare: finishMainJob,
    durations: quickCreates,
    play: async ({ temporal }) => await temporal.update(lease, 'releaseLease', { by: 'op', reason: 'done' }),
    endings: ['Cancelled', 'Gone'],
  },
  {
    name: 'a teardown',
    workflowId: `teardown/${name}`,
    prepare: finishMainJob,
    durations: quickCreates,
    play: async ({ temporal }) => await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]),
    endings: ['Gone'],
    refusesCancel: true,
  },
  {
    name: 'a sweep of resources without a known name',
    workflowId: 'sweep/crossed',
    faults: [{ operation: 'pools.delete', kind: 'deleteFails', how: 'reverts' }],
    prepare: placeStray,
    play: async ({ temporal }) => {
      const rules = { orphans: { minAge: '0s' } };
      return await temporal.start('sweepExpired', 'sweep/crossed', [{ apply: true, rules }]);
    },
    endings: ['Cancelled', 'Done'],
    mayLeave: true,
  },
  {
    name: 'a scheduled teardown',
    workflowId: 'schedule/hours-2026-01-01T06:30:00Z',
    prepare: finishMainJob,
    durations: quickCreates,
    play: async ({ temporal }) => {
      const argument = { schedule: 'hours', start: { what: 'teardown', name } };
      return await temporal.start('runScheduled', 'schedule/hours-2026-01-01T06:30:00Z', [argument]);
    },
    endings: ['Cancelled', 'Done'],
    mayLeave: true,
  },
  {
    name: 'the stop of a notebook',
    workflowId: `change/notebook/${name}`,
    prepare: finishMainJob,
    durations: quickCreates,
    play: async ({ temporal }) => {
      const order = { kind: 'notebook', name, change: 'stop', by: 'op', reason: 'test' };
      return await temporal.start('changeResource', `change/notebook/${name}`, [order]);
    },
    endings: ['Cancelled', 'Done'],
  },
]);
