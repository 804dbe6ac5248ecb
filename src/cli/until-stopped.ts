import { constants } from 'node:os';

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
