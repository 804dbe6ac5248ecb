import { describe, expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { poolPart } from '../workflows/documents.js';
import { deadlines, name, startMainJob, untilPhase } from './steps.js';

const minute = 60_000;
const workflowId = `env/${name}`;
const newStack = testbedsForFile();
const asking = { onFailure: 'ask', deadlines: { ...deadlines, capacity: '10m' } };

/** Waits for the operator's turn, and has the step tried again. */
async function retry(testbed: Testbed, step: 'pool' | 'notebook'): Promise<void> {
  await untilPhase(testbed, 'AwaitingOperator');
  await testbed.temporal.update(workflowId, 'resolve', { verb: 'retry', by: 'op', reason: 'again', step });
}

describe('an operator’s retry of a step that was refused for lack of capacity', () => {
  const body = { json: { error_code: 'ModelArts.6329', error_msg: 'no resources' } };
  const refused = (operation: 'pools.create' | 'notebooks.create') =>
    ({ operation, kind: 'status', status: 400, body, times: 'always' }) as const;

  test.each(['pool', 'notebook'] as const)('pauses as for the first refusal: %s', async (step) => {
    const operation = `${step}s.create` as const;
    const testbed = await newStack({ simulator: { faults: [refused(operation)] } });
    const { temporal, simulator } = testbed;
    await startMainJob(testbed, asking);
    await retry(testbed, step);
    const before = simulator.requests(operation).length;
    await temporal.run({ until: () => simulator.requests(operation).length >= before + 2 });
    const [first = 0, second = 0] = simulator
      .requests(operation)
      .slice(-2)
      .map(({ at }) => Date.parse(at));
    expect(second - first).toBeGreaterThanOrEqual(minute);
    expect(second - first).toBeLessThan(1.5 * minute);
  });

  test('is not reported as SoldOut when nothing was refused since', async () => {
    const testbed = await newStack({ simulator: { faults: [refused('pools.create')] } });
    const { temporal, simulator, progress } = testbed;
    await startMainJob(testbed, { ...asking, deadlines: { ...deadlines, pool: '20m', capacity: '10m' } });
    await untilPhase(testbed, 'AwaitingOperator');
    simulator.faults.clear();
    simulator.faults.plan({ operation: 'pools.show', kind: 'status', status: 503, times: 'always' });
    await retry(testbed, 'pool');
    await temporal.run({ maxTime: minute });
    await untilPhase(testbed, 'AwaitingOperator');
    expect(await progress(workflowId)).toMatchObject({ failure: { step: 'pool', type: 'DeadlineExceeded' } });
  });

  test('starts again with the first flavor', async () => {
    const flavors = ['modelarts.vm.gpu.t4u8', 'modelarts.vm.gpu.tnt004'];
    const testbed = await newStack({ simulator: { faults: [refused('pools.create')] } });
    const { temporal, simulator } = testbed;
    await startMainJob(testbed, { ...asking, deadlines: { ...deadlines, pool: '30s' }, pool: poolPart({ flavors }) });
    await temporal.run({ until: () => simulator.requests('pools.create').length === 1 });
    simulator.faults.plan({ operation: 'flavors.list', kind: 'status', status: 503, times: 20 });
    await untilPhase(testbed, 'AwaitingOperator');
    simulator.faults.clear();
    await retry(testbed, 'pool');
    await temporal.run({ until: () => simulator.state().pools.length > 0 });
    expect(simulator.state().pools).toMatchObject([{ spec: { resources: [{ flavor: flavors[0] }] } }]);
  });
});
