import { DefaultLogger, type LogMetadata, type Logger as TemporalLogger } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import { escapeInJson, visibleValue } from '../domain/visible-text.js';
import { OverloadWarnings, overloadIn } from './overload.js';

export type { Logger } from 'pino';

export interface LogOptions {
  /** @defaultValue pretty on a terminal, else json */
  readonly format?: 'pretty' | 'json' | null;
  readonly level: string;
  /** @defaultValue standard error, because standard output is for results */
  readonly destination?: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Creates the log of the process: JSON lines, or lines for people. */
export function createLogger({ format, level, destination = process.stderr }: LogOptions): Logger {
  const isPretty = format === 'pretty' || (format == null && destination.isTTY === true);
  const stream = isPretty
    ? pretty({
        destination,
        sync: true,
        colorize: destination.isTTY === true,
        ignore: 'pid,hostname',
        translateTime: 'HH:MM:ss.l',
      })
    : destination;
  // The pretty printer prints the values that it parses from JSON unescaped.
  const streamWrite = isPretty
    ? (line: string) => `${JSON.stringify(visibleValue(JSON.parse(line)))}\n`
    : (line: string) => escapeInJson(line);
  return pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite },
    },
    stream,
  );
}

/** The SDK's warning about a worker without workflows. The worker of the waits queue has none on purpose. */
const expectedWarning = 'No workflows registered, not polling for workflow tasks';

/**
 * A logger for the SDK that writes to our log, with metadata as fields. Each sign of overload becomes part of a warning
 * with advice.
 */
export function temporalLogger(logger: Logger, now: () => number = Date.now): TemporalLogger {
  const warnings = new OverloadWarnings(logger, now);
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    const fields = fieldsOf(meta ?? {});
    const overload = overloadIn(message);
    if (overload !== null) {
      warnings.saw(overload);
      return logger.debug(fields, message);
    }
    switch (level) {
      case 'TRACE':
        return logger.trace(fields, message);
      case 'DEBUG':
        return logger.debug(fields, message);
      case 'INFO':
        return logger.info(fields, message);
      case 'WARN':
        if (message === expectedWarning) return logger.debug(fields, message);
        return logger.warn(fields, message);
      case 'ERROR':
        return logger.error(fields, message);
    }
  });
}

/** Errors are reduced to name and message, because their properties may include request headers. */
function fieldsOf(meta: LogMetadata): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta)
      .filter(([key]) => key !== 'taskToken')
      .map(([key, value]) => [key, value instanceof Error ? `${value.name}: ${value.message}` : value]),
  );
}
