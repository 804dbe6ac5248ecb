import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import { heartbeatInterceptor } from './activities/heartbeats.js';
import { createActivities, waitActivities } from './activities/index.js';
import { stopInterceptor } from './activities/stop-interceptor.js';
import { createDataConverter } from './codec/data-converter.js';
import { type Config, ConfigError, readConfig } from './config.js';
import { waitQueueOf } from './contract/ids.js';
import type { PriceTable } from './domain/price.js';
import { visibleText } from './domain/visible-text.js';
import { createModelArts, type ModelArts } from './modelarts/client.js';
import { describeCredentials } from './modelarts/credentials.js';
import { realSleep } from './modelarts/timing.js';
import { createWatchers } from './modelarts/watchers.js';
import { readInstallation } from './temporal/installation.js';
import { checkNamespace, connectToTemporal } from './worker/connect.js';
import { exitProcess } from './worker/flush.js';
import { serveHealth, type WorkerState } from './worker/health.js';
import { createLogger, type Logger } from './worker/logging.js';
import { cachedWorkflows } from './worker/memory.js';
import { readPrices } from './worker/prices.js';
import { Readiness, type ReadinessOptions, watchModelArts, watchTemporal } from './worker/readiness.js';
import { installRuntime } from './worker/runtime.js';
import { type RunningWorker, startWorker } from './worker/temporal-worker.js';
import { loadWorkflowBundle } from './workflows/bundle.js';

export interface ComposeOptions {
  readonly logger: Logger;
  /** Stays the caller's: it is not closed with the worker. */
  readonly connection: NativeConnection;
  /** With codec keys it must be one that encodes failures. @defaultValue the bundle of the build that fits the keys */
  readonly workflowBundle?: WorkflowBundleOption;
  /** @defaultValue read from the file that the settings name */
  readonly prices?: PriceTable | null;
}

/** A worker with the client that its activities call ModelArts by. */
export interface ComposedWorker extends RunningWorker {
  readonly modelarts: ModelArts;
}

/** Builds a whole worker from its settings: API client, watchers, activities, Temporal worker. Used in process by dev and tests too. */
export async function composeWorker(config: Config, options: ComposeOptions): Promise<ComposedWorker> {
  const { connection, logger } = options;
  const { namespace, taskQueue, settings } = config;
  const dataConverter = createDataConverter(config.codecKeys);
  const encryptedWith = config.codecKeys[0]?.id ?? null;
  const shutdown = new AbortController();
  // Every wait of the worker listens to it, and there may be as many as the worker takes activities: that is no leak.
  setMaxListeners(0, shutdown.signal);
  const installation = await readInstallation(connection, namespace, config.installation);
  const modelarts = createModelArts({
    ...config.modelarts,
    onCall: (record) => logger.debug(record, `${record.operation} ${record.status ?? 'without an answer'}`),
  });
  const watching = { pace: settings, signal: shutdown.signal };
  const maxCachedWorkflows = cachedWorkflows({
    heap: getHeapStatistics().heap_size_limit,
    container: process.constrainedMemory(),
  });
  const worker = await startWorker({
    connection,
    namespace,
    taskQueue,
    slots: config.slots,
    waitActivities,
    workflowBundle: options.workflowBundle ?? (await loadWorkflowBundle({ encodesFailures: encryptedWith !== null })),
    activities: createActivities({
      modelarts,
      watchers: createWatchers(modelarts, watching),
      temporal: new Client({ connection, namespace, dataConverter }),
      taskQueue,
      installation,
      settings,
      webhooks: { secret: config.webhookSecret },
      prices: options.prices === undefined ? readPrices(config.prices) : options.prices,
      shutdown: shutdown.signal,
      now: Date.now,
      sleep: realSleep,
    }),
    activityInterceptors: [() => ({ inbound: heartbeatInterceptor() }), () => ({ inbound: stopInterceptor() })],
    maxCachedWorkflows,
    buildId: config.buildId,
    dataConverter,
    logger,
    onStop: () => shutdown.abort(),
  });
  const waitQueue = waitQueueOf(taskQueue);
  const version = config.buildId === null ? '' : `, build id ${config.buildId}`;
  logger.info(
    { ...identity(config), waitQueue, slots: config.slots, installation, encryptedWith, maxCachedWorkflows },
    `working on task queue ${taskQueue} and ${waitQueue} for installation ${installation}${version}; ` +
      `Temporal ${config.address}, namespace ${namespace}; ${describeModelArts(config)}, credentials from ${config.modelarts.credentialsFrom}`,
  );
  const ended = worker.ended.finally(() => {
    shutdown.abort();
    modelarts.close();
  });
  ended.catch(() => {});
  return { stop: worker.stop, ended, modelarts };
}

