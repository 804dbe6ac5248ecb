import { bothMade, name, nothing, ready, startMainJob } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';

const workflowId = `env/${name}`;

testCrashes([
  { name: 'a run without faults', workflowId, play: startMainJob, outcome: ready },
  {
    name: 'a run whose notebook fails',
    workflowId,
    faults: [{ operation: 'notebooks.create', kind: 'notebookFailed', optional: true }],
    play: startMainJob,
    outcome: { status: 'FAILED', phase: 'RolledBack', made: bothMade, ...nothing },
  },
]);
