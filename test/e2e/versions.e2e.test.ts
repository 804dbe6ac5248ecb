import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Progress } from '../../src/contract/progress.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { endLeaked, maops } from '../support/maops.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until } from '../support/until.js';
import { environmentDocument, freshName } from '../workflows/documents.js';

afterEach(async () => expect(await endLeaked()).toEqual([]));

const deploymentName = 'modelarts-ops';

test('a run that started on version 1 ends there while version 2 takes the new runs', async () => {
  const simulator = createSimulator({ speed: 60 });
  const served = await serveSimulator(simulator, { port: 0 });
  const { address, namespace } = temporalAddress();
  const taskQueue = `versions-${randomBytes(4).toString('hex')}`;
  const version = () => randomBytes(4).toString('hex');
  const [one, two] = [version(), version()];
  const env = {
    ...clientEnvironment(served.url),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    MAOPS_TASK_QUEUE: taskQueue,
    MAOPS_POLL_MIN: '200ms',
    MAOPS_POLL_MAX: '500ms',
    MAOPS_MAX_RPS: '100',
  };
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const setCurrent = async (buildId: string) => {
    const asked = { namespace, deploymentName, buildId, ignoreMissingTaskQueues: true, identity: 'test' };
    // The server knows a version once its worker has polled.
    await until(`version ${buildId} is the current one`, () =>
      connection.workflowService.setWorkerDeploymentCurrentVersion(asked).catch(() => null),
    );
  };
  const start = (name: string) =>
    client.workflow.start('provisionPoolThenLaunchNotebook', {
      workflowId: `env/${name}`,
      taskQueue,
      args: [environmentDocument(name)],
    });
  const versionOf = async (workflowId: string) => {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
  };
  /** Identities of the processes that ran the activities of a run, on whichever queue. */
  const ranBy = async (workflowId: string) => {
    const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
    const started = (events ?? []).flatMap(({ activityTaskStartedEventAttributes: one }) => one?.identity ?? []);
    const queues = (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: one }) => one?.taskQueue?.name?.replace(taskQueue, '') ?? [],
    );
    return { processes: new Set(started.map((identity) => Number(identity.split('@')[0]))), queues: new Set(queues) };
  };
  const workers = [maops(['worker'], { ...env, MAOPS_BUILD_ID: one })];
  try {
    await setCurrent(one);
    const [first, second] = [freshName(), freshName()];
    const early = await start(first);
    await until(`${first} waits for its pool`, async () => {
      const progress = await early.query<Progress>('progress').catch(() => null);
      return progress?.phase === 'AwaitingPool';
    });
    workers.push(maops(['worker'], { ...env, MAOPS_BUILD_ID: two }));
    await setCurrent(two);
    const late = await start(second);
    expect(await early.result()).toMatchObject({ phase: 'Ready' });
    expect(await late.result()).toMatchObject({ phase: 'Ready' });
    expect([await versionOf(`env/${first}`), await versionOf(`env/${second}`)]).toEqual([one, two]);
    // Pinned activities go to pollers of their own version on the queue of waits too.
    const [pids, queues] = [workers.map(({ pid }) => pid), new Set(['', '-waits'])];
    expect(await ranBy(`env/${first}`)).toEqual({ processes: new Set([pids[0]]), queues });
    expect(await ranBy(`env/${second}`)).toEqual({ processes: new Set([pids[1]]), queues });
    expect([simulator.requests('pools.create').length, simulator.requests('notebooks.create').length]).toEqual([2, 2]);
  } finally {
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers.map((worker) => worker.ended));
    await connection.workflowService
      .setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId: '', identity: 'test' })
      .catch(() => undefined);
    await connection.close();
    await served.close();
  }
}, 120_000);
