import { setImmediate } from 'node:timers/promises';

/** What this needs of `process.stdout` and `process.stderr`. */
interface Output {
  readonly writableLength: number;
  readonly errored?: Error | null;
  write(chunk: string, done: () => void): unknown;
}

/**
 * Waits until everything that was written to the streams has left the process, however slowly it is read. A pipe is
 * asynchronous: `process.exit` would throw away what its reader has not taken yet.
 */
export async function flush(...streams: readonly Output[]): Promise<void> {
  do {
    await Promise.all(streams.map(written));
    // A printer of log lines in between hands over more as soon as there is room.
    await setImmediate();
  } while (streams.some(({ writableLength, errored }) => writableLength > 0 && !errored));
}

/** Resolves when what was written so far is out, or never will be because the reader has gone away. */
async function written(stream: Output): Promise<void> {
  if (!stream.errored) await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}

/** Ends the process after everything that it has printed is out. */
export async function exitProcess(code: number): Promise<never> {
  await flush(process.stdout, process.stderr);
  process.exit(code);
}
