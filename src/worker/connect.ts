import { isGrpcServiceError } from '@temporalio/client';
import { NativeConnection, TransportError } from '@temporalio/worker';
import type { ClientConfig } from '../config.js';
import type { Sleep } from '../modelarts/request-options.js';
import type { Logger } from './logging.js';
import { missingSearchAttributes } from './search-attributes.js';

const firstPauseMs = 500;
const longestPauseMs = 10_000;
/** A starved server may not know its namespaces for a moment after its start. */
const namespaceMs = 10_000;
const grpcNotFound = 5;

export interface ConnectOptions {
  readonly config: Pick<ClientConfig, 'address' | 'namespace' | 'connectionOptions'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  readonly now: () => number;
}

/** Connects to Temporal, and waits for it as long as it is down: a worker may well start before its server. */
export async function connectToTemporal(options: ConnectOptions): Promise<NativeConnection> {
  const { config, logger, signal, sleep } = options;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    signal.throwIfAborted();
    try {
      return await NativeConnection.connect(config.connectionOptions());
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const fields = { address: config.address, reason: error.message, pauseMs };
      logger.warn(fields, `Temporal at ${config.address} cannot be reached; trying again in ${pauseMs / 1_000} s`);
    }
    await sleep(pauseMs, signal);
  }
}

/** Refuses a namespace that does not exist or lacks our search attributes: runs would be stuck without a word. */
export async function checkNamespace(connection: NativeConnection, options: ConnectOptions): Promise<void> {
  const { config, logger } = options;
  await mustExist(connection, options);
  const missing = await missingSearchAttributes(connection, config.namespace).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn({ reason }, 'search attributes cannot be checked here; `maops doctor` says how they should be');
    return [];
  });
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new Error(`namespace ${config.namespace} lacks the search attributes ${names}: run \`maops setup\` once`);
}

async function mustExist(connection: NativeConnection, options: ConnectOptions): Promise<void> {
  const { config, signal, sleep, now } = options;
  const { namespace, address } = config;
  const until = now() + namespaceMs;
  for (;;) {
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return;
    } catch (error) {
      const code: number = isGrpcServiceError(error) ? error.code : 0;
      if (code !== grpcNotFound) throw error;
      if (now() > until) {
        throw new Error(
          `Temporal at ${address} has no namespace ${namespace}: create it, or set TEMPORAL_NAMESPACE to one that exists`,
          { cause: error },
        );
      }
    }
    await sleep(firstPauseMs, signal);
  }
}
