import { randomUUID } from 'node:crypto';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { TemporalConnection } from '../config/temporal-connection.js';
import { type ClientConfig, readClientConfig } from '../config.js';
import { realPacer } from './follow.js';
import { Operations } from './operations.js';
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
  readonly connection?: Omit<ConnectionOptions, 'address'>;
}

/** A connection to Temporal with the operations on it; the parts are for commands that need more than operations. */
export interface Session {
  readonly operations: Operations;
  readonly client: Client;
  readonly connection: Connection;
  readonly place: Place;
}

/** Shorter than the 10 s within which a dead server has to show. */
const connectTimeoutMs = 8_000;

/** Connects to Temporal; close the operations when done. */
export async function connect(options: ConnectOptions = {}): Promise<Operations> {
  const { connection, ...given } = options;
  const config = { ...readClientConfig(), ...given };
  const { operations } = await openSession(
    connection === undefined ? config : { ...config, connection: new TemporalConnection(connection) },
  );
  return operations;
}

/** As `connect`, for commands that need the parts too; `config` has every setting. */
export async function openSession(config: ClientConfig): Promise<Session> {
  const { address, namespace, taskQueue, actor } = config;
  const place: Place = { address, namespace, taskQueue };
  const connection = await openConnection(place, config.connection.options());
  const client = new Client({ connection, namespace });
  const operations = new Operations({
    runs: new TemporalRuns(client, place),
    actor,
    pacer: realPacer,
    newId: randomUUID,
    close: () => connection.close(),
  });
  return { operations, client, connection, place };
}

async function openConnection(place: Place, options: ConnectionOptions): Promise<Connection> {
  try {
    return await Connection.connect({ ...options, address: place.address, connectTimeout: connectTimeoutMs });
  } catch (error) {
    throw castError(error, place, `connecting to ${place.address}`, 'server');
  }
}
