import { constants } from 'node:os';
import { exitProcess } from '../worker/flush.js';
import { type ExitCode, exitCodes } from './exit-codes.js';

/** Runs something that goes on until SIGTERM or Ctrl-C; a second signal ends the process at once. */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const told = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (told.signal.aborted) process.exit(128 + constants.signals[signal]);
    told.abort();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  try {
    return await work(told.signal);
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}

/** What a shell reports of a process that was ended because nobody reads its output any more. */
const sigpipeCode = 141;
/** A command that has printed its result is about to end by itself, with its own exit code. */
const graceMs = 1_000;

/**
 * Ends the command quietly when whoever reads its results goes away, such as `head`, and with a message when they
 * cannot be written. `codeOf` returns the exit code of a command that has ended, null while it has not.
 */
export function watchOutput(codeOf: () => ExitCode | null, isRole: boolean): void {
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    // A role has servers and child processes to stop first.
    if (isRole && process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
    else setTimeout(() => process.exit(codeOf() ?? sigpipeCode), graceMs).unref();
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isOver || error.code === 'EPIPE') return end();
    // Each write that follows fails too; one message and one ending are enough.
    isOver = true;
    process.stderr.write(`maops: the result cannot be written: ${error.message}\n`);
    void exitProcess(exitCodes.failed);
  });
  // Notices that nobody reads do not stop the work. A role that cannot log any more stops as if it was told to.
  process.stderr.on('error', () => {
    if (isRole) end();
  });
}
