import { expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { notebookPart, poolPart } from '../workflows/documents.js';
import { control } from './outside-changes.js';
import { name, nothing, startMainJob } from './steps.js';

const newStack = testbedsForFile();

async function ended({ temporal, progress }: Testbed, workflowId: string): Promise<Progress> {
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
  return await progress(workflowId);
}

test.each([
  ['the pool takes no notebooks', { pool: poolPart({ scope: ['Train'] }) }, 'pool.scope'],
  ['the pool has no GPU', { pool: poolPart({ flavors: ['modelarts.vm.cpu.8ud'] }) }, 'notebook.flavor'],
  ['the project has no such flavor', { pool: poolPart({ flavors: ['modelarts.vm.gpu.none'] }) }, 'pool.flavors'],
])('a run fails before it creates anything when %s', async (_, change, path) => {
  const testbed = await newStack();
  await startMainJob(testbed, change);
  expect(await ended(testbed, `env/${name}`)).toMatchObject({
    phase: 'Failed',
    failure: { type: 'InvalidSpec', step: 'validate', message: expect.stringContaining(`${path}: `) },
  });
  expect({ ...testbed.simulator.state(), open: testbed.temporal.openWorkflows() }).toMatchObject(nothing);
  expect(testbed.simulator.requests('pools.create')).toEqual([]);
});

test.each([
  ['does not exist', null],
  ['takes no notebooks', ['Train']],
])('a notebook on a pool that %s is refused before its create', async (_, scope) => {
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  if (scope !== null) await control(testbed, 'pools', { name: 'shared', flavor: 'modelarts.vm.gpu.t4u8', scope });
  const id = `shared-${simulator.projectId}`;
  const document = { name, notebook: notebookPart({ pool: { id } }) };
  await temporal.start('launchNotebook', `notebook/${name}`, [document]);
  expect(await ended(testbed, `notebook/${name}`)).toMatchObject({
    phase: 'Failed',
    failure: { type: 'InvalidSpec', step: 'validate', message: expect.stringContaining(`notebook.pool.id: `) },
  });
  expect(simulator.requests('notebooks.create')).toEqual([]);
});

test('a refused list stops no run', async () => {
  const testbed = await newStack();
  testbed.simulator.faults.plan({ operation: 'flavors.list', kind: 'forbidden', code: 'APIGW.0302' });
  await startMainJob(testbed);
  expect(await ended(testbed, `env/${name}`)).toMatchObject({ phase: 'Ready' });
});
