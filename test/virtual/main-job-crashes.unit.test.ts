import { testCrashes } from '../support/virtual/crash-suite.js';
import { bothMade, name, nothing, ready, startMainJob } from './stories.js';

const workflowId = `env/${name}`;

testCrashes([
  { name: 'a run without faults', workflowId, play: startMainJob, outcome: ready },
  {
    name: 'a run whose create answers are lost after the work was done',
    workflowId,
    faults: [
      { operation: 'pools.create', kind: 'lost', at: 'after', optional: true },
      { operation: 'notebooks.create', kind: 'lost', at: 'after', optional: true },
    ],
    play: startMainJob,
    outcome: ready,
  },
  {
    name: 'a run whose create requests are lost on their way',
    workflowId,
    faults: [
      { operation: 'pools.create', kind: 'lost', at: 'before', optional: true },
      { operation: 'notebooks.create', kind: 'lost', at: 'before', optional: true },
    ],
    play: startMainJob,
    outcome: ready,
  },
  {
    name: 'a run whose notebook fails',
    workflowId,
    faults: [{ operation: 'notebooks.create', kind: 'notebookFailed', optional: true }],
    play: startMainJob,
    outcome: { status: 'FAILED', phase: 'RolledBack', made: bothMade, ...nothing },
  },
]);
