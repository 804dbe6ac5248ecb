import { currentNotebookPart } from '../workflows/documents.js';
import { control, placeStray } from './outside-changes.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';
import { testCrossings } from './suites/crossing-suite.js';
import { quickCreates } from './suites/scenario.js';

const minute = 60_000;
const env = `env/${name}`;
const lease = `lease/${name}`;
const current = { notebook: currentNotebookPart({ autoStop: '1h' }) };

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
    name: 'a run that creates a notebook of the current API without a response',
    workflowId: env,
    faults: [{ operation: 'currentNotebooks.create', kind: 'lost', at: 'after' }],
    durations: quickCreates,
    prepare: async (testbed) => {
      await startMainJob(testbed, current);
      await untilPhase(testbed, 'AwaitingPool');
    },
    play: async () => undefined,
    endings: ['Cancelled', 'Ready'],
  },
  {
    name: 'the end of a lease with a notebook of the current API, which jobs delay',
    workflowId: lease,
    prepare: async (testbed) => {
      await finishMainJob(testbed, { ...current, lease: { ttl: '2h', warnings: [], drain: '30m' } });
      await control(testbed, 'workloads', { pool: name, runsForMs: 123 * minute });
      await testbed.temporal.run({ maxTime: 119 * minute });
    },
    durations: quickCreates,
    play: async () => undefined,
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
  {
    name: 'the renewal of a notebook of the current API',
    workflowId: `change/notebook/${name}`,
    prepare: async (testbed) => await finishMainJob(testbed, current),
    durations: quickCreates,
    play: async ({ temporal }) => {
      const order = { kind: 'notebook', name, change: 'renew', duration: '2h', by: 'op', reason: 'test' };
      return await temporal.start('changeResource', `change/notebook/${name}`, [order]);
    },
    endings: ['Cancelled', 'Done'],
  },
]);
