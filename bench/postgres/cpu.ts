import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of /proc/PID/stat per second: fixed on all usual builds of Linux. */
const ticksPerSecond = 100;

/** One process, or with `children` also the processes that it has started. */
export interface Measurable {
  readonly pid: () => number;
  readonly children?: boolean;
}

/** Adds up the CPU time of named processes across restarts. */
export class CpuMeter {
  readonly #measurables: Readonly<Record<string, Measurable>>;
  readonly #totals = new Map<string, number>();
  #last = new Map<number, number>();

  constructor(measurables: Readonly<Record<string, Measurable>>) {
    this.#measurables = measurables;
  }

  /** Reads all times. What a process uses after the last reading before its end is not counted. */
  read(): void {
    const processes = readAll();
    const now = new Map<number, number>();
    for (const [name, { pid: pidOf, children = false }] of Object.entries(this.#measurables)) {
      const pid = pidOf();
      const seconds = processes
        .filter((one) => one.pid === pid || (children && one.parent === pid))
        .reduce((sum, one) => sum + one.seconds, 0);
      const used = Math.max(0, seconds - (this.#last.get(pid) ?? seconds));
      this.#totals.set(name, (this.#totals.get(name) ?? 0) + used);
      now.set(pid, seconds);
    }
    this.#last = now;
  }

  get totals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#totals);
  }
}

interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
}

function readAll(): ProcessTime[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name of the command is in brackets and may contain anything.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const ticks = fields.slice(11, 13).reduce((sum, field) => sum + Number(field), 0);
        return [{ pid: Number(name), parent: Number(fields[1]), seconds: ticks / ticksPerSecond }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}
