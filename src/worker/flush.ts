import { setImmediate } from 'node:timers/promises';

/** The used part of `process.stdout` and `process.stderr`. */
interface Output {
  readonly writableLength: number;
  readonly errored?: Error | null;
  write(chunk: string, done: (error?: Error | null) => void): unknown;
}

/**
 * Waits until the reader has taken everything that was written to the streams. Pipes are asynchronous, and
 * `process.exit` would discard the rest.
 */
export async function flush(...streams: readonly Output[]): Promise<void> {
  let open = streams;
  do {
    const wasWritten = await Promise.all(open.map(written));
    // Node.js forgets the error of a standard stream, and every further write would fail.
    open = open.filter((_, index) => wasWritten[index]);
    // A log formatter in between writes more as soon as there is room.
    await setImmediate();
  } while (open.some(({ writableLength, errored }) => writableLength > 0 && !errored));
}

/** Resolves with true when the data is out, and with false when it never will be. */
async function written(stream: Output): Promise<boolean> {
  if (stream.errored) return false;
  return await new Promise<boolean>((resolve) => void stream.write('', (error) => resolve(!error)));
}

/** Exits after all output is out. */
export async function exitProcess(code: number): Promise<never> {
  await flush(process.stdout, process.stderr);
  process.exit(code);
}
