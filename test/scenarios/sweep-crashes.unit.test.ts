import type { SweepProgress } from '../../src/contract/workflows.js';
import type { Testbed } from '../support/testbed.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { control, orphaned, placeStray } from './outside-changes.js';
import { bothMade, name, nothing } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';
import { quickCreates } from './suites/scenario.js';

const workflowId = 'sweep/crashes';
const rules = { orphans: { minAge: '0s' } };
const done = { status: 'COMPLETED', phase: 'Done', made: bothMade, ...nothing };

async function apply({ temporal }: Testbed, planHash?: string, more: object = {}): Promise<void> {
  await temporal.start('sweepExpired', workflowId, [{ apply: true, rules: { ...rules, ...more }, planHash }]);
}

const hashes = new WeakMap<Testbed, string | undefined>();

async function planned(testbed: Testbed): Promise<void> {
  await orphaned(testbed);
  await testbed.temporal.start('sweepExpired', 'sweep/plan', [{ rules }]);
  hashes.set(testbed, (await testbed.temporal.result<SweepProgress>('sweep/plan')).plan?.hash);
}

testCrashes([
  {
    name: 'a sweep by the hash of a plan',
    workflowId,
    durations: quickCreates,
    prepare: planned,
    play: async (testbed) => await apply(testbed, hashes.get(testbed)),
    outcome: done,
  },
  {
    name: 'a sweep of resources without a known name, whose delete fails at first',
    workflowId,
    faults: [{ operation: 'pools.delete', kind: 'deleteFails', how: 'reverts', optional: true }],
    prepare: placeStray,
    play: async (testbed) => await apply(testbed),
    outcome: { ...done, made: [] },
  },
  {
    name: 'a sweep that waits for a job beside a notebook of the current API',
    workflowId,
    durations: quickCreates,
    prepare: async (testbed) => {
      await orphaned(testbed, { notebook: currentNotebookPart() });
      await control(testbed, 'workloads', { pool: name, runsForMs: 60_000 });
    },
    play: async (testbed) => await apply(testbed, undefined, { busy: { drain: '1h' } }),
    outcome: { ...done, made: ['pools.create', 'currentNotebooks.create'] },
  },
]);
