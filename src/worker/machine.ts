import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** What a worker process may use. */
export interface Machine {
  /** Processor cores, with fractions where a container has a quota. */
  readonly cores: number;
  /** Limit of V8's heap, in bytes. */
  readonly heap: number;
  /** Memory limit of the container, in bytes; 0 or absent when there is none. */
  readonly container?: number | undefined;
}

type ReadText = (path: string) => string | null;

/** The quota of a container: control groups of version 2, then of version 1. Node.js 20 does not know it. */
const quotaFiles = {
  current: '/sys/fs/cgroup/cpu.max',
  quota: '/sys/fs/cgroup/cpu/cpu.cfs_quota_us',
  period: '/sys/fs/cgroup/cpu/cpu.cfs_period_us',
} as const;

/** Cores that this process may use: those of the machine, or less when its container has a quota. */
export function usableCores(ofMachine: number, read: ReadText): number {
  const [quota, period] = read(quotaFiles.current)?.trim().split(/\s+/) ?? [
    read(quotaFiles.quota),
    read(quotaFiles.period),
  ];
  const cores = Number(quota) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? Math.min(ofMachine, cores) : ofMachine;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The machine of this process. */
export function thisMachine(): Machine {
  return {
    cores: usableCores(availableParallelism(), readOrNull),
    heap: getHeapStatistics().heap_size_limit,
    container: process.constrainedMemory(),
  };
}
