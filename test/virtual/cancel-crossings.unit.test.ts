import { testCrossings } from '../support/virtual/crossing-suite.js';
import { finishMainJob, name, startMainJob, untilPhase } from './stories.js';

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
    prepare: async (stack) => {
      await startMainJob(stack);
      await untilPhase(stack, 'AwaitingNotebook');
    },
    play: async () => undefined,
    endings: ['Cancelled', 'RolledBack'],
  },
  {
    name: 'a lease that is released',
    workflowId: lease,
    faults: [{ operation: 'pools.create', kind: 'slowDelete', ms: 20 * minute }],
    prepare: finishMainJob,
    play: async ({ world }) => await world.update(lease, 'releaseLease', { by: 'op', reason: 'done' }),
    endings: ['Cancelled', 'Gone'],
  },
]);
