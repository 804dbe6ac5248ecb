import { testCrashes } from '../support/virtual/crash-suite.js';
import type { VirtualStack } from '../support/virtual/environment.js';
import { bothMade, finishMainJob, name, nothing, startMainJob, untilPhase } from './stories.js';

const workflowId = `env/${name}`;
const teardown = { workflowId: `teardown/${name}`, play: startTeardown };

async function startTeardown({ world }: VirtualStack): Promise<void> {
  await world.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
}

async function cancel({ world }: VirtualStack): Promise<void> {
  await world.cancel(workflowId);
}

const upTo = (phase: string) => async (stack: VirtualStack) => {
  await startMainJob(stack);
  await untilPhase(stack, phase);
};

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
    name: 'a teardown of what a lease owns',
    ...teardown,
    prepare: finishMainJob,
    outcome: { status: 'COMPLETED', phase: 'Gone', made: bothMade, ...nothing },
  },
  {
    name: 'a teardown of what is still being made',
    ...teardown,
    prepare: upTo('AwaitingPool'),
    outcome: { status: 'COMPLETED', phase: 'Gone', made: ['pools.create'], ...nothing },
  },
  {
    name: 'a teardown whose deletes fail at first',
    ...teardown,
    faults: [
      { operation: 'notebooks.delete', kind: 'deleteFails', times: 2, optional: true },
      { operation: 'pools.delete', kind: 'deleteFails', how: 'reverts', optional: true },
    ],
    prepare: finishMainJob,
    outcome: { status: 'COMPLETED', phase: 'Gone', made: bothMade, ...nothing },
  },
  {
    name: 'the release of a lease',
    workflowId: `lease/${name}`,
    prepare: finishMainJob,
    play: async ({ world }) => await world.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' }),
    outcome: { status: 'COMPLETED', phase: 'Gone', made: bothMade, ...nothing },
  },
]);
