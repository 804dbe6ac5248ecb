import { setTimeout } from 'node:timers/promises';
import type { Postgres } from './postgres.js';
import type { TemporalOnPostgres } from './temporal-server.js';
import type { Workers } from './workers.js';

export type FaultName = 'worker killed' | 'server restarted' | 'database stopped';

/** The time of a fault, from its start to the start of its replacement. Times of `performance.now()`. */
export interface Fault {
  readonly name: FaultName;
  readonly from: number;
  readonly to: number;
}

export interface Targets {
  readonly workers: Workers;
  readonly temporal: TemporalOnPostgres;
  readonly postgres: Postgres;
}

const killEverySeconds = 60;
const databaseDownMs = 20_000;

/** When each fault comes, in seconds from the begin of the load: never two at the same time. */
export function planFaults(minutes: number): { readonly at: number; readonly name: FaultName }[] {
  const seconds = minutes * 60;
  const kills = Array.from({ length: Math.ceil(seconds / killEverySeconds) - 1 }, (_, index) => ({
    at: (index + 1) * killEverySeconds,
    name: 'worker killed' as const,
  }));
  const halfway = (share: number) => Math.floor((seconds * share) / killEverySeconds) * killEverySeconds + 30;
  return [
    ...kills,
    { at: halfway(0.3), name: 'server restarted' as const },
    { at: halfway(0.6), name: 'database stopped' as const },
  ].sort((a, b) => a.at - b.at);
}

/** Causes the planned faults and returns those that happened. */
export async function causeFaults(
  { workers, temporal, postgres }: Targets,
  minutes: number,
  onFault: (line: string) => void,
): Promise<Fault[]> {
  const causes: Readonly<Record<FaultName, () => Promise<void>>> = {
    'worker killed': async () => await workers.replaceSecond(),
    'server restarted': async () => {
      await temporal.stop();
      await temporal.start();
    },
    'database stopped': async () => {
      await postgres.stop();
      await setTimeout(databaseDownMs);
      await postgres.start();
    },
  };
  const began = performance.now();
  const faults: Fault[] = [];
  for (const { at, name } of planFaults(minutes)) {
    await setTimeout(Math.max(0, began + at * 1_000 - performance.now()));
    const from = performance.now();
    await causes[name]();
    const to = performance.now();
    faults.push({ name, from, to });
    onFault(`${Math.round((from - began) / 1_000)} s: ${name}, for ${((to - from) / 1_000).toFixed(1)} s`);
  }
  return faults;
}
