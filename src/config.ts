import { userInfo } from 'node:os';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { readCredentials } from './config/credentials.js';
import { type Env, EnvReader } from './config/env.js';
import {
  baseUrl,
  type CodecKey,
  codecKeys,
  duration,
  flag,
  installationId,
  type ListenAddress,
  listenAddress,
  plainText,
  positiveDuration,
  rate,
  secretText,
  word,
} from './config/settings.js';
import type { Pace } from './domain/watch.js';
import type { Credentials } from './modelarts/credentials.js';
import type { Secret } from './modelarts/secret.js';

export { ConfigError, type Env } from './config/env.js';
export { configTable } from './config/table.js';

export const logFormats = ['pretty', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What everything that only talks to Temporal needs. */
export interface ClientConfig {
  readonly address: string;
  readonly namespace: string;
  /** Address, TLS, API key and headers; a function, so that printing the config cannot show a key. */
  readonly connectionOptions: () => ClientConnectConfig['connectionOptions'];
  readonly taskQueue: string;
  /** Who commands are by. */
  readonly actor: string;
  /** Null means: from the namespace's UUID. */
  readonly installation: string | null;
  readonly codecKeys: readonly CodecKey[];
  /** Path of the price table. */
  readonly prices: string | null;
}

/** What everything that calls ModelArts needs. */
export interface ModelArtsConfig {
  readonly endpoint: string;
  readonly region: string | null;
  readonly projectId: string;
  readonly credentials: Credentials;
  /** The variable that the credentials were found by. */
  readonly credentialsFrom: string;
  readonly httpTimeoutMs: number;
  readonly maxRps: number;
}

/** How patient the workflows of this worker are. */
export interface WaitConfig extends Pace {
  readonly settleMs: number;
  readonly httpTimeoutMs: number;
}

/** Everything that a worker process needs. */
export interface Config extends ClientConfig {
  readonly modelarts: ModelArtsConfig;
  readonly settings: WaitConfig;
  /** Null means: without Worker Versioning. */
  readonly buildId: string | null;
  readonly metricsAddress: ListenAddress | null;
  readonly healthAddress: ListenAddress | null;
  /** Null means: pretty on a terminal, else json. */
  readonly log: LogFormat | null;
  readonly logLevel: LogLevel;
  readonly webhookSecret: Secret | null;
}

const second = 1_000;
const minute = 60 * second;

export interface ReadOptions {
  /** Leaves the configuration file of the Temporal CLI alone, whose profile may be for another server. @defaultValue false */
  readonly ignoreTemporalFile?: boolean;
}

/** Reads everything that a worker needs, or throws one `ConfigError` that lists all that is missing or wrong. */
export function readConfig(env: Env = process.env, options: ReadOptions = {}): Config {
  const reader = new EnvReader(env);
  const modelarts = modelartsPart(reader);
  const config: Config = {
    ...clientPart(reader, env, options),
    modelarts,
    settings: waitPart(reader, modelarts.httpTimeoutMs),
    buildId: reader.read(['MAOPS_BUILD_ID'], plainText, null),
    metricsAddress: reader.read(['MAOPS_METRICS_ADDRESS'], listenAddress, null),
    healthAddress: reader.read(['MAOPS_HEALTH_ADDRESS'], listenAddress, null),
    log: reader.read(['MAOPS_LOG'], word(logFormats), null),
    logLevel: reader.read(['MAOPS_LOG_LEVEL'], word(logLevels), 'info'),
    webhookSecret: reader.read(['MAOPS_WEBHOOK_SECRET'], secretText, null),
  };
  reader.finish();
  return config;
}

/** Reads what a command needs that talks to Temporal only. */
export function readClientConfig(env: Env = process.env): ClientConfig {
  const reader = new EnvReader(env);
  const config = clientPart(reader, env, {});
  reader.finish();
  return config;
}

/** Reads what a command needs that calls ModelArts only. */
export function readModelArtsConfig(env: Env = process.env): ModelArtsConfig {
  const reader = new EnvReader(env);
  const config = modelartsPart(reader);
  reader.finish();
  return config;
}

/** The process's own environment, for what hands variables on to child processes. */
export function processEnv(): Env {
  return process.env;
}

function clientPart(reader: EnvReader, env: Env, options: ReadOptions): ClientConfig {
  const { connectionOptions, namespace } = temporalPart(reader, env, options);
  const address = connectionOptions.address ?? 'localhost:7233';
  return {
    address,
    namespace: namespace ?? 'default',
    connectionOptions: () => ({ ...connectionOptions, address }),
    // The contract's default, which this file must not import; a test holds the two together.
    taskQueue: reader.read(['MAOPS_TASK_QUEUE'], plainText, 'modelarts-ops'),
    actor: reader.read(['MAOPS_ACTOR'], plainText, null) ?? systemUser(),
    installation: reader.read(['MAOPS_INSTALLATION'], installationId, null),
    codecKeys: reader.read(['MAOPS_CODEC_KEYS'], codecKeys, []),
    prices: reader.read(['MAOPS_PRICES'], plainText, null),
  };
}

function temporalPart(reader: EnvReader, env: Env, options: ReadOptions): ClientConnectConfig {
  const disableFile = options.ignoreTemporalFile === true;
  const set = Object.entries(env).filter((entry): entry is [string, string] => reader.has(entry[0]));
  // Anything but `true` and `1` would silently mean no TLS.
  const flags = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'].map((name) => {
    const value = reader.read([name], flag, null);
    return value === null ? {} : { [name]: String(value) };
  });
  const overrideEnvVars: Record<string, string> = Object.assign(Object.fromEntries(set), ...flags);
  try {
    return loadClientConnectConfig({ overrideEnvVars, disableFile });
  } catch (error) {
    reader.problem(`TEMPORAL_*: ${error instanceof Error ? error.message : String(error)}`);
    return { connectionOptions: {} };
  }
}

