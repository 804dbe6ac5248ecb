import { NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import { type Config, ConfigError, type Env, readConfig } from '../config.js';
import { realSleep } from '../modelarts/timing.js';
import { type RunOptions, runSimulator, type SimulatorProcess } from '../simulator/main.js';
import { checkNamespace, nativeOptions, reasonOf } from '../worker/connect.js';
import type { Logger } from '../worker/logging.js';
import { installRuntime } from '../worker/runtime.js';
import type { RunningWorker } from '../worker/temporal-worker.js';
import { composeWorker } from '../worker.js';
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
  /** What the worker runs with. */
  readonly config: Config;
  /** The variables with which another process reaches this stack. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops all of it, newest first; what goes wrong on the way does not keep the rest from stopping. */
  readonly stop: () => Promise<void>;
}

/** Starts everything, in the order in which the parts need each other; gives back what was started when one of them fails. */
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
      // Whoever exported what an earlier `maops dev` has printed comes here.
      const advice = 'unset it, and a server is started';
      throw new ConfigError([
        `TEMPORAL_ADDRESS is ${temporal.address}, and no Temporal answers there (${reason}): ${advice}`,
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

/** A server of our own is reached by its address alone, whatever a profile of the Temporal CLI says of TLS and keys. */
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
