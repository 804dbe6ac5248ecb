import { type Env, readVariable, variables } from '../config.js';
import { type BinarySource, binarySources } from './temporal-binary.js';
import { type LaunchOptions, launchTemporal, type RunningTemporal } from './temporal-process.js';

export interface TemporalServerOptions extends LaunchOptions {
  /** Where `TEMPORAL_ADDRESS`, `MAOPS_TEMPORAL_CLI`, `PATH` and the cache folder are read from. */
  readonly env: Env;
  /** Hears one line for each thing worth telling, as the minutes that a first build takes. */
  readonly onProgress: (line: string) => void;
  /** Ways to get a binary, in order. @defaultValue those of temporal-binary.ts */
  readonly sources?: readonly BinarySource[];
  /** Gives up early: a first build takes minutes. */
  readonly signal?: AbortSignal;
}

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | null;
  /** Which way worked, in words for people. */
  readonly source: string;
  /** False for a server that was there already. */
  readonly isOurs: boolean;
  /** Ends the server that we started; does nothing to one that was there. */
  readonly stop: () => Promise<void>;
}

/** Gives a Temporal server: the one of `TEMPORAL_ADDRESS`, else one of our own. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { env, onProgress } = options;
  const address = env.TEMPORAL_ADDRESS?.trim();
  if (address) {
    const namespace = readVariable(variables.temporalNamespace, env);
    onProgress(
      `TEMPORAL_ADDRESS is set: the server at ${address} is used, and none is started (no --ui-port, no --db)`,
    );
    return { address, namespace, uiUrl: null, source: 'TEMPORAL_ADDRESS', isOurs: false, stop: async () => {} };
  }
  const failures: string[] = [];
  for (const source of options.sources ?? binarySources(env)) {
    try {
      const path = await source.find(onProgress, options.signal);
      const server = await launchTemporal(path, options);
      return { ...described(server), source: source.name };
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(nothingWorked(failures));
}

function described(server: RunningTemporal): Omit<TemporalServer, 'source'> {
  const { address, namespace, uiUrl, stop } = server;
  return { address, namespace, uiUrl, stop, isOurs: true };
}

function nothingWorked(failures: readonly string[]): string {
  return [
    'No Temporal server could be started. What was tried:',
    ...failures.map((failure) => `  - ${failure}`),
    'Do one of these and start again:',
    '  - install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH, or set MAOPS_TEMPORAL_CLI to it',
    '  - install Go 1.25 or newer (https://go.dev/dl), with which the server is built here once',
    '  - set TEMPORAL_ADDRESS to a server that runs already, for example of `docker compose up`',
  ].join('\n');
}
