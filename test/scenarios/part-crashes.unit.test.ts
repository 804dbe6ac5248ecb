import { expect } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { poolPart, publicNotebookPart } from '../workflows/documents.js';
import { bothMade, finishMainJob, name } from './steps.js';
import { testCrashes } from './suites/crash-suite.js';
import { quickCreates } from './suites/scenario.js';

const ready = { status: 'COMPLETED', phase: 'Ready', open: [`lease/${name}`] } as const;

const change = (verb: 'start' | 'stop') => async (testbed: Testbed) => {
  const order = { kind: 'notebook', name, change: verb, by: 'op', reason: 'test' };
  await testbed.temporal.start('changeResource', `change/notebook/${name}`, [order]);
};

testCrashes([
  {
    name: 'a pool alone',
    workflowId: `pool/${name}`,
    play: async ({ temporal }) => await temporal.start('provisionPool', `pool/${name}`, [{ name, pool: poolPart() }]),
    outcome: { ...ready, pools: [`${name} Running`], notebooks: [], made: ['pools.create'] },
  },
  {
    name: 'a notebook alone',
    workflowId: `notebook/${name}`,
    play: async ({ temporal }) =>
      await temporal.start('launchNotebook', `notebook/${name}`, [{ name, notebook: publicNotebookPart() }]),
    outcome: { ...ready, pools: [], notebooks: [`${name} RUNNING`], made: ['notebooks.create'] },
  },
  {
    name: 'the stop of a notebook',
    workflowId: `change/notebook/${name}`,
    durations: quickCreates,
    prepare: finishMainJob,
    play: async (testbed) => {
      await change('stop')(testbed);
      const { temporal } = testbed;
      await temporal.run({ until: () => temporal.status(`change/notebook/${name}`) !== 'RUNNING' });
      // The refresh that its lease was asked for belongs to it.
      await temporal.run({ maxTime: 60_000 });
      expect((await testbed.progress(`lease/${name}`)).notebook?.status).toBe('STOPPED');
    },
    outcome: {
      status: 'COMPLETED',
      phase: 'Done',
      pools: [`${name} Running`],
      notebooks: [`${name} STOPPED`],
      made: bothMade,
      open: [`lease/${name}`],
    },
  },
]);
