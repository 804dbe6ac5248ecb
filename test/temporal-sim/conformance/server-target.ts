import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { temporalAddress } from '../../support/temporal-server.js';
import { until } from '../../support/until.js';
import { bundleCode } from '../workflow-bundle.js';
import { type AttemptRecord, conformanceActivities } from './activities.js';
import { conformanceWorkflows } from './conformance-workflows.js';
import type { Target } from './target.js';

// Many scenarios fail activities and workflows on purpose.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** The conformance worker on the real Temporal dev server. */
export async function startServerTarget(): Promise<Target & { stop(): Promise<void> }> {
  const attempts: AttemptRecord[] = [];
  const taskQueue = `conformance-${randomBytes(4).toString('hex')}`;
  const { address, namespace } = temporalAddress();
  const [connection, nativeConnection, code] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
    bundleCode(conformanceWorkflows),
  ]);
  const sleep = (ms: number, signal?: AbortSignal) =>
    pause(ms, undefined, { signal }).catch(() => signal?.throwIfAborted());
  const startWorker = async () => {
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace,
      taskQueue,
      workflowBundle: { code },
      activities: { ...conformanceActivities({ now: Date.now, sleep }, attempts) },
      stickyQueueScheduleToStartTimeout: '200 ms',
      shutdownGraceTime: '1 s',
    });
    const ended = worker.run();
    return async () => {
      worker.shutdown();
      await ended;
    };
  };
  let stopWorker = await startWorker();
  return {
    client: new Client({ connection, namespace }),
    taskQueue,
    attempts,
    during: (promise) => promise,
    until: async (what, fact) => void (await until(what, fact, 10_000)),
    // Timers of the server and of Node differ by a few milliseconds.
    duration: (actual, expected) => (actual >= expected - 10 ? expected : actual),
    async restartWorker() {
      await stopWorker();
      stopWorker = await startWorker();
    },
    async stop() {
      await stopWorker();
      await nativeConnection.close();
      await connection.close();
    },
  };
}
