import type { Testbed } from '../support/testbed.js';
import { environmentDocument } from '../workflows/documents.js';
import { bothMade, deadlines, finishMainJob, name, nothing, ready } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';
import { quickCreates } from './suites/scenario.js';

const workflowId = 'schedule/hours-2026-01-01T06:30:00Z';
const done = { status: 'COMPLETED', phase: 'Done' } as const;

const scheduled = (start: unknown) => async (testbed: Testbed) =>
  await testbed.temporal.start('runScheduled', workflowId, [{ schedule: 'hours', start }]);

testCrashes([
  {
    name: 'a scheduled provisioning of what is there already',
    workflowId,
    durations: quickCreates,
    prepare: finishMainJob,
    play: scheduled({ what: 'provision', document: environmentDocument(name, { deadlines }) }),
    outcome: { ...ready, ...done },
  },
  {
    name: 'a scheduled teardown',
    workflowId,
    durations: quickCreates,
    prepare: finishMainJob,
    play: scheduled({ what: 'teardown', name }),
    outcome: { ...nothing, ...done, made: bothMade },
  },
]);
