import { type Env, readVariable, variables } from '../config.js';
import { type BinarySource, binarySources } from './temporal-binary.js';
import { type LaunchOptions, launchTemporal, type RunningTemporal } from './temporal-process.js';

export interface TemporalServerOptions extends LaunchOptions {
  /** Where `TEMPORAL_ADDRESS`, `MAOPS_TEMPORAL_CLI`, `PATH` and the cache folder are read from. */
  readonly env: Env;
  /** Receives lines about slow steps, such as a first build. */
  readonly onProgress: (line: string) => void;
  /** Ways to get a binary, in order. @defaultValue those of temporal-binary.ts */
  readonly sources?: readonly BinarySource[];
  /** Stops the start, because a first build takes minutes. */
  readonly signal?: AbortSignal;
}

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | null;
  /** Where the binary came from. */
  readonly source: string;
  /** False for the server of `TEMPORAL_ADDRESS`. */
  readonly isOurs: boolean;
  /** Stops our own server. Does nothing to the server of `TEMPORAL_ADDRESS`. */
  readonly stop: () => Promise<void>;
}

/** Returns the server of `TEMPORAL_ADDRESS`, or starts one. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { env, onProgress } = options;
  const address = env.TEMPORAL_ADDRESS?.trim();
  if (address) {
    const namespace = readVariable(variables.temporalNamespace, env);
    onProgress(`TEMPORAL_ADDRESS is set: using the server at ${address} (--ui-port and --db have no effect)`);
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
    'No Temporal server could be started. Tried:',
    ...failures.map((failure) => `  - ${failure}`),
    'To fix this, do one of the following:',
    '  - install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH, or set MAOPS_TEMPORAL_CLI to it',
    '  - install Go 1.25 or newer (https://go.dev/dl), to build the server once',
    '  - set TEMPORAL_ADDRESS to a running server, such as that of `docker compose up`',
  ].join('\n');
}
