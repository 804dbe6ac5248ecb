import { environment } from './environment.js';
import type { ScenarioName, SimulatorOptions } from './options.js';
import { SCENARIO_TABLE } from './scenarios.js';
import { type RunningSimulator, serveSimulator } from './server.js';
import { createSimulator } from './simulator.js';
import type { Simulator } from './simulator-interface.js';
import { followStateFile, type StateFile } from './state-file.js';

/** What `maops simulator` and `maops dev` may ask for. */
export interface RunOptions extends Pick<SimulatorOptions, 'projectId' | 'region' | 'knobs' | 'times'> {
  /** @defaultValue 8790; 0 takes any free port */
  readonly port?: number;
  /** @defaultValue '127.0.0.1' */
  readonly host?: string;
  readonly speed?: number;
  readonly seed?: number;
  readonly scenario?: ScenarioName;
  /** A file that keeps the state over restarts. */
  readonly state?: string;
  /** Receives each line for people; nothing is printed otherwise. */
  readonly log?: (line: string) => void;
  /** Whether SIGTERM and SIGINT stop the simulator; `maops dev` has its own order of stopping. @defaultValue true */
  readonly signals?: boolean;
}

/** A simulator process part that runs. */
export interface SimulatorProcess extends RunningSimulator {
  readonly simulator: Simulator;
  /** The variables that point a worker at it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when it has stopped, by `close` or by a signal. */
  readonly stopped: Promise<void>;
}

const DEFAULT_PORT = 8790;

/** Starts a simulator with its sockets and its state file, and says how to point a worker at it. */
export async function runSimulator(options: RunOptions = {}): Promise<SimulatorProcess> {
  const log = options.log ?? (() => {});
  const { speed, seed, scenario, projectId, region, knobs, times } = options;
  const simulator = createSimulator({
    ...(speed === undefined ? {} : { speed }),
    ...(seed === undefined ? {} : { seed }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(projectId === undefined ? {} : { projectId }),
    ...(region === undefined ? {} : { region }),
    ...(knobs === undefined ? {} : { knobs }),
    ...(times === undefined ? {} : { times }),
  });
  const stateFile = options.state === undefined ? undefined : await followStateFile(simulator, options.state);
  const served = await serveSimulator(simulator, {
    port: options.port ?? DEFAULT_PORT,
    host: options.host ?? '127.0.0.1',
  });
  const variables = environment(served.url, { projectId: simulator.projectId, region: simulator.region });
  // Before the first line: whoever reads it may send a signal at once.
  const { close, stopped } = stopping(served, stateFile, options.signals !== false, log);
  const name = scenario ?? 'happy';
  log(
    `ModelArts simulator listens on ${served.url} (scenario ${name}: ${SCENARIO_TABLE[name].summary}; speed ${speed ?? 1})`,
  );
  log('Point a worker at it, and the command line:');
  for (const [key, value] of Object.entries(variables)) log(`  export ${key}=${value}`);
  return { ...served, simulator, environment: variables, close, stopped };
}

function stopping(
  served: RunningSimulator,
  stateFile: StateFile | undefined,
  signals: boolean,
  log: (line: string) => void,
): { close: () => Promise<void>; stopped: Promise<void> } {
  let ending: Promise<void> | undefined;
  let tell: (done: Promise<void>) => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const onSignal = (signal: NodeJS.Signals) => {
    log(`${signal}: the simulator stops`);
    // The outcome reaches whoever awaits `stopped`; there is nobody else to tell.
    close().catch(() => {});
  };
  const close = () => {
    if (ending === undefined) {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      // The sockets first, so that the last write has every change in it.
      ending = closeBoth(served, stateFile);
      tell(ending);
    }
    return ending;
  };
  if (signals) {
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  }
  return { close, stopped };
}

/** The state is written even when the sockets would not close, or a restart would lose it. */
async function closeBoth(served: RunningSimulator, stateFile: StateFile | undefined): Promise<void> {
  try {
    await served.close();
  } finally {
    await stateFile?.close();
  }
}
