import { setImmediate } from 'node:timers/promises';

/** What this needs of `process.stdout` and `process.stderr`. */
interface Output {
  readonly writableLength: number;
  readonly errored?: Error | null;
  write(chunk: string, done: (error?: Error | null) => void): unknown;
}

/**
 * Waits until everything that was written to the streams has left the process, however slowly it is read. A pipe is
 * asynchronous: `process.exit` would throw away what its reader has not taken yet.
 */
export async function flush(...streams: readonly Output[]): Promise<void> {
  let open = streams;
  do {
    const wasWritten = await Promise.all(open.map(written));
    // Node.js forgets the error of its standard streams, and a write that failed once would fail for ever.
    open = open.filter((_, index) => wasWritten[index]);
    // A printer of log lines in between hands over more as soon as there is room.
    await setImmediate();
  } while (open.some(({ writableLength, errored }) => writableLength > 0 && !errored));
}

/** Resolves with true when what was written so far is out, and with false when it never will be. */
async function written(stream: Output): Promise<boolean> {
  if (stream.errored) return false;
  return await new Promise<boolean>((resolve) => void stream.write('', (error) => resolve(!error)));
}

/** Ends the process after everything that it has printed is out. */
export async function exitProcess(code: number): Promise<never> {
  await flush(process.stdout, process.stderr);
  process.exit(code);
}
