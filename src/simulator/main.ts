import { clientEnvironment } from './client-environment.js';
import type { SimulatorOptions } from './options.js';
import { readRecording } from './recording/recording.js';
import { SCENARIO_TABLE } from './scenarios.js';
import { type RunningSimulator, serveSimulator } from './server.js';
import { createSimulator } from './simulator.js';
import type { Simulator } from './simulator-interface.js';
import { followStateFile, type StateFile } from './state-file.js';

/** The options of `maops simulator` and `maops dev`. */
export interface RunOptions
  extends Pick<SimulatorOptions, 'speed' | 'seed' | 'scenario' | 'projectId' | 'region' | 'behavior' | 'durations'> {
  /** @defaultValue 8790; 0 takes any free port */
  readonly port?: number;
  /** @defaultValue '127.0.0.1' */
  readonly host?: string;
  /** A folder of `maops doctor --probe --record`, for the catalogue and the initial resources. */
  readonly from?: string;
  /** A file that keeps the state across restarts. */
  readonly state?: string;
  /** Receives each line of output. Without it, nothing is printed. */
  readonly log?: (line: string) => void;
  /** Whether SIGTERM and SIGINT stop the simulator. `maops dev` handles them itself. @defaultValue true */
  readonly signals?: boolean;
}

/** A running simulator. */
export interface SimulatorProcess extends RunningSimulator {
  readonly simulator: Simulator;
  /** The environment variables for a worker or command line that uses this simulator. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when the simulator has stopped, by `close` or by a signal. */
  readonly stopped: Promise<void>;
}

const DEFAULT_PORT = 8790;

/** Starts a simulator with its server and state file, and prints the environment variables for a worker. */
export async function runSimulator(options: RunOptions = {}): Promise<SimulatorProcess> {
  const log = options.log ?? (() => {});
  const { speed, scenario } = options;
  const recording = options.from === undefined ? undefined : await readRecording(options.from);
  const simulator = createSimulator({ ...options, recording });
  const stateFile = options.state === undefined ? undefined : await followStateFile(simulator, options.state);
  const served = await serveSimulator(simulator, {
    port: options.port ?? DEFAULT_PORT,
    host: options.host ?? '127.0.0.1',
  });
  const variables = clientEnvironment(served.url, { projectId: simulator.projectId, region: simulator.region });
  // Installed before the first output, because its reader may send a signal at once.
  const { close, stopped } = stopHandlers(served, stateFile, options.signals !== false, log);
  const name = scenario ?? 'happy';
  log(
    `ModelArts simulator listens on ${served.url} (scenario ${name}: ${SCENARIO_TABLE[name].summary}; speed ${speed ?? 1})`,
  );
  log('Environment variables for workers and the command line:');
  for (const [key, value] of Object.entries(variables)) log(`  export ${key}=${value}`);
  return { ...served, simulator, environment: variables, close, stopped };
}

function stopHandlers(
  served: RunningSimulator,
  stateFile: StateFile | undefined,
  signals: boolean,
  log: (line: string) => void,
): { close: () => Promise<void>; stopped: Promise<void> } {
  let closing: Promise<void> | undefined;
  let resolveStopped: (done: Promise<void>) => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });
  const onSignal = (signal: NodeJS.Signals) => {
    log(`${signal}: stopping the simulator`);
    // An error is reported through `stopped`.
    close().catch(() => {});
  };
  const close = () => {
    if (closing === undefined) {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      // The server is closed first, so that the state file gets every change.
      closing = closeBoth(served, stateFile);
      resolveStopped(closing);
    }
    return closing;
  };
  if (signals) {
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  }
  return { close, stopped };
}

/** Writes the state even when the server cannot be closed, so that a restart does not lose it. */
async function closeBoth(served: RunningSimulator, stateFile: StateFile | undefined): Promise<void> {
  try {
    await served.close();
  } finally {
    await stateFile?.close();
  }
}
