import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { guardChild } from '../../src/dev/guard.js';

/** A process that the bench has started. */
export interface Child {
  readonly pid: number;
  readonly hasEnded: () => boolean;
  /** Sends a signal and waits for the end. After a minute it sends SIGKILL. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
}

export interface ChildOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives both streams, behind the output of earlier processes. */
  readonly logFile: string;
  /** The user that runs it. @defaultValue the user of this process */
  readonly user?: { readonly uid: number; readonly gid: number } | null;
}

/** Starts a process that ends with this one. */
export function startChild(command: string, words: readonly string[], options: ChildOptions): Child {
  const { env, logFile, user } = options;
  const log = openSync(logFile, 'a');
  const child = spawn(command, words, { env, ...user, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  let hasEnded = false;
  const ended = once(child, 'exit').catch(() => {});
  void ended.then(() => (hasEnded = true));
  guardChild(child);
  return {
    pid: child.pid ?? 0,
    hasEnded: () => hasEnded,
    stop: async (signal) => {
      child.kill(signal);
      const late = new AbortController();
      const force = setTimeout(60_000, undefined, { signal: late.signal }).then(
        () => child.kill('SIGKILL'),
        () => {},
      );
      await ended;
      late.abort();
      await force;
    },
  };
}
