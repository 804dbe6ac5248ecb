import { once } from 'node:events';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Env, processEnv } from '../config.js';
import type { RunOptions } from '../simulator/main.js';
import type { Logger } from '../worker/logging.js';
import { preferredPort } from './free-port.js';
import { type Stack, startStack } from './stack.js';

/** The default ports of the Temporal CLI and the simulator. */
const defaultPorts = { temporal: 7233, ui: 8233, simulator: 8790 } as const;

export interface DevOptions extends Pick<RunOptions, 'speed' | 'seed' | 'scenario' | 'from'> {
  /** @defaultValue 8233, or any free port when it is in use */
  readonly uiPort?: number;
  /** Keeps workflows in this file, and the simulator's state beside it. @defaultValue in memory */
  readonly dbFile?: string;
  /** @defaultValue the process's own */
  readonly env?: Env;
  readonly logger: Logger;
  /** Receives the lines for people: progress first, then addresses. */
  readonly print: (line: string) => void;
  /** Called once when everything is ready, for programs. */
  readonly onReady?: (place: DevPlace) => void;
  /** Stops everything. */
  readonly signal: AbortSignal;
}

/** The addresses of the parts, and the variables with which another process reaches them. */
export interface DevPlace {
  readonly temporal: Pick<Stack['temporal'], 'address' | 'namespace' | 'source' | 'uiUrl'>;
  readonly simulator: Pick<Stack['simulator'], 'url'>;
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs everything in one process until the signal. Throws when the worker ends by itself. */
export async function runDev(options: DevOptions): Promise<void> {
  const { print, signal } = options;
  const stack = await startDevStack(options).catch((error: unknown) => {
    if (signal.aborted) return null;
    throw error;
  });
  // Stopped during the start, and everything that had started is stopped again.
  if (stack === null) return;
  try {
    options.onReady?.(placeOf(stack));
    for (const line of addresses(stack, options.speed)) print(line);
    const stopped = signal.aborted ? Promise.resolve() : once(signal, 'abort');
    await Promise.race([stopped, stack.worker.ended]);
  } finally {
    await stack.stop();
  }
}

/** Starts the stack on the default ports where they are free, so that the CLI finds it without settings. */
export async function startDevStack(options: DevOptions): Promise<Stack> {
  const { speed, seed, scenario, from, dbFile, logger, print, env = processEnv() } = options;
  return await startStack({
    env,
    logger,
    onProgress: print,
    signal: options.signal,
    port: await preferredPort(defaultPorts.temporal),
    uiPort: options.uiPort ?? (await preferredPort(defaultPorts.ui)),
    ...(dbFile === undefined ? {} : { dbFile }),
    simulator: {
      port: await preferredPort(defaultPorts.simulator),
      ...(speed === undefined ? {} : { speed }),
      ...(seed === undefined ? {} : { seed }),
      ...(scenario === undefined ? {} : { scenario }),
      ...(from === undefined ? {} : { from }),
      ...(dbFile === undefined ? {} : { state: `${dbFile}.simulator.json` }),
    },
  });
}

function placeOf({ temporal, simulator, environment }: Stack): DevPlace {
  const { address, namespace, source, uiUrl } = temporal;
  const needed = Object.entries(environment).filter(([name]) => /^(TEMPORAL|MODELARTS|HUAWEICLOUD|IAM|OS)_/.test(name));
  return {
    temporal: { address, namespace, source, uiUrl },
    simulator: { url: simulator.url },
    environment: Object.fromEntries(needed),
  };
}

/** The addresses, and what to run in another terminal. */
function addresses(stack: Stack, speed: number | undefined): string[] {
  const { temporal, simulator, environment } = placeOf(stack);
  return [
    `Temporal   ${temporal.address}, namespace ${temporal.namespace} (${temporal.source})`,
    ...(temporal.uiUrl === null ? [] : [`UI         ${temporal.uiUrl}`]),
    `simulator  ${simulator.url}`,
    ...(speed === undefined || speed === 1
      ? []
      : [`           its clock runs ${speed} times faster, so ages and costs are not those of the real service`]),
    'worker     running',
    ...stack.config.codecKeys
      .slice(0, 1)
      .map(({ id }) => `payloads   encrypted with key ${id} (MAOPS_CODEC_KEYS); run maops codec-server for the UI`),
    'In another terminal, run:',
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
    'Then try:',
    ...nextCommands(exampleSpec()).map((command) => `  ${command}`),
    'Ctrl-C stops everything.',
  ];
}

/** The path of the example, relative to the current directory where possible. */
function exampleSpec(): string {
  const file = fileURLToPath(new URL('../../examples/team-a.yaml', import.meta.url));
  const near = relative(process.cwd(), file);
  const written = near.startsWith('..') || isAbsolute(near) ? file : near;
  return /^[\w./-]+$/.test(written) ? written : `'${written}'`;
}

/** A first tour, from a check of the settings to a teardown. */
function nextCommands(spec: string): string[] {
  return [
    'npx maops doctor',
    `npx maops env create -f ${spec} --watch`,
    'npx maops env show team-a',
    'npx maops env history team-a --all',
    'npx maops env list',
    'npx maops env teardown team-a --yes --wait',
  ];
}
