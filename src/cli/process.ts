import { constants } from 'node:os';
import { exitProcess } from '../worker/flush.js';
import { type ExitCode, exitCodes } from './exit-codes.js';

/** Runs work until SIGTERM or Ctrl-C. A second signal exits at once. */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(128 + constants.signals[signal]);
    stop.abort();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}

/** The exit code that shells report for a process killed by SIGPIPE. */
const sigpipeCode = 141;
/** A command that has printed its result is about to end by itself, with its own exit code. */
const graceMs = 1_000;

/**
 * Ends the command quietly when the reader of its output goes away, such as `head`, and with a message when a write
 * fails. `codeOf` returns the exit code of a command that has ended, and null before.
 */
export function watchOutput(codeOf: () => ExitCode | null, isRole: boolean): void {
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    // A role has servers and child processes to stop first.
    if (isRole && process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
    else setTimeout(() => process.exit(codeOf() ?? sigpipeCode), graceMs).unref();
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isEnding || error.code === 'EPIPE') return end();
    // Later writes fail too; one message and one exit are enough.
    isEnding = true;
    process.stderr.write(`maops: cannot write the result: ${error.message}\n`);
    void exitProcess(exitCodes.failed);
  });
  // Lost notices do not stop the work, but a role that can no longer log stops as on SIGTERM.
  process.stderr.on('error', () => {
    if (isRole) end();
  });
}
