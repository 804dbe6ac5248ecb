import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { ListenAddress } from '../config/parsers.js';
import { type Logger, temporalLogger } from './logging.js';

export interface RuntimeOptions {
  readonly logger: Logger;
  readonly metricsAddress: ListenAddress | null;
}

let isInstalled = false;

/** Sets the SDK's one runtime per process up; a second call changes nothing, as the SDK allows one only. */
export function installRuntime({ logger, metricsAddress }: RuntimeOptions): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({
    logger: temporalLogger(logger),
    // Signals are our own business: waits must hear of them before the worker does.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress === null ? {} : { metrics: { prometheus: { bindAddress: socketAddress(metricsAddress) } } }),
    },
  });
}

function socketAddress({ host, port }: ListenAddress): string {
  const address = host === 'localhost' ? '127.0.0.1' : host;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
