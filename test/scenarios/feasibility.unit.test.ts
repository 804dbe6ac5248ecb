import { expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { notebookPart, poolPart } from '../workflows/documents.js';
import { control } from './outside.js';
import { name, nothing, startMainJob } from './stories.js';

const newStack = stacksForFile();

async function ended({ world, progress }: VirtualStack, workflowId: string): Promise<Progress> {
  await world.run({ until: () => world.status(workflowId) !== 'RUNNING' });
  return await progress(workflowId);
}

test.each([
  ['the pool takes no notebooks', { pool: poolPart({ scope: ['Train'] }) }, 'pool.scope'],
  ['the pool has no GPU', { pool: poolPart({ flavors: ['modelarts.vm.cpu.8ud'] }) }, 'notebook.flavor'],
  ['the project has no such flavor', { pool: poolPart({ flavors: ['modelarts.vm.gpu.none'] }) }, 'pool.flavors'],
])('a run fails before it creates anything when %s', async (_, change, path) => {
  const stack = await newStack();
  await startMainJob(stack, change);
  expect(await ended(stack, `env/${name}`)).toMatchObject({
    phase: 'Failed',
    failure: { type: 'InvalidSpec', step: 'validate', message: expect.stringContaining(`${path}: `) },
  });
  expect({ ...stack.simulator.state(), open: stack.world.openWorkflows() }).toMatchObject(nothing);
  expect(stack.simulator.requests('pools.create')).toEqual([]);
});

test.each([
  ['does not exist', null],
  ['takes no notebooks', ['Train']],
])('a notebook on a pool that %s is refused before its create', async (_, scope) => {
  const stack = await newStack();
  const { world, simulator } = stack;
  if (scope !== null) await control(stack, 'pools', { name: 'shared', flavor: 'modelarts.vm.gpu.t4u8', scope });
  const id = `shared-${simulator.projectId}`;
  const document = { name, notebook: notebookPart({ pool: { id } }) };
  await world.start('launchNotebook', `notebook/${name}`, [document]);
  expect(await ended(stack, `notebook/${name}`)).toMatchObject({
    phase: 'Failed',
    failure: { type: 'InvalidSpec', step: 'validate', message: expect.stringContaining(`notebook.pool.id: `) },
  });
  expect(simulator.requests('notebooks.create')).toEqual([]);
});

test('what the service refuses to list stops no run', async () => {
  const stack = await newStack();
  stack.simulator.faults.plan({ operation: 'flavors.list', kind: 'forbidden', code: 'APIGW.0302' });
  await startMainJob(stack);
  expect(await ended(stack, `env/${name}`)).toMatchObject({ phase: 'Ready' });
});
