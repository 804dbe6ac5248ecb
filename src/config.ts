import { userInfo } from 'node:os';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { readCredentials } from './config/credentials.js';
import { type Env, EnvReader } from './config/env.js';
import { type HttpProxy, proxyNames, proxyTo } from './config/proxy.js';
import {
  baseUrl,
  type CodecKey,
  codecKeys,
  duration,
  httpTimeout,
  installationId,
  type ListenAddress,
  listenAddress,
  plainText,
  positiveDuration,
  projectId,
  rate,
  regionId,
  secretText,
  slots,
  word,
} from './config/settings.js';
import { withSimulator } from './config/simulator.js';
import { configTable } from './config/table.js';
import { readTemporal } from './config/temporal.js';
import type { Pace } from './domain/resource/observation.js';
import type { Credentials } from './modelarts/credentials.js';
import type { Secret } from './modelarts/secret.js';

export { ConfigError, type Env } from './config/env.js';
export { type HttpProxy, proxyTo } from './config/proxy.js';
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
  /** The proxy on the way to the address; null when there is none. */
  readonly proxy: HttpProxy | null;
  /** What switched TLS on: a variable, or the profile of the Temporal CLI. Null without TLS. */
  readonly tlsBy: string | null;
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
  readonly consistencyWindowMs: number;
  readonly httpTimeoutMs: number;
}

/** Everything that a worker process needs. */
export interface Config extends ClientConfig {
  readonly modelarts: ModelArtsConfig;
  readonly settings: WaitConfig;
  /** How many activities of each task queue run at once. */
  readonly slots: { readonly calls: number; readonly waits: number };
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
  const reader = new EnvReader(withSimulator(env));
  const modelarts = modelartsPart(reader);
  const config: Config = {
    ...clientPart(reader, env, options),
    modelarts,
    settings: waitPart(reader, modelarts.httpTimeoutMs),
    slots: {
      calls: reader.read(['MAOPS_CALL_SLOTS'], slots, 200),
      waits: reader.read(['MAOPS_WAIT_SLOTS'], slots, 2_000),
    },
    buildId: reader.read(['MAOPS_BUILD_ID'], plainText, null),
    metricsAddress: reader.read(['MAOPS_METRICS_ADDRESS'], listenAddress, null),
    healthAddress: reader.read(['MAOPS_HEALTH_ADDRESS'], listenAddress, null),
    log: reader.read(['MAOPS_LOG'], word(logFormats), null),
    logLevel: reader.read(['MAOPS_LOG_LEVEL'], word(logLevels), 'info'),
    webhookSecret: reader.read(['MAOPS_WEBHOOK_SECRET'], secretText, null),
  };
  reader.refuseQuotes(ownNames(reader));
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
  const reader = new EnvReader(withSimulator(env));
  const config = modelartsPart(reader);
  reader.finish();
  return config;
}

/** Refuses quotes around the value of any variable of ours, also of those that this process does not read. */
export function refuseQuotes(env: Env = process.env): void {
  const reader = new EnvReader(env);
  reader.refuseQuotes(ownNames(reader));
  reader.finish();
}

function ownNames(reader: EnvReader): Set<string> {
  const prefixed = reader.names().filter((name) => /^(MAOPS|TEMPORAL)_/.test(name));
  return new Set([...configTable.flatMap(({ names }) => names), ...prefixed, ...proxyNames]);
}

/** The process's own environment, for what hands variables on to child processes. */
export function processEnv(): Env {
  return process.env;
}

function clientPart(reader: EnvReader, env: Env, options: ReadOptions): ClientConfig {
  const { connectionOptions, namespace, tlsBy } = readTemporal(reader, env, {
    ignoreFile: options.ignoreTemporalFile === true,
  });
  const address = connectionOptions.address ?? 'localhost:7233';
  return {
    address,
    namespace: namespace ?? 'default',
    connectionOptions: () => ({ ...connectionOptions, address }),
    proxy: proxyTo(address, env),
    tlsBy,
    // The contract's default, which this file must not import; a test holds the two together.
    taskQueue: reader.read(['MAOPS_TASK_QUEUE'], plainText, 'modelarts-ops'),
    actor: reader.read(['MAOPS_ACTOR'], plainText, null) ?? systemUser(),
    installation: reader.read(['MAOPS_INSTALLATION'], installationId, null),
    codecKeys: reader.read(['MAOPS_CODEC_KEYS'], codecKeys, []),
    prices: reader.read(['MAOPS_PRICES'], plainText, null),
  };
}

/** A container may run as a user number without a name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

const regionNames = ['MODELARTS_REGION', 'HW_REGION_NAME', 'OS_REGION_NAME'] as const;

function modelartsPart(reader: EnvReader): ModelArtsConfig {
  const region = reader.read(regionNames, regionId, null);
  if (!reader.has('MODELARTS_ENDPOINT') && reader.nameOf(regionNames) === null) {
    reader.problem(
      'neither MODELARTS_REGION (or HW_REGION_NAME, OS_REGION_NAME) nor MODELARTS_ENDPOINT is set: ' +
        'set the region as cn-north-4, or for other clouds the base URL',
    );
  }
  const projectNames = ['MODELARTS_PROJECT_ID', 'HW_PROJECT_ID', 'OS_PROJECT_ID'];
  return {
    endpoint: reader.read(['MODELARTS_ENDPOINT'], baseUrl, `https://modelarts.${region}.myhuaweicloud.com`),
    region,
    projectId: reader.require(projectNames, projectId, 'set the id of the project to work in', ''),
    ...readCredentials(reader),
    httpTimeoutMs: reader.read(['MAOPS_HTTP_TIMEOUT'], httpTimeout, 15 * second),
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
    pollWindowMs: reader.read(['MAOPS_POLL_WINDOW'], positiveDuration, 5 * minute),
    abnormalGraceMs: reader.read(['MAOPS_ABNORMAL_GRACE'], duration, 5 * minute),
    consistencyWindowMs: reader.read(['MAOPS_CONSISTENCY_WINDOW'], duration, 2 * minute),
    httpTimeoutMs,
  };
}
