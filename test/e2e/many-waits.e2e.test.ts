import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { phaseAttribute } from '../../src/contract/search-attributes.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { endLeaked, maops } from '../support/maops.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until } from '../support/until.js';
import { poolPart } from '../workflows/documents.js';

afterEach(async () => expect(await endLeaked()).toEqual([]));

const waiting = 300;
const soldOut = 'modelarts.vm.gpu.tnt004';

test('a create and a delete pass 300 waits although calls have two slots, and the worker stops with all of them open', async () => {
  const simulator = createSimulator({ speed: 60 });
  const served = await serveSimulator(simulator, { port: 0 });
  const { address, namespace } = temporalAddress();
  const taskQueue = `waits-${randomBytes(4).toString('hex')}`;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const worker = maops(['worker'], {
    ...clientEnvironment(served.url),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    MAOPS_TASK_QUEUE: taskQueue,
    MAOPS_CALL_SLOTS: '2',
    MAOPS_MAX_RPS: '500',
    MAOPS_POLL_MIN: '500ms',
  });
  const start = async (type: string, workflowId: string, document: unknown) =>
    await client.workflow.start(type, { workflowId, taskQueue, args: [document] });
  const phaseOf = async (workflowId: string) =>
    (await client.workflow.getHandle(workflowId).describe()).typedSearchAttributes.get(phaseAttribute);
  const waits = async () =>
    (
      await client.workflow.count(
        `TaskQueue = '${taskQueue}' AND MaopsPhase = 'AwaitingCapacity' AND ExecutionStatus = 'Running'`,
      )
    ).count;
  const name = `team-${randomBytes(4).toString('hex')}`;
  try {
    await fetch(`${served.url}/_sim/flavors/${soldOut}/sale`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ status: 'soldout' }),
    });
    await Promise.all(
      Array.from({ length: waiting }, (_, index) => {
        const crowd = `${name}-${index}`;
        return start('provisionPool', `pool/${crowd}`, { name: crowd, pool: poolPart({ flavors: [soldOut] }) });
      }),
    );
    await until('all wait for capacity', async () => (await waits()) === waiting, 120_000);
    await start('provisionPool', `pool/${name}`, { name, pool: poolPart() });
    await until('the create is sent', () => simulator.requests('pools.create').length === 1);
    await until('the pool is ready', async () => (await phaseOf(`pool/${name}`)) === 'Ready');
    await start('teardownEnvironment', `teardown/${name}`, { name });
    await until('the delete is sent', () => simulator.requests('pools.delete').length === 1);
    await until('it is gone', async () => (await phaseOf(`teardown/${name}`)) === 'Gone');
    expect(await waits()).toBe(waiting);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(worker.stderr()).not.toContain('did not end within');
  } finally {
    worker.kill('SIGKILL');
    await worker.ended;
    await connection.workflowService.startBatchOperation({
      namespace,
      jobId: taskQueue,
      reason: 'the test is over',
      visibilityQuery: `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`,
      terminationOperation: { identity: 'test' },
    });
    await connection.close();
    await served.close();
  }
}, 240_000);
