import { beforeAll, describe, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { makeWorkflowBundle } from '../../src/workflows/bundle.js';
import { openIn, readRecordings } from './recordings.js';

const recordings = readRecordings();
const creatingPhases = ['Validating', 'AwaitingCapacity', 'AwaitingOperator', 'RollingBack', 'Paused'];
const poolPhases = ['AwaitingApproval', 'CreatingPool', 'AwaitingPool'];
const notebookPhases = ['CreatingNotebook', 'AwaitingNotebook'];
const removalPhases = ['Planning', 'StoppingNotebook', 'DeletingNotebook', 'DeletingPool', 'Verifying'];
const shortPhases = ['Planning', 'Applying'];
/** The phases in which each workflow waits for something; a release keeps a recording of each. */
const waitingPhases: Readonly<Record<string, readonly string[]>> = {
  provisionPoolThenLaunchNotebook: [...creatingPhases, ...poolPhases, ...notebookPhases],
  provisionPool: ['Validating', 'CreatingPool', 'AwaitingPool'],
  launchNotebook: ['Validating', ...notebookPhases],
  leaseEnvironment: ['Leased', ...removalPhases],
  teardownEnvironment: removalPhases,
  changeResource: shortPhases,
  sweepExpired: shortPhases,
  auditResources: ['Planning', 'Reading'],
  runScheduled: shortPhases,
};

let code: string;
beforeAll(async () => {
  code = await makeWorkflowBundle();
});

const replay = async (history: unknown, name: string) =>
  await Worker.runReplayHistory({ workflowBundle: { code } }, history, name);

describe('a run that started on an earlier version continues on this one', () => {
  test.each(Object.entries(waitingPhases))('%s has a recording in every waiting phase', (workflowType, phases) => {
    const ofType = recordings.filter((recording) => recording.workflowType === workflowType);
    const recorded = new Set(ofType.flatMap(openIn).map(({ phase }) => phase));
    expect(phases.filter((phase) => !recorded.has(phase))).toEqual([]);
  });

  test('every recorded workflow type has its waiting phases listed', () => {
    const types = [...new Set(recordings.map(({ workflowType }) => workflowType))].sort();
    expect(types).toEqual(Object.keys(waitingPhases).sort());
  });

  test.each(recordings)('$file, from its beginning to its end', async ({ file, events }) => {
    await replay({ events }, file);
  });

  test.each(recordings)('$file, still open in each of its phases', async (recording) => {
    for (const { phase, history } of openIn(recording)) await replay(history, `${recording.file} in ${phase}`);
  });
});
