import { describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { poolPart } from '../workflows/documents.js';
import { control } from './outside-changes.js';
import { deadlines, finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const workflowId = `env/${name}`;
const newStack = testbedsForFile();

const times = ({ simulator }: Testbed, operation: string) =>
  simulator.requests(operation).map(({ at }) => Date.parse(at));

/** When the last scope of the pool was enabled, to the second. */
async function untilUsable({ temporal, simulator }: Testbed): Promise<number> {
  const isUsable = () => {
    const [pool] = simulator.view().pools;
    return pool?.phase === 'Running' && pool.scopes.every(({ state }) => state === 'Enabled');
  };
  while (!isUsable()) await temporal.run({ maxTime: 1_000 });
  return temporal.now();
}

describe('the notebook of a pool that was observed usable once', () => {
  test('is created at once, and the pool is observed again before Ready', async () => {
    const testbed = await newStack();
    await startMainJob(testbed);
    const usableAt = await untilUsable(testbed);
    await testbed.temporal.result(workflowId);
    const [createdAt = 0] = times(testbed, 'notebooks.create');
    const looks = times(testbed, 'pools.list').filter((at) => at > usableAt - 1_000);
    expect(looks.filter((at) => at <= createdAt)).toHaveLength(1);
    const [first = 0] = looks;
    expect((looks.at(-1) ?? 0) - first).toBeGreaterThanOrEqual(testbed.settings.pollMinMs);
    expect(looks.at(-1)).toBeGreaterThan(createdAt);
  });

  test('is skipped by an operator: the pool is observed again all the same', async () => {
    const refused: Fault = { operation: 'notebooks.create', kind: 'status', status: 400 };
    const testbed = await newStack({ simulator: { faults: [refused] } });
    await startMainJob(testbed, { onFailure: 'ask' });
    await untilPhase(testbed, 'AwaitingOperator');
    await testbed.temporal.run({ maxTime: 60_000 });
    const before = times(testbed, 'pools.list').length;
    await testbed.temporal.update(workflowId, 'resolve', { verb: 'skip', by: 'op', reason: 'no', step: 'notebook' });
    expect(await testbed.temporal.result<Progress>(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(times(testbed, 'pools.list').length).toBeGreaterThan(before);
  });
});

test('a pool without a notebook is observed usable twice', async () => {
  const testbed = await newStack();
  const { temporal, settings } = testbed;
  await temporal.start('provisionPool', `pool/${name}`, [{ name, pool: poolPart(), deadlines }]);
  const usableAt = await untilUsable(testbed);
  expect(await temporal.result<Progress>(`pool/${name}`)).toMatchObject({ phase: 'Ready' });
  const looks = times(testbed, 'pools.list').filter((at) => at > usableAt - 1_000);
  expect(looks.length).toBe(2);
  expect((looks[1] ?? 0) - (looks[0] ?? 0)).toBeGreaterThanOrEqual(settings.pollMinMs);
});

describe('a pool that turns unusable just before the notebook is created', () => {
  const refused: Fault = { operation: 'notebooks.create', kind: 'status', status: 400 };

  async function turned(): Promise<Testbed> {
    const testbed = await newStack({ simulator: { faults: [refused] } });
    const { temporal } = testbed;
    await startMainJob(testbed);
    await temporal.run({
      until: () => temporal.history(workflowId).at(-1)?.commands.join().includes('createNotebook') === true,
    });
    await control(testbed, `pools/${name}`, { phase: 'Abnormal' });
    return testbed;
  }

  test('is reported as the cause when the notebook is refused', async () => {
    const testbed = await turned();
    await expect(testbed.temporal.result(workflowId)).rejects.toThrow();
    expect(await testbed.progress(workflowId)).toMatchObject({
      phase: 'RolledBack',
      failure: { step: 'pool', type: 'PoolUnhealthy' },
      steps: [{}, { name: 'pool', state: 'undone' }, { name: 'notebook', state: 'pending' }],
    });
  });

  test('is awaited, and the notebook is created when it has recovered', async () => {
    const testbed = await turned();
    await untilPhase(testbed, 'AwaitingPool');
    await testbed.temporal.run({ maxTime: 60_000 });
    await control(testbed, `pools/${name}`, { phase: 'Running' });
    expect(await testbed.temporal.result<Progress>(workflowId)).toMatchObject({ phase: 'Ready', failure: null });
    expect(testbed.simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 2 });
  });
});

test('a notebook that fails on a usable pool fails its own step', async () => {
  const testbed = await newStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
  });
  await expect(finishMainJob(testbed)).rejects.toThrow();
  expect(await testbed.progress(workflowId)).toMatchObject({ failure: { step: 'notebook', type: 'NotebookFailed' } });
});
