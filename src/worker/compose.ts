import { setMaxListeners } from 'node:events';
import { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import { heartbeatInterceptor } from '../activities/heartbeats.js';
import { createActivities, waitActivities } from '../activities/index.js';
import { CreationTimes } from '../activities/resource/creation-times.js';
import { stopInterceptor } from '../activities/stop-interceptor.js';
import { WaitLoad } from '../activities/waits.js';
import { createDataConverter } from '../codec/data-converter.js';
import type { Config } from '../config.js';
import { waitQueueOf } from '../contract/ids.js';
import type { PriceTable } from '../domain/price.js';
import { createModelArts, type ModelArts } from '../modelarts/client.js';
import { describeCredentials } from '../modelarts/credentials.js';
import { realSleep } from '../modelarts/timing.js';
import { createWatchers } from '../modelarts/watchers.js';
import { readInstallation } from '../temporal/installation.js';
import { loadWorkflowBundle } from '../workflows/bundle.js';
import type { Logger } from './logging.js';
import { thisMachine } from './machine.js';
import { latenessInterceptor, OverloadWarnings } from './overload.js';
import { readPrices } from './prices.js';
import { shareRate } from './rate-share.js';
import { workerSize } from './size.js';
import { type RunningWorker, startWorker } from './temporal-worker.js';

export interface ComposeOptions {
  readonly logger: Logger;
  /** The caller closes it. */
  readonly connection: NativeConnection;
  /** With codec keys it must be the bundle that encodes failures. @defaultValue the matching bundle of the build */
  readonly workflowBundle?: WorkflowBundleOption;
  /** @defaultValue the file in the configuration */
  readonly prices?: PriceTable | null;
}

/** A worker, and the client through which its activities call ModelArts. */
export interface ComposedWorker extends RunningWorker {
  readonly modelarts: ModelArts;
}

/**
 * Builds a worker from its configuration: API client, watchers, activities, Temporal worker. `maops dev` and tests use
 * it too.
 */
export async function composeWorker(config: Config, options: ComposeOptions): Promise<ComposedWorker> {
  const { connection, logger } = options;
  const { namespace, taskQueue, settings } = config;
  const dataConverter = createDataConverter(config.codecKeys);
  const encryptedWith = config.codecKeys[0]?.id ?? null;
  const shutdown = new AbortController();
  // Every waiting activity listens to the signal, so many listeners are no leak.
  setMaxListeners(0, shutdown.signal);
  const installation = await readInstallation(connection, namespace, config.installation);
  const modelarts = createModelArts({
    ...config.modelarts,
    onCall: (record) => logger.debug(record, `${record.operation} ${record.status ?? 'got no response'}`),
  });
  const size = workerSize(thisMachine(), config.workflows);
  const waitLoad = new WaitLoad(Date.now);
  const overload = new OverloadWarnings(logger, Date.now);
  const worker = await startWorker({
    connection,
    namespace,
    taskQueue,
    slots: config.slots,
    waitActivities,
    workflowBundle: options.workflowBundle ?? (await loadWorkflowBundle({ encodesFailures: encryptedWith !== null })),
    activities: createActivities({
      modelarts,
      watchers: createWatchers(modelarts, { pace: settings, signal: shutdown.signal }),
      creationTimes: new CreationTimes(),
      temporal: new Client({ connection, namespace, dataConverter }),
      taskQueue,
      installation,
      settings,
      waitLoad,
      webhooks: { secret: config.webhookSecret },
      prices: options.prices === undefined ? readPrices(config.prices) : options.prices,
      shutdown: shutdown.signal,
      now: Date.now,
      sleep: realSleep,
    }),
    activityInterceptors: [
      () => ({ inbound: latenessInterceptor(overload, Date.now) }),
      () => ({ inbound: heartbeatInterceptor() }),
      () => ({ inbound: stopInterceptor() }),
    ],
    size,
    buildId: config.buildId,
    dataConverter,
    logger,
    onStop: () => shutdown.abort(),
  });
  void shareRate({
    connection,
    namespace,
    taskQueue,
    identity: worker.identity,
    maxRps: config.modelarts.maxRps,
    governor: modelarts.governor,
    logger,
    signal: shutdown.signal,
    sleep: realSleep,
    now: Date.now,
  });
  logStart(config, logger, { slots: config.slots, installation, encryptedWith, ...size });
  const ended = worker.ended.finally(() => {
    shutdown.abort();
    modelarts.close();
  });
  ended.catch(() => {});
  return { ...worker, ended, modelarts };
}

function logStart(
  config: Config,
  logger: Logger,
  facts: { readonly installation: string; readonly [field: string]: unknown },
): void {
  const { address, namespace, taskQueue, buildId, proxy, tlsBy } = config;
  const { endpoint, region, projectId, credentials, credentialsFrom } = config.modelarts;
  const as = describeCredentials(credentials);
  const waitQueue = waitQueueOf(taskQueue);
  const temporal = { address, namespace, taskQueue, waitQueue, buildId, proxy: proxy?.address, tls: tlsBy !== null };
  const version = buildId === null ? '' : `, build id ${buildId}`;
  logger.info(
    { ...temporal, endpoint, region, projectId, as, credentialsFrom, ...facts },
    `working on task queue ${taskQueue} and ${waitQueue} as installation ${facts.installation}${version}. ` +
      `Temporal: ${address}, namespace ${namespace}. ` +
      `ModelArts: ${endpoint}, project ${projectId}, ${as}, credentials from ${credentialsFrom}.`,
  );
}
