import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { createDataConverter } from '../codec/data-converter.js';
import {
  type ClientConfig,
  ConfigError,
  processEnv,
  proxyTo,
  readClientConfig,
  readModelArtsConfig,
} from '../config.js';
import type { ModelArts } from '../modelarts/client.js';
import type { ProbeFinding, ProbeTarget } from '../temporal/probe.js';
import { NotAuthorizedError, ServerUnreachableError } from './errors.js';
import { realPacer } from './follow.js';
import { createOperations, type Operations } from './operations.js';
import { Schedules } from './schedules.js';
import { castError, type Place } from './temporal/errors.js';
import { TemporalRuns } from './temporal/runs.js';

/** How to reach Temporal. Defaults come from the `TEMPORAL_*` variables and the profile, as for the Temporal CLI. */
export interface ConnectOptions {
  readonly address?: string;
  readonly namespace?: string;
  /** @defaultValue 'modelarts-ops' */
  readonly taskQueue?: string;
  /** The actor recorded for commands. @defaultValue the OS user */
  readonly actor?: string;
  /** TLS and credentials, as the Temporal client accepts them. */
  readonly connection?: Pick<ConnectionOptions, 'tls' | 'apiKey' | 'metadata'>;
}

/** A connection to Temporal, with what uses it. */
export interface Session {
  readonly operations: Operations;
  readonly schedules: Schedules;
  readonly client: Client;
  readonly connection: Connection;
  readonly place: Place;
}

/** Reports a server that is down within 5 s of the start of the process. */
const connectTimeoutMs = 2_500;
/** A healthy connection takes milliseconds; a slower one is probed for the reason. */
const probeAfterMs = 700;
const probeMs = 2_000;

/** Connects to Temporal; call `close` when done. Throws ServerUnreachableError and NotAuthorizedError. */
export async function connect(options: ConnectOptions = {}): Promise<Operations> {
  const { operations } = await openSession(configOf(options), options.connection);
  return operations;
}

/** As `connect`, for a service that manages schedules. `close` closes the connection; the schedules continue. */
export async function connectSchedules(
  options: ConnectOptions = {},
): Promise<{ readonly schedules: Schedules; readonly close: () => Promise<void> }> {
  const { schedules, operations } = await openSession(configOf(options), options.connection);
  return { schedules, close: () => operations.close() };
}

/** The settings of the process, overridden by the options. */
function configOf(options: ConnectOptions): ClientConfig {
  const config = readClientConfig();
  const { address = config.address, namespace = config.namespace } = options;
  const { taskQueue = config.taskQueue, actor = config.actor } = options;
  return { ...config, address, namespace, taskQueue, actor, proxy: proxyTo(address, processEnv()) };
}

/** As `connect`, for the command line, which needs the connection itself too. */
export async function openSession(config: ClientConfig, given: ConnectOptions['connection'] = {}): Promise<Session> {
  const { address, namespace, taskQueue, actor, proxy } = config;
  const place: Place = { address, namespace, taskQueue, proxy };
  const connection = await openConnection(place, config, given);
  const client = new Client({ connection, namespace, dataConverter: createDataConverter(config.codecKeys) });
  const runs = new TemporalRuns(client, place);
  const schedules = new Schedules({ client, runs, place, actor, pacer: realPacer });
  const deps = {
    runs,
    actor,
    pacer: realPacer,
    newId: randomUUID,
    planRemoval: async (name: string) => {
      const modelarts = await openModelArts();
      if (modelarts === null) return null;
      const { readRemovalPlan } = await import('./removal-plan.js');
      const { installation } = config;
      const now = () => realPacer.now();
      const { signal } = new AbortController();
      const reading = { operations, connection, namespace, installation, modelarts, now, signal };
      return await readRemovalPlan(reading, name).finally(() => modelarts.close());
    },
  };
  const operations: Operations = createOperations(deps, () => connection.close());
  return { operations, schedules, client, connection, place };
}

/**
 * Null where this process has no settings for the service. Loads the API client only here, because most programs need
 * none.
 */
async function openModelArts(): Promise<ModelArts | null> {
  try {
    const config = readModelArtsConfig();
    const { createModelArts } = await import('../modelarts/client.js');
    return createModelArts(config);
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

async function openConnection(
  place: Place,
  { proxy, tlsBy, ...config }: ClientConfig,
  given: NonNullable<ConnectOptions['connection']>,
): Promise<Connection> {
  const options = { ...config.connectionOptions(), ...given, address: place.address };
  const connection = Connection.lazy({
    ...options,
    connectTimeout: connectTimeoutMs,
    // The gRPC library follows `http_proxy` also for this machine itself.
    channelArgs: { 'grpc.enable_http_proxy': proxy === null ? 0 : 1 },
  });
  const ended = new AbortController();
  const target = { address: place.address, proxy, tlsBy, connectionOptions: () => options };
  const probed = probeForReason(target, ended.signal);
  try {
    await Promise.race([connection.ensureConnected(), probed.then(failOnWrongSettings)]);
    return connection;
  } catch (error) {
    const cast = castError(error, place, `connecting to ${place.address}`, 'server');
    await connection.close().catch(() => undefined);
    if (cast instanceof NotAuthorizedError) throw cast;
    const finding = error instanceof WrongSettings ? error.finding : await probed;
    // Every error before the first response means that there is no usable Temporal server.
    throw new ServerUnreachableError(place.address, finding === null ? error : new Error(finding.reason), {
      proxy,
      hint: finding?.advice,
    });
  } finally {
    ended.abort();
  }
}

/** Ends the attempts to connect when the settings do not fit the server. */
class WrongSettings extends Error {
  constructor(readonly finding: ProbeFinding) {
    super(finding.reason);
  }
}

async function failOnWrongSettings(finding: ProbeFinding | null): Promise<never> {
  if (finding !== null && finding.advice !== null) throw new WrongSettings(finding);
  return await new Promise<never>(() => {});
}

async function probeForReason(target: ProbeTarget, ended: AbortSignal): Promise<ProbeFinding | null> {
  try {
    await pause(probeAfterMs, undefined, { signal: ended });
    const { probeTemporal } = await import('../temporal/probe.js');
    return await probeTemporal(target, AbortSignal.any([ended, AbortSignal.timeout(probeMs)]));
  } catch (error) {
    if (ended.aborted) return null;
    throw error;
  }
}
