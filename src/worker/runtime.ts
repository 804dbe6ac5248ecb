import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { ListenAddress } from '../config/parsers.js';
import { type Logger, temporalLogger } from './logging.js';

export interface RuntimeOptions {
  readonly logger: Logger;
  readonly metricsAddress: ListenAddress | null;
}

let isInstalled = false;

/** Installs the SDK's runtime, of which a process has one. A second call has no effect. */
export function installRuntime({ logger, metricsAddress }: RuntimeOptions): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({
    logger: temporalLogger(logger),
    // We handle signals ourselves, because waits must hand over before the worker shuts down.
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
