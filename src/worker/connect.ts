import { isGrpcServiceError } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions, TransportError } from '@temporalio/worker';
import type { ClientConfig } from '../config.js';
import type { Sleep } from '../modelarts/request-options.js';
import { type ProbeFinding, probeTemporal } from '../temporal/probe.js';
import type { Logger } from './logging.js';
import { missingSearchAttributes } from './search-attributes.js';

const firstPauseMs = 500;
const longestPauseMs = 10_000;
/** Under load a server may report its namespaces as missing just after it has started. */
const namespaceMs = 10_000;
const grpcNotFound = 5;
const probeMs = 2_000;

export interface ConnectOptions {
  readonly config: Pick<ClientConfig, 'address' | 'namespace' | 'connectionOptions' | 'proxy' | 'tlsBy'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  readonly now: () => number;
  /** Called before each pause with the reason. */
  readonly onUnreachable?: (reason: string) => void;
}

/** The native connection ignores the proxy variables, so it gets the proxy that the command line uses. */
export function nativeOptions(config: Pick<ClientConfig, 'connectionOptions' | 'proxy'>): NativeConnectionOptions {
  const { proxy } = config;
  if (proxy === null) return config.connectionOptions();
  const basicAuth = proxy.basicAuth();
  const login = basicAuth === null ? {} : { basicAuth };
  return { ...config.connectionOptions(), proxy: { type: 'http-connect', targetHost: proxy.address, ...login } };
}

/** Why a server is unreachable: the result of a probe of its port, otherwise the message of the SDK. */
export async function reasonOf(config: ConnectOptions['config'], error: unknown): Promise<ProbeFinding> {
  const found = await probeTemporal(config, AbortSignal.timeout(probeMs));
  if (found !== null) return found;
  return { reason: error instanceof Error ? error.message : String(error), advice: null };
}

/** Connects to Temporal. Waits while the server is down, because a worker may start before it. */
export async function connectToTemporal(options: ConnectOptions): Promise<NativeConnection> {
  const { config, logger, signal, sleep } = options;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    signal.throwIfAborted();
    try {
      return await NativeConnection.connect(nativeOptions(config));
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      const { reason, advice } = await reasonOf(config, error);
      const fields = { address: config.address, proxy: config.proxy?.address, reason, advice, pauseMs };
      const way = config.proxy === null ? '' : ` through proxy ${config.proxy.address} (${config.proxy.variable})`;
      const why = `${reason}${advice === null ? '' : `. ${advice}`}`;
      options.onUnreachable?.(why);
      const again = `Retrying in ${pauseMs / 1_000} s.`;
      logger.warn(
        fields,
        `cannot connect to Temporal at ${config.address}${way}: ${why}${advice === null ? '. ' : ' '}${again}`,
      );
    }
    await sleep(pauseMs, signal);
  }
}

/** Refuses a namespace that does not exist or lacks our search attributes, because runs would be stuck silently. */
export async function checkNamespace(connection: NativeConnection, options: ConnectOptions): Promise<void> {
  const { config, logger } = options;
  await mustExist(connection, options);
  const missing = await missingSearchAttributes(connection, config.namespace).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn({ reason }, 'cannot check the search attributes. Run `maops doctor` to see the required ones.');
    return [];
  });
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new Error(`namespace ${config.namespace} lacks the search attributes ${names}. Run \`maops setup\` once.`);
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
          `Temporal at ${address} has no namespace ${namespace}. Create it, or set TEMPORAL_NAMESPACE to an existing one.`,
          { cause: error },
        );
      }
    }
    await sleep(firstPauseMs, signal);
  }
}
