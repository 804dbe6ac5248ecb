import { DefaultLogger, type LogMetadata, type Logger as TemporalLogger } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

import { escapeInJson, visibleValue } from '../domain/visible-text.js';

export type { Logger } from 'pino';

export interface LogOptions {
  /** @defaultValue pretty on a terminal, else json */
  readonly format?: 'pretty' | 'json' | null;
  readonly level: string;
  /** @defaultValue standard error, because standard output is for results */
  readonly destination?: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** The process's log: one JSON object a line, or lines for people. */
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
  // What the pretty printer reads back from JSON it prints as it is.
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

/** The SDK warns of a worker without workflows. The one of the waits queue has none on purpose. */
const expectedWarning = 'No workflows registered, not polling for workflow tasks';

/** Has the SDK write to our log; its metadata become fields. */
export function temporalLogger(logger: Logger): TemporalLogger {
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    const fields = fieldsOf(meta ?? {});
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

/** An error is reduced to its words: what hangs on it may hold a request with its headers. */
function fieldsOf(meta: LogMetadata): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta)
      .filter(([key]) => key !== 'taskToken')
      .map(([key, value]) => [key, value instanceof Error ? `${value.name}: ${value.message}` : value]),
  );
}
