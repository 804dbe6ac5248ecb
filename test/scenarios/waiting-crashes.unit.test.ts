import type { Testbed } from '../support/testbed.js';
import { bothMade, name, nothing, ready, startMainJob, untilPhase } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';

const workflowId = `env/${name}`;
const minute = 60_000;
const command = { by: 'op', reason: 'test' };

/** Starts the main job and sends the operator's decision when it is awaited. */
const answering =
  (change: Record<string, unknown>, phase: string, update: string, argument: Record<string, unknown>) =>
  async (testbed: Testbed): Promise<void> => {
    await startMainJob(testbed, change);
    await untilPhase(testbed, phase);
    await testbed.temporal.update(workflowId, update, { ...command, ...argument });
  };

testCrashes([
  {
    name: 'a run that waits for the capacity of its pool',
    workflowId,
    faults: [
      {
        operation: 'pools.create',
        kind: 'soldOut',
        when: 'before',
        answer: 'refuse',
        forMs: 5 * minute,
        optional: true,
      },
    ],
    play: startMainJob,
    outcome: ready,
  },
  {
    name: 'a run that waits for the capacity of its notebook',
    workflowId,
    faults: [
      {
        operation: 'notebooks.create',
        kind: 'soldOut',
        when: 'before',
        answer: 'refuse',
        forMs: 3 * minute,
        optional: true,
      },
    ],
    play: startMainJob,
    outcome: ready,
  },
  {
    name: 'a run that is approved',
    workflowId,
    play: answering({ approval: { required: true, timeout: '1h' } }, 'AwaitingApproval', 'approve', {}),
    outcome: ready,
  },
  {
    name: 'a run that is rejected',
    workflowId,
    play: answering({ approval: { required: true, timeout: '1h' } }, 'AwaitingApproval', 'reject', {}),
    outcome: { status: 'FAILED', phase: 'Rejected', made: [], ...nothing },
  },
  {
    name: 'a run whose notebook fails, and that an operator has tried again',
    workflowId,
    faults: [{ operation: 'notebooks.create', kind: 'notebookFailed', optional: true }],
    play: answering({ onFailure: 'ask' }, 'AwaitingOperator', 'resolve', { verb: 'retry' }),
    outcome: { ...ready, made: [...bothMade, 'notebooks.create'] },
  },
]);
