import type { CurrentNotebookRecord } from '../../src/simulator/current-notebooks/record.js';
import type { Testbed } from '../support/testbed.js';
import { environmentDocument } from '../workflows/documents.js';
import type { Outcome } from './suites/crash-suite.js';

/** The product's own deadlines, where the documents of other tests have short ones. */
export const deadlines = { pool: '90m', notebook: '20m', capacity: '12h', ask: '24h', undo: '30m' };
const mainJob = 'provisionPoolThenLaunchNotebook';

/** The one environment of every scenario. */
export const name = 'team-a';

/** Starts the main job with the product's own deadlines. */
export async function startMainJob({ temporal }: Testbed, change: Record<string, unknown> = {}): Promise<void> {
  await temporal.start(mainJob, `env/${name}`, [environmentDocument(name, { deadlines, ...change })]);
}

/** Runs the main job to its end. */
export async function finishMainJob(testbed: Testbed, change: Record<string, unknown> = {}): Promise<void> {
  await startMainJob(testbed, change);
  await testbed.temporal.result(`env/${name}`);
}

/** The one notebook of the current API in the cloud. */
export function onlyCurrentNotebook({ simulator }: Testbed): CurrentNotebookRecord {
  const [first, second] = simulator.state().currentNotebooks;
  if (first === undefined || second !== undefined) throw new Error('not exactly one notebook');
  return first;
}

/** Runs until the operation shows the phase. */
export async function untilPhase({ temporal }: Testbed, phase: string, workflowId = `env/${name}`): Promise<void> {
  await temporal.run({ until: () => temporal.searchAttributes(workflowId).MaopsPhase === phase });
}

/** Starts the main job and runs it into a phase. */
export const upTo =
  (phase: string) =>
  async (testbed: Testbed): Promise<void> => {
    await startMainJob(testbed);
    await untilPhase(testbed, phase);
  };

export const bothMade = ['pools.create', 'notebooks.create'];

export const ready: Outcome = {
  status: 'COMPLETED',
  phase: 'Ready',
  pools: [`${name} Running`],
  notebooks: [`${name} RUNNING`],
  made: bothMade,
  open: [`lease/${name}`],
};

export const nothing = { pools: [], notebooks: [], open: [] };
