import type { Testbed } from '../support/testbed.js';
import { bothMade, finishMainJob, name, nothing, upTo } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';
import { quickCreates } from './suites/scenario.js';

const workflowId = `env/${name}`;

async function cancel({ temporal }: Testbed): Promise<void> {
  await temporal.cancel(workflowId);
}

testCrashes([
  {
    name: 'a cancel while the pool comes up',
    workflowId,
    prepare: upTo('AwaitingPool'),
    play: cancel,
    outcome: { status: 'CANCELLED', phase: 'Cancelled', made: ['pools.create'], ...nothing },
  },
  {
    name: 'a cancel while the notebook comes up',
    workflowId,
    prepare: upTo('AwaitingNotebook'),
    play: cancel,
    outcome: { status: 'CANCELLED', phase: 'Cancelled', made: bothMade, ...nothing },
  },
  {
    name: 'a cancel after which the notebook takes long to go',
    workflowId,
    faults: [{ operation: 'notebooks.create', kind: 'slowDelete', ms: 10 * 60_000, optional: true }],
    prepare: upTo('AwaitingNotebook'),
    play: cancel,
    outcome: { status: 'CANCELLED', phase: 'Cancelled', made: bothMade, ...nothing },
  },
  {
    name: 'the release of a lease',
    workflowId: `lease/${name}`,
    durations: quickCreates,
    prepare: finishMainJob,
    play: async ({ temporal }) => await temporal.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' }),
    outcome: { status: 'COMPLETED', phase: 'Gone', made: bothMade, ...nothing },
  },
]);
