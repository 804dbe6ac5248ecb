import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './child.js';

const maops = fileURLToPath(new URL('../../bin/maops.js', import.meta.url));

/** Two worker processes. Only the second one is ever killed, so the first one shows the memory over time. */
export interface Workers {
  /** Process ids of the first and of the present second worker. */
  readonly pids: { readonly first: () => number; readonly second: () => number };
  /** Kills the second worker with SIGKILL and starts another one. */
  readonly replaceSecond: () => Promise<void>;
  /** Resident memory of the first worker in MiB. */
  readonly memory: () => Promise<number>;
  /** Warnings about overload in the logs of all workers, by their sign. */
  readonly warnings: () => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => Promise<void>;
}

export function startWorkers(folder: string, variables: Readonly<Record<string, string>>): Workers {
  const env = { ...process.env, ...variables, MAOPS_LOG: 'json', MAOPS_LOG_LEVEL: 'warn' };
  const logFile = join(folder, 'workers.log');
  const start = () => startChild(process.execPath, [maops, 'worker'], { env, logFile });
  const first = start();
  let second: Child = start();
  return {
    pids: { first: () => first.pid, second: () => second.pid },
    replaceSecond: async () => {
      await second.stop('SIGKILL');
      second = start();
    },
    memory: async () => {
      const status = await readFile(`/proc/${first.pid}/status`, 'utf8').catch(() => '');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1_024;
    },
    warnings: async () => {
      const counts: Record<string, number> = {};
      for (const [, sign = '', count = '1'] of (await readFile(logFile, 'utf8')).matchAll(
        /"sign":"(\w+)"(?:[^\n]*?"count":(\d+))?/g,
      ))
        counts[sign] = (counts[sign] ?? 0) + Number(count);
      return counts;
    },
    stop: async () => void (await Promise.all([first, second].map((worker) => worker.stop('SIGTERM')))),
  };
}
