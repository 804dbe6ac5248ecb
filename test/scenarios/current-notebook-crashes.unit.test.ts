import type { Testbed } from '../support/testbed.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { finishMainJob, name, nothing, ready, startMainJob } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';
import { quickCreates } from './suites/scenario.js';

const minute = 60_000;
const workflowId = `env/${name}`;
const notebook = currentNotebookPart({ autoStop: '1h' });
const lease = { ttl: '3h', max: '3h', warnings: [] };
const made = ['pools.create', 'currentNotebooks.create'];
const gone = { status: 'COMPLETED', phase: 'Gone', made, ...nothing };

const play = async (testbed: Testbed) => await startMainJob(testbed, { notebook, lease });

testCrashes([
  { name: 'a run with a notebook of the current API', workflowId, play, outcome: { ...ready, made } },
  {
    name: 'a run whose notebook of the current API is created without a response',
    workflowId,
    faults: [{ operation: 'currentNotebooks.create', kind: 'lost', at: 'after', optional: true }],
    play,
    outcome: { ...ready, made },
  },
  {
    name: 'a run whose notebook of the current API fails',
    workflowId,
    faults: [{ operation: 'currentNotebooks.create', kind: 'notebookFailed', optional: true }],
    play,
    outcome: { status: 'FAILED', phase: 'RolledBack', made, ...nothing },
  },
  {
    name: 'a teardown of a notebook of the current API, whose first delete is refused',
    workflowId: `teardown/${name}`,
    durations: quickCreates,
    faults: [
      {
        operation: 'currentNotebooks.delete',
        kind: 'status',
        status: 400,
        body: { json: { error_code: 'ModelArts.6357', error_msg: 'another operation is being performed' } },
        optional: true,
      },
    ],
    prepare: async (testbed) => await finishMainJob(testbed, { notebook }),
    play: async ({ temporal }) => await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]),
    outcome: gone,
  },
  {
    name: 'a lease that renews a notebook of the current API twice and expires',
    workflowId: `lease/${name}`,
    durations: quickCreates,
    prepare: async (testbed) => {
      await finishMainJob(testbed, { notebook, lease });
      await testbed.temporal.run({ maxTime: 80 * minute });
    },
    play: async () => undefined,
    outcome: gone,
  },
]);
