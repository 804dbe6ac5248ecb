import { testCrashes } from '../support/virtual/crash-suite.js';
import { name, ready, startMainJob } from './stories.js';

const workflowId = `env/${name}`;

testCrashes([
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
]);
