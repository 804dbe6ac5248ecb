import { userInfo } from 'node:os';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { readCredentials } from './config/credentials.js';
import { type Env, type EnvReader, oneOf, processEnv, readWith } from './config/env.js';
import type { CodecKey, ListenAddress } from './config/parsers.js';
import { type HttpProxy, proxyTo } from './config/proxy.js';
import { ownNames } from './config/quotes.js';
import { withSimulator } from './config/simulator.js';
import { readTemporal } from './config/temporal.js';
import { type logFormats, type logLevels, type Variable, variables } from './config/variables.js';
import type { Settings } from './contract/settings.js';
import type { Credentials } from './modelarts/credentials.js';
import type { Secret } from './modelarts/secret.js';

export { ConfigError, type Env, processEnv } from './config/env.js';
export { type HttpProxy, proxyTo } from './config/proxy.js';
export { allVariables, variables } from './config/variables.js';

/** The configuration of a process that only calls Temporal. */
export interface ClientConfig {
  readonly address: string;
  readonly namespace: string;
  /** Address, TLS, API key and headers. A function, so that printing the configuration cannot show a key. */
  readonly connectionOptions: () => ClientConnectConfig['connectionOptions'];
  /** The proxy between this process and the address; null without one. */
  readonly proxy: HttpProxy | null;
  /** What turned TLS on: a variable, or the profile of the Temporal CLI. Null without TLS. */
  readonly tlsBy: string | null;
  readonly taskQueue: string;
  /** The actor recorded for commands. */
  readonly actor: string;
  /** Null: derived from the namespace's UUID. */
  readonly installation: string | null;
  readonly codecKeys: readonly CodecKey[];
  /** Path of the price table. */
  readonly prices: string | null;
}

/** The configuration of a process that calls ModelArts. */
export interface ModelArtsConfig {
  readonly endpoint: string;
  readonly region: string | null;
  readonly projectId: string;
  readonly credentials: Credentials;
  /** The variable that selected the credentials. */
  readonly credentialsFrom: string;
  readonly httpTimeoutMs: number;
  readonly maxRps: number;
}

/** The configuration of a worker process. */
export interface Config extends ClientConfig {
  readonly modelarts: ModelArtsConfig;
  /** Recorded by the runs that this worker starts. */
  readonly settings: Settings;
  /** Concurrent activities on each task queue. */
  readonly slots: { readonly calls: number; readonly waits: number };
  /** The size of the part that runs workflows. Null follows the machine. */
  readonly workflows: {
    readonly workflowSlots: number | null;
    readonly workflowThreads: number | null;
    readonly cachedWorkflows: number | null;
    readonly stickyTimeoutMs: number | null;
  };
  /** Null: no Worker Versioning. */
  readonly buildId: string | null;
  readonly metricsAddress: ListenAddress | null;
  readonly healthAddress: ListenAddress | null;
  /** Null: pretty on a terminal, otherwise json. */
  readonly log: (typeof logFormats)[number] | null;
  readonly logLevel: (typeof logLevels)[number];
  readonly webhookSecret: Secret | null;
}

export interface ReadOptions {
  /**
   * Ignores the configuration file of the Temporal CLI, whose profile may be for another server. @defaultValue false
   */
  readonly ignoreTemporalFile?: boolean;
}

/** Reads the configuration of a worker, or throws one `ConfigError` with every problem. */
export function readConfig(env: Env = processEnv(), options: ReadOptions = {}): Config {
  return readWith(withSimulator(env), (reader) => {
    const modelarts = readModelArtsPart(reader);
    const config: Config = {
      ...readClientPart(reader, env, options),
      modelarts,
      settings: readSettings(reader, modelarts.httpTimeoutMs),
      slots: { calls: reader.read(variables.callSlots), waits: reader.read(variables.waitSlots) },
      workflows: {
        workflowSlots: reader.read(variables.workflowSlots),
        workflowThreads: reader.read(variables.workflowThreads),
        cachedWorkflows: reader.read(variables.cachedWorkflows),
        stickyTimeoutMs: reader.read(variables.stickyTimeout),
      },
      buildId: reader.read(variables.buildId),
      metricsAddress: reader.read(variables.metricsAddress),
      healthAddress: reader.read(variables.healthAddress),
      log: reader.read(variables.log),
      logLevel: reader.read(variables.logLevel),
      webhookSecret: reader.read(variables.webhookSecret),
    };
    reader.refuseQuotes(ownNames(reader));
    return config;
  });
}

/** Reads the configuration of a command that only calls Temporal. */
export function readClientConfig(env: Env = processEnv()): ClientConfig {
  return readWith(env, (reader) => readClientPart(reader, env, {}));
}

/** Reads the configuration of a command that only calls ModelArts. */
export function readModelArtsConfig(env: Env = processEnv()): ModelArtsConfig {
  return readWith(withSimulator(env), readModelArtsPart);
}

/** Reads one variable, where the rest of the configuration may be incomplete. */
export function readVariable<T, D>(variable: Variable<T, D>, env: Env): T | D {
  return readWith(env, (reader) => reader.read(variable));
}

function readClientPart(reader: EnvReader, env: Env, options: ReadOptions): ClientConfig {
  const { connectionOptions, namespace, tlsBy } = readTemporal(reader, env, {
    ignoreFile: options.ignoreTemporalFile === true,
  });
  const address = connectionOptions.address ?? variables.temporalAddress.fallback;
  return {
    address,
    namespace: namespace ?? variables.temporalNamespace.fallback,
    connectionOptions: () => ({ ...connectionOptions, address }),
    proxy: proxyTo(address, env),
    tlsBy,
    taskQueue: reader.read(variables.taskQueue),
    actor: reader.read(variables.actor) ?? systemUser(),
    installation: reader.read(variables.installation),
    codecKeys: reader.read(variables.codecKeys) ?? [],
    prices: reader.read(variables.prices),
  };
}

/** In a container the user id may have no name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function readModelArtsPart(reader: EnvReader): ModelArtsConfig {
  const { endpoint, region, projectId } = variables;
  if (!reader.has(endpoint) && !reader.has(region)) {
    reader.problem(
      `no region is set. Set ${oneOf(region)} to a region such as cn-north-4, or for other clouds MODELARTS_ENDPOINT to the base URL.`,
    );
  }
  if (!reader.has(projectId)) reader.problem(`${oneOf(projectId)} is not set. Set it to the id of the project.`);
  const regionOrNull = reader.read(region);
  return {
    endpoint: reader.read(endpoint) ?? endpoint.shownDefault.replace('{region}', String(regionOrNull)),
    region: regionOrNull,
    projectId: reader.read(projectId) ?? '',
    ...readCredentials(reader),
    httpTimeoutMs: reader.read(variables.httpTimeout),
    maxRps: reader.read(variables.maxRps),
  };
}

function readSettings(reader: EnvReader, httpTimeoutMs: number): Settings {
  const { pollMin, pollMax } = variables;
  const pollMinMs = reader.read(pollMin);
  const pollMaxMs = reader.read({ ...pollMax, fallback: Math.max(pollMax.fallback, pollMinMs) });
  if (pollMinMs > pollMaxMs) {
    reader.problem('MAOPS_POLL_MIN is longer than MAOPS_POLL_MAX. Make it shorter, or equal.');
  }
  return {
    pollMinMs,
    pollMaxMs,
    pollWindowMs: reader.read(variables.pollWindow),
    abnormalGraceMs: reader.read(variables.abnormalGrace),
    consistencyWindowMs: reader.read(variables.consistencyWindow),
    httpTimeoutMs,
  };
}
