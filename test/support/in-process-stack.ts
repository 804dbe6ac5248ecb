import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { heartbeatInterceptor } from '../../src/activities/heartbeats.js';
import { createActivities, waitActivities } from '../../src/activities/index.js';
import { CreationTimes } from '../../src/activities/resource/creation-times.js';
import { WaitLoad } from '../../src/activities/waits.js';
import { createDataConverter } from '../../src/codec/data-converter.js';
import type { Progress } from '../../src/contract/progress.js';
import type { Settings } from '../../src/contract/settings.js';
import { createModelArts, type ModelArts } from '../../src/modelarts/client.js';
import { Secret } from '../../src/modelarts/secret.js';
import { realSleep } from '../../src/modelarts/timing.js';
import { createWatchers } from '../../src/modelarts/watchers.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { type RunningSimulator, serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { createLogger } from '../../src/worker/logging.js';
import { type Slots, startWorker } from '../../src/worker/temporal-worker.js';
import { temporalAddress } from './temporal-server.js';
import { workflowBundle } from './workflow-bundle.js';

// Many tests expect failing runs, so log only errors.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** Short times, so that a whole run takes seconds. The simulator runs 250 times faster, and the polls match. */
export const quick = {
  pollMinMs: 100,
  pollMaxMs: 300,
  pollWindowMs: 5_000,
  abnormalGraceMs: 1_000,
  consistencyWindowMs: 1_500,
  httpTimeoutMs: 2_000,
};

export interface InProcessStack {
  readonly simulator: Simulator;
  readonly served: RunningSimulator;
  readonly client: Client;
  readonly taskQueue: string;
  readonly installation: string;
  /** Starts a workflow by its type name and id, as any language could. */
  start(type: string, workflowId: string, argument: unknown): ReturnType<Client['workflow']['start']>;
  progress(workflowId: string): Promise<Progress>;
  /** Adds a foreign resource, or one in any state, to the simulator (`POST /_sim/pools`, `/_sim/notebooks`). */
  place(kind: 'pools' | 'notebooks', resource: Readonly<Record<string, unknown>>): Promise<void>;
  /** Changes where a flavor is on sale (`POST /_sim/flavors/{name}/sale`). */
  setSale(flavor: string, status: 'normal' | 'soldout'): Promise<void>;
  /** Polls every 50 ms until `wanted` holds. Fails with the last progress after `limitMs`. */
  until(workflowId: string, wanted: (progress: Progress) => boolean, limitMs?: number): Promise<Progress>;
  stop(): Promise<void>;
}

export interface InProcessStackOptions {
  readonly faults?: readonly Fault[];
  readonly speed?: number;
  /** @defaultValue 100 of each */
  readonly slots?: Slots;
  readonly settings?: Partial<Settings>;
  /** @defaultValue the server that all test files share */
  readonly server?: { readonly address: string; readonly namespace: string };
}

/** A simulator over HTTP, a worker in this process and a client, on a task queue of their own. */
export async function startInProcessStack(options: InProcessStackOptions = {}): Promise<InProcessStack> {
  const simulator = createSimulator({ speed: options.speed ?? 250, faults: options.faults ?? [] });
  const served = await serveSimulator(simulator, { port: 0 });
  const taskQueue = `test-${randomBytes(4).toString('hex')}`;
  const installation = randomBytes(3).toString('hex');
  const { address, namespace } = options.server ?? temporalAddress();
  const connection = await Connection.connect({ address });
  const dataConverter = createDataConverter([]);
  const client = new Client({ connection, namespace, dataConverter });
  const shutdown = new AbortController();
  setMaxListeners(0, shutdown.signal);
  const token = clientEnvironment(served.url).MODELARTS_TOKEN ?? '';
  const modelarts: ModelArts = createModelArts({
    endpoint: served.url,
    projectId: simulator.projectId,
    credentials: { kind: 'token', token: new Secret(token) },
    httpTimeoutMs: quick.httpTimeoutMs,
    maxRps: 1_000,
  });
  const settings = { ...quick, ...options.settings };
  const watching = { pace: settings, signal: shutdown.signal };
  const nativeConnection = await NativeConnection.connect({ address });
  const worker = await startWorker({
    connection: nativeConnection,
    namespace,
    taskQueue,
    slots: options.slots ?? { calls: 100, waits: 100 },
    waitActivities,
    size: { workflowThreads: 1, workflowSlots: 6, workflowPollers: 3, cachedWorkflows: 1_000, stickyTimeoutMs: 1_000 },
    logger: createLogger({ level: 'error' }),
    onStop: () => shutdown.abort(),
    workflowBundle: workflowBundle(),
    dataConverter,
    activities: createActivities({
      modelarts,
      watchers: createWatchers(modelarts, watching),
      creationTimes: new CreationTimes(),
      temporal: client,
      taskQueue,
      installation,
      settings,
      waitLoad: new WaitLoad(Date.now),
      webhooks: { secret: null },
      prices: null,
      shutdown: shutdown.signal,
      now: Date.now,
      sleep: realSleep,
    }),
    activityInterceptors: [() => ({ inbound: heartbeatInterceptor() })],
  });

  const control = async (path: string, body: unknown) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${served.url}/_sim/${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const progress = (workflowId: string) => client.workflow.getHandle(workflowId).query<Progress>('progress');
  return {
    simulator,
    served,
    client,
    taskQueue,
    installation,
    start: (type, workflowId, argument) => client.workflow.start(type, { workflowId, taskQueue, args: [argument] }),
    progress,
    place: (kind, resource) => control(kind, resource),
    setSale: (flavor, status) => control(`flavors/${flavor}/sale`, { status }),
    async until(workflowId, wanted, limitMs = 20_000) {
      const end = Date.now() + limitMs;
      for (;;) {
        const now = await progress(workflowId);
        if (wanted(now)) return now;
        if (Date.now() > end) throw new Error(`not reached: ${JSON.stringify(now)}`);
        await realSleep(50);
      }
    },
    async stop() {
      await worker.stop();
      modelarts.close();
      await nativeConnection.close();
      await connection.close();
      await served.close();
    },
  };
}