/** A container may run as a user number without a name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function modelartsPart(reader: EnvReader): ModelArtsConfig {
  const region = reader.read(['MODELARTS_REGION', 'HW_REGION_NAME', 'OS_REGION_NAME'], plainText, null);
  const hasEndpoint = reader.has('MODELARTS_ENDPOINT');
  if (!hasEndpoint && region === null) {
    reader.problem(
      'neither MODELARTS_REGION (or HW_REGION_NAME, OS_REGION_NAME) nor MODELARTS_ENDPOINT is set: ' +
        'set the region as cn-north-4, or for other clouds the base URL',
    );
  }
  const projectNames = ['MODELARTS_PROJECT_ID', 'HW_PROJECT_ID', 'OS_PROJECT_ID'];
  return {
    endpoint: reader.read(['MODELARTS_ENDPOINT'], baseUrl, `https://modelarts.${region}.myhuaweicloud.com`),
    region,
    projectId: reader.require(projectNames, plainText, 'set the id of the project to work in', ''),
    ...readCredentials(reader),
    httpTimeoutMs: reader.read(['MAOPS_HTTP_TIMEOUT'], positiveDuration, 15 * second),
    maxRps: reader.read(['MAOPS_MAX_RPS'], rate, 5),
  };
}

function waitPart(reader: EnvReader, httpTimeoutMs: number): WaitConfig {
  const pollMinMs = reader.read(['MAOPS_POLL_MIN'], positiveDuration, 5 * second);
  const pollMaxMs = reader.read(['MAOPS_POLL_MAX'], positiveDuration, Math.max(30 * second, pollMinMs));
  if (pollMinMs > pollMaxMs) reader.problem('MAOPS_POLL_MIN is longer than MAOPS_POLL_MAX: make it shorter or equal');
  return {
    pollMinMs,
    pollMaxMs,
    windowMs: reader.read(['MAOPS_POLL_WINDOW'], positiveDuration, 5 * minute),
    abnormalGraceMs: reader.read(['MAOPS_ABNORMAL_GRACE'], duration, 5 * minute),
    settleMs: reader.read(['MAOPS_SETTLE'], duration, 2 * minute),
    httpTimeoutMs,
  };
}
