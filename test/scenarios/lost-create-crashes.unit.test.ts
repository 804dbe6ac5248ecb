import { name, ready, startMainJob } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';

const workflowId = `env/${name}`;
const creates = ['pools.create', 'notebooks.create'] as const;

testCrashes([
  {
    name: 'a run whose create answers are lost after the work was done',
    workflowId,
    faults: creates.map((operation) => ({ operation, kind: 'lost', at: 'after', optional: true })),
    play: startMainJob,
    outcome: ready,
  },
  {
    name: 'a run whose create requests are lost on their way',
    workflowId,
    faults: creates.map((operation) => ({ operation, kind: 'lost', at: 'before', optional: true })),
    play: startMainJob,
    outcome: ready,
  },
]);
