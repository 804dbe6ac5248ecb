import { NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import { type Config, ConfigError, type Env, readConfig } from '../config.js';
import { realSleep } from '../modelarts/timing.js';
import { type RunOptions, runSimulator, type SimulatorProcess } from '../simulator/main.js';
import { composeWorker } from '../worker/compose.js';
import { checkNamespace, nativeOptions, reasonOf } from '../worker/connect.js';
import type { Logger } from '../worker/logging.js';
import { installRuntime } from '../worker/runtime.js';
import type { RunningWorker } from '../worker/temporal-worker.js';
import { stackEnvironment } from './stack-environment.js';
import { startTemporalServer, type TemporalServer, type TemporalServerOptions } from './temporal-server.js';

export interface StackOptions
  extends Pick<TemporalServerOptions, 'env' | 'onProgress' | 'port' | 'uiPort' | 'dbFile' | 'signal'> {
  /** Speed, seed, scenario, port and state file of the simulator. */
  readonly simulator?: Omit<RunOptions, 'signals' | 'log'>;
  readonly logger: Logger;
  /** @defaultValue the bundle of the build */
  readonly workflowBundle?: WorkflowBundleOption;
}

/** A Temporal server, a simulator and a worker in one process. */
export interface Stack {
  readonly temporal: TemporalServer;
  readonly simulator: SimulatorProcess;
  readonly worker: RunningWorker;
  /** Configuration of the worker. */
  readonly config: Config;
  /** The variables with which another process reaches this stack. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops everything, newest first. An error does not keep the rest from stopping. */
  readonly stop: () => Promise<void>;
}

/** Starts the parts in order of their dependencies. If one fails, stops those that have started. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { logger } = options;
  const releases: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const release of releases.splice(0).reverse()) {
      await release().catch((error: unknown) => logger.warn(`stopping: ${String(error)}`));
    }
  };
  try {
    installRuntime({ logger, metricsAddress: null });
    const temporal = await startTemporalServer(options);
    releases.push(temporal.stop);
    options.signal?.throwIfAborted();
    const simulator = await runSimulator({ port: 0, ...options.simulator, signals: false });
    releases.push(() => simulator.close());
    const environment = stackEnvironment(options.env, temporal, simulator.environment, options.simulator?.speed ?? 1);
    const config = stackConfig(options.env, environment, temporal);
    const connection = await NativeConnection.connect(nativeOptions(config)).catch(async (error: unknown) => {
      if (temporal.isOurs) throw error;
      const { reason } = await reasonOf(config, error);
      // A variable exported for an earlier `maops dev` is the usual cause.
      throw new ConfigError([
        `TEMPORAL_ADDRESS is ${temporal.address}, where no Temporal server responds (${reason}). Unset it to start a server here.`,
      ]);
    });
    releases.push(() => connection.close());
    const patience = { config, logger, signal: new AbortController().signal, sleep: realSleep, now: Date.now };
    await checkNamespace(connection, patience);
    const { workflowBundle } = options;
    const worker = await composeWorker(config, {
      logger,
      connection,
      ...(workflowBundle === undefined ? {} : { workflowBundle }),
    });
    releases.push(worker.stop);
    return { temporal, simulator, worker, config, environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Our own server is reached by its address alone, so profiles of the Temporal CLI are ignored. */
function stackConfig(env: Env, environment: Env, temporal: TemporalServer): Config {
  if (!temporal.isOurs) return readConfig({ ...temporalOnly(env), ...environment });
  return readConfig(environment, { ignoreTemporalFile: true });
}

function temporalOnly(env: Env): Env {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => name.startsWith('TEMPORAL_') || name === 'HOME' || name === 'XDG_CONFIG_HOME',
    ),
  );
}
