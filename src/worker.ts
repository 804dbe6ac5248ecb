import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { NativeConnection } from '@temporalio/worker';
import { type Config, ConfigError, readConfig } from './config.js';
import { visibleText } from './domain/visible-text.js';
import { realSleep } from './modelarts/timing.js';
import { composeWorker } from './worker/compose.js';
import { checkNamespace, connectToTemporal } from './worker/connect.js';
import { exitProcess } from './worker/flush.js';
import { serveHealth, type WorkerState } from './worker/health.js';
import { createLogger, type Logger } from './worker/logging.js';
import { readPrices } from './worker/prices.js';
import { Readiness, watchServices } from './worker/readiness.js';
import { installRuntime } from './worker/runtime.js';

export interface RunOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Stops the worker gracefully. */
  readonly signal: AbortSignal;
}

/** Runs a worker until the signal is aborted. Throws when it cannot start, or when it ends by itself. */
export async function runWorker({ config, logger, signal }: RunOptions): Promise<void> {
  const prices = readPrices(config.prices);
  installRuntime({ logger, metricsAddress: config.metricsAddress });
  const readiness = new Readiness(Date.now);
  let state: WorkerState = 'connecting';
  const { healthAddress } = config;
  const health = healthAddress && (await serveHealth(healthAddress, () => ({ state, ...readiness.services })));
  const watching = new AbortController();
  let connection: NativeConnection | null = null;
  try {
    const onUnreachable = (why: string) => {
      readiness.saw('temporal', { ok: false, state: 'unreachable', reason: `Temporal at ${config.address}: ${why}` });
    };
    const clock = { sleep: realSleep, now: Date.now };
    const connecting = { config, logger, signal, ...clock, onUnreachable };
    connection = await connectToTemporal(connecting);
    await checkNamespace(connection, connecting);
    readiness.saw('temporal', { ok: true, state: 'accepted', reason: null });
    const worker = await composeWorker(config, { logger, connection, prices });
    state = 'running';

    const stop = () => {
      state = 'stopping';
      watching.abort();
      logger.info('stopping: waits are handed over to another worker, and running calls are finished');
      worker.stop().catch(() => {});
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const { modelarts } = worker;
    const watch = { config, connection, modelarts, logger, ...clock, signal: watching.signal };
    await Promise.race([worker.ended, watchServices(readiness, watch, health !== null)]);
  } catch (error) {
    // The signal came before the worker had started.
    if (signal.aborted && error === signal.reason) return;
    state = 'failed';
    throw error;
  } finally {
    watching.abort();
    // A worker that did not stop in time still uses the connection. The process ends without it.
    await connection
      ?.close()
      .catch((error: unknown) => logger.debug({ reason: String(error) }, 'connection not closed'));
    await health?.close();
  }
}

/** Runs the worker process and returns its exit code: 0 after a signal, 2 for a wrong configuration, otherwise 1. */
export async function workerMain(): Promise<number> {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) {
      process.stderr.write(`maops: second ${signal}; exiting at once. Another worker takes over.\n`);
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
  // Exits explicitly: a connection that does not close must not delay a stop beyond its 30 s.
  workerMain().then(
    (code) => exitProcess(code),
    (error: unknown) => {
      process.stderr.write(`${visibleText(String(error))}\n`);
      return exitProcess(1);
    },
  );
}
