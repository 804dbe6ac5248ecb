import { expect } from '@jest/globals';
import { testCrashes } from '../temporal-sim/crash-suite.js';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { poolPart, publicNotebookPart } from '../workflows/documents.js';
import { bothMade, finishMainJob, name } from './stories.js';

const ready = { status: 'COMPLETED', phase: 'Ready', open: [`lease/${name}`] } as const;

const change = (verb: 'start' | 'stop') => async (stack: VirtualStack) => {
  const order = { kind: 'notebook', name, change: verb, by: 'op', reason: 'test' };
  await stack.world.start('changeResource', `change/notebook/${name}`, [order]);
};

testCrashes([
  {
    name: 'a pool alone',
    workflowId: `pool/${name}`,
    play: async ({ world }) => await world.start('provisionPool', `pool/${name}`, [{ name, pool: poolPart() }]),
    outcome: { ...ready, pools: [`${name} Running`], notebooks: [], made: ['pools.create'] },
  },
  {
    name: 'a notebook alone',
    workflowId: `notebook/${name}`,
    play: async ({ world }) =>
      await world.start('launchNotebook', `notebook/${name}`, [{ name, notebook: publicNotebookPart() }]),
    outcome: { ...ready, pools: [], notebooks: [`${name} RUNNING`], made: ['notebooks.create'] },
  },
  {
    name: 'the stop of a notebook',
    workflowId: `change/notebook/${name}`,
    prepare: finishMainJob,
    play: async (stack) => {
      await change('stop')(stack);
      const { world } = stack;
      await world.run({ until: () => world.status(`change/notebook/${name}`) !== 'RUNNING' });
      // The look that its lease was asked for belongs to it.
      await world.run({ maxTime: 60_000 });
      expect((await stack.progress(`lease/${name}`)).notebook?.status).toBe('STOPPED');
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
