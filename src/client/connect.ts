import { randomUUID } from 'node:crypto';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { createDataConverter } from '../codec/data-converter.js';
import { type ClientConfig, readClientConfig } from '../config.js';
import { NotAuthorizedError, ServerUnreachableError } from './errors.js';
import { realPacer } from './follow.js';
import { Operations } from './operations.js';
import { Schedules } from './schedules.js';
import { castError, type Place } from './temporal-errors.js';
import { TemporalRuns } from './temporal-runs.js';

/** How to reach Temporal; what is left out comes from the `TEMPORAL_*` variables and profile, as for the Temporal CLI. */
export interface ConnectOptions {
  readonly address?: string;
  readonly namespace?: string;
  /** @defaultValue 'modelarts-ops' */
  readonly taskQueue?: string;
  /** Who commands are by when a call does not say. @defaultValue the OS user */
  readonly actor?: string;
  /** TLS, API key and the like, as the Temporal client takes them. */
  readonly connection?: Pick<ConnectionOptions, 'tls' | 'apiKey' | 'metadata'>;
}

/** A connection to Temporal with the operations on it; the parts are for commands that need more than operations. */
export interface Session {
  readonly operations: Operations;
  readonly schedules: Schedules;
  readonly client: Client;
  readonly connection: Connection;
  readonly place: Place;
}

/** Shorter than the 10 s within which a dead server has to show. */
const connectTimeoutMs = 6_000;

/** Connects to Temporal; close the operations when done. */
export async function connect(options: ConnectOptions = {}): Promise<Operations> {
  const { connection, ...given } = options;
  const { operations } = await openSession({ ...readClientConfig(), ...given }, connection);
  return operations;
}

/** As `connect`, for a service that makes or looks at schedules; `close` closes the connection, schedules go on. */
export async function connectSchedules(
  options: ConnectOptions = {},
): Promise<{ readonly schedules: Schedules; readonly close: () => Promise<void> }> {
  const { connection, ...given } = options;
  const { schedules, operations } = await openSession({ ...readClientConfig(), ...given }, connection);
  return { schedules, close: () => operations.close() };
}

/** As `connect`, for commands that need the parts too; `config` has every setting. */
export async function openSession(config: ClientConfig, given: ConnectOptions['connection'] = {}): Promise<Session> {
  const { address, namespace, taskQueue, actor } = config;
  const place: Place = { address, namespace, taskQueue };
  const connection = await openConnection(place, { ...config.connectionOptions(), ...given });
  const client = new Client({ connection, namespace, dataConverter: createDataConverter(config.codecKeys) });
  const runs = new TemporalRuns(client, place);
  const schedules = new Schedules({ client, runs, place, actor, pacer: realPacer });
  const operations = new Operations({
    runs,
    actor,
    pacer: realPacer,
    newId: randomUUID,
    close: () => connection.close(),
  });
  return { operations, schedules, client, connection, place };
}

async function openConnection(place: Place, options: ConnectionOptions): Promise<Connection> {
  try {
    return await Connection.connect({ ...options, address: place.address, connectTimeout: connectTimeoutMs });
  } catch (error) {
    const cast = castError(error, place, `connecting to ${place.address}`, 'server');
    // Whatever goes wrong before the first answer means that there is no Temporal that we could talk to.
    throw cast instanceof NotAuthorizedError ? cast : new ServerUnreachableError(place.address, error);
  }
}