/** Who a worker is to both services, as fields of the log. */
function identity({ address, namespace, taskQueue, buildId, proxy, tlsBy, modelarts }: Config) {
  const { endpoint, region, projectId, credentials, credentialsFrom } = modelarts;
  const as = describeCredentials(credentials);
  const temporal = { address, namespace, taskQueue, buildId, proxy: proxy?.address, tls: tlsBy !== null };
  return Object.assign(temporal, { endpoint, region, projectId, as, credentialsFrom });
}

function describeModelArts({ modelarts: { endpoint, projectId, credentials } }: Config): string {
  return `ModelArts ${endpoint}, project ${projectId}, ${describeCredentials(credentials)}`;
}

export interface RunOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Ends the worker gracefully. */
  readonly signal: AbortSignal;
}

/** Runs a worker process's work until the signal is aborted; throws when it cannot start or ends by itself. */
export async function runWorker({ config, logger, signal }: RunOptions): Promise<void> {
  const prices = readPrices(config.prices);
  installRuntime({ logger, metricsAddress: config.metricsAddress });
  let state: WorkerState = 'connecting';
  const readiness = new Readiness(Date.now);
  const watching = new AbortController();
  const health =
    config.healthAddress === null
      ? null
      : await serveHealth(config.healthAddress, () => ({ state, ...readiness.services }));
  try {
    const onUnreachable = (why: string) => {
      readiness.saw('temporal', { ok: false, state: 'unreachable', reason: `Temporal at ${config.address}: ${why}` });
    };
    const connecting = { config, logger, signal, sleep: realSleep, now: Date.now, onUnreachable };
    const connection = await connectToTemporal(connecting);
    try {
      await checkNamespace(connection, connecting);
      readiness.saw('temporal', { ok: true, state: 'accepted', reason: null });
      const worker = await composeWorker(config, { logger, connection, prices });
      state = 'running';
      const { modelarts } = worker;
      const looking = { config, connection, modelarts, logger, sleep: realSleep, now: Date.now };
      const watches = watchServices(readiness, { ...looking, signal: watching.signal }, health !== null);
      const stop = () => {
        state = 'stopping';
        watching.abort();
        logger.info('stopping: waits are handed over, calls under way are finished');
        worker.stop().catch(() => {});
      };
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      await Promise.race([worker.ended, watches]);
    } finally {
      // A worker that was given up still holds it, and the process ends without it.
      await connection.close().catch((error: unknown) => logger.debug({ reason: String(error) }, 'not closed'));
    }
  } catch (error) {
    // A worker that is told to stop before it has started has done what it was told.
    if (!signal.aborted || error !== signal.reason) {
      state = 'failed';
      throw error;
    }
  } finally {
    watching.abort();
    await health?.close();
  }
}

/** Looks at both services as long as somebody may ask for it, else once at the credentials; rejects by a mistake of ours only. */
async function watchServices(readiness: Readiness, options: ReadinessOptions, isAsked: boolean): Promise<never> {
  const { credentials, projectId, endpoint } = options.config.modelarts;
  const who = `${describeCredentials(credentials)} for project ${projectId} at ${endpoint}`;
  await Promise.all([
    watchModelArts(readiness, { ...options, who, once: !isAsked }),
    isAsked ? watchTemporal(readiness, options) : undefined,
  ]);
  return await new Promise<never>(() => {});
}

/** The worker process from environment to exit code: 0 after a signal, 2 for wrong settings, 1 for anything else. */
export async function workerMain(): Promise<number> {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    // Whoever asks a second time does not want to wait.
    if (stopping.signal.aborted) {
      process.stderr.write(`maops: ${signal} again; ending at once. Another worker takes the work over.\n`);
      process.exit(128 + constants.signals[signal]);
    }
    stopping.abort();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  try {
    const config = readConfig();
    const logger = createLogger({ format: config.log, level: config.logLevel });
    try {
      await runWorker({ config, logger, signal: stopping.signal });
      logger.info('stopped');
      return 0;
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      logger.fatal(error instanceof Error ? error.message : String(error));
      return 1;
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${visibleText(error.message)}\n`);
    return 2;
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Exits for certain: a connection that does not close must not outlast the 30 s that a stop may take.
  workerMain().then(
    (code) => exitProcess(code),
    (error: unknown) => {
      process.stderr.write(`${visibleText(String(error))}\n`);
      return exitProcess(1);
    },
  );
}
