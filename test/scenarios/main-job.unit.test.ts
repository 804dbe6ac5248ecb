import { describe, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/client';
import type { Progress } from '../../src/contract/progress.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { environmentDocument } from '../workflows/documents.js';
import { deadlines } from './steps.js';

const type = 'provisionPoolThenLaunchNotebook';

const newStack = testbedsForFile();

async function start(
  name: string,
  change: Record<string, unknown> = {},
  options: TestbedOptions = {},
): Promise<Testbed> {
  const testbed = await newStack(options);
  await testbed.temporal.start(type, `env/${name}`, [environmentDocument(name, { deadlines, ...change })]);
  return testbed;
}

const phaseOf = ({ temporal }: Testbed) => temporal.searchAttributes('env/team-a').MaopsPhase;

describe('the main job in virtual time', () => {
  test('ends Ready with one pool, one notebook and a lease', async () => {
    const { temporal, simulator, progress } = await start('team-a');
    const result = await temporal.result<Progress>('env/team-a');
    expect(result).toMatchObject({ phase: 'Ready', percent: 100, failure: null, notebook: { status: 'RUNNING' } });
    expect(await progress('lease/team-a')).toMatchObject({ phase: 'Leased' });
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
    expect(temporal.searchAttributes('env/team-a')).toMatchObject({ MaopsPhase: 'Ready', MaopsEnvironment: 'team-a' });
    expect(temporal.openWorkflows()).toEqual(['lease/team-a']);
  });

  test('rolls back when it is cancelled while it awaits the pool', async () => {
    const testbed = await start('team-a');
    const { temporal, simulator, progress } = testbed;
    await temporal.run({ until: () => phaseOf(testbed) === 'AwaitingPool' });
    await temporal.run({ maxTime: 60_000 });
    await temporal.cancel('env/team-a');
    await expect(temporal.result('env/team-a')).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
    expect(await progress('env/team-a')).toMatchObject({
      phase: 'Cancelled',
      steps: [{}, { state: 'undone' }, { state: 'pending' }],
    });
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
    expect(temporal.openWorkflows()).toEqual([]);
  });

  test('fails before anything is created, and names what can be created, without the first notebook API', async () => {
    const { temporal, simulator } = await start(
      'team-a',
      {},
      { simulator: { behavior: { historicalNotebookApi: false } } },
    );
    await expect(temporal.result('env/team-a')).rejects.toMatchObject({
      cause: {
        details: [{ failure: { type: 'RequestRejected', hint: expect.stringContaining('maops pool create') } }],
      },
    });
    expect(simulator.state().pools).toEqual([]);
  });

  test('fails with InvalidSpec before it calls the service', async () => {
    const { temporal, calls } = await start('team-a', { pool: { flavor: 'x' } });
    await expect(temporal.result('env/team-a')).rejects.toMatchObject({
      cause: { type: 'InvalidSpec', nonRetryable: true, details: [{ phase: 'Failed' }] },
    });
    expect(calls()).toBe(0);
  });

  test('is torn down while it runs: the operation is cancelled first, and nothing is left', async () => {
    const testbed = await start('team-a');
    const { temporal, simulator } = testbed;
    await temporal.run({ until: () => phaseOf(testbed) === 'AwaitingNotebook' });
    await temporal.start('teardownEnvironment', 'teardown/team-a', [{ name: 'team-a' }]);
    expect(await temporal.result('teardown/team-a')).toMatchObject({ phase: 'Gone' });
    expect(temporal.status('env/team-a')).toBe('CANCELLED');
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('continues as new when its history grows', async () => {
    const { temporal, simulator } = await start('team-a', {}, { suggestContinueAsNewAfter: 70 });
    expect(await temporal.result('env/team-a')).toMatchObject({ phase: 'Ready' });
    expect(temporal.namespace.runs.filter(({ workflowId }) => workflowId === 'env/team-a').length).toBeGreaterThan(1);
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });
});
