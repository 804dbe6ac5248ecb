import { median, rounded } from '../bench-stack.js';
import type { Row } from '../row.js';
import type { Verdict } from './cloud.js';
import type { Environment, UpdateTime } from './environment.js';
import type { Fault, FaultName } from './faults.js';

export interface MemorySample {
  /** Milliseconds from the begin of the load. */
  readonly at: number;
  readonly mib: number;
}

export interface Measured {
  readonly environments: readonly Environment[];
  readonly verdict: Verdict;
  /** Creates that the simulator logged as effective. */
  readonly created: number;
  readonly faults: readonly Fault[];
  readonly memory: readonly MemorySample[];
  readonly loads: readonly number[];
  /** CPU seconds during the load, by process. */
  readonly totals: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
  readonly loadMs: number;
  readonly drainedMs: number;
}

const updateGoalMs = 200;
/** What a fault delays has come through within this time after its end. */
const recoveryMs = 15_000;
const faultNames: readonly FaultName[] = ['worker killed', 'server restarted', 'database stopped'];
const shownMemory = 6;

/** The rows, and one line for each thing that was lost, doubled or left. */
export function figures(measured: Measured): { readonly rows: Row[]; readonly problems: string[] } {
  const { environments, verdict, faults, created } = measured;
  const lost = environments.filter(({ isDone }) => !isDone);
  const notSeen = environments.length * 2 - created;
  const problems = [
    ...lost.map(({ name, ending, problem }) => `lost: ${name} (${ending}): ${problem ?? 'not ended in time'}`),
    ...verdict.left.map((one) => `left: ${one}`),
    ...verdict.broken.map((one) => `broken: ${one}`),
    ...verdict.doubled.map((one) => `doubled: ${one}`),
  ];
  const updates = environments.flatMap((environment) => environment.updates);
  const quiet = updates.filter((update) => !faults.some((fault) => isTouched(update, fault)));
  const kept = environments.filter(({ ending }) => ending === 'kept').length;
  const readySeconds = environments.flatMap(({ startedAt, readyAt }) =>
    readyAt === null ? [] : [(readyAt - startedAt) / 1_000],
  );
  const half = Math.floor(readySeconds.length / 2);
  const count = (measure: string, value: number, unit: string, goal: number | null): Row => ({
    measure,
    value,
    unit,
    goal,
  });
  const rows = [
    count('environments started', environments.length, 'environments', null),
    count('started per second', rounded(environments.length / (measured.loadMs / 1_000), 2), '1/s', null),
    ...faultNames.map((name) => count(name, faults.filter((one) => one.name === name).length, 'times', null)),
    count('lost: did not end Ready, or later Gone', lost.length, 'environments', 0),
    count('left after a teardown, a release or an expiry', verdict.left.length, 'resources', 0),
    count(`not exactly one pool and notebook, of ${kept} kept`, verdict.broken.length, 'environments', 0),
    count('creates after one that took effect', verdict.doubled.length, 'creates', 0),
    count('creates that took effect, short of two for each', notSeen, 'creates', 0),
    ...times(`extension of a lease, all ${updates.length}`, updates),
    ...times(`extension of a lease, the ${quiet.length} outside of faults and ${recoveryMs / 1_000} s after`, quiet),
    count('create to Ready, median of the first half', seconds(readySeconds.slice(0, half), 0.5), 's', null),
    count('create to Ready, median of the second half', seconds(readySeconds.slice(half), 0.5), 's', null),
    count('create to Ready, p99', seconds(readySeconds, 0.99), 's', null),
    count('last start to the end of all', rounded(measured.drainedMs / 1_000), 's', null),
    count('API calls per environment', rounded(verdict.calls / environments.length), 'calls', null),
    ...Object.entries(measured.warnings).map(([sign, value]) => count(`warnings ${sign}`, value, 'tasks', null)),
    ...memoryRows(measured),
    ...Object.entries(measured.totals).map(([name, used]) =>
      count(`CPU of ${name}`, rounded((used * 1_000) / measured.loadMs, 2), 'cores', null),
    ),
    count('load average of the machine, mean', rounded(mean(measured.loads)), 'processes', null),
  ];
  return { rows, problems };
}

/** The times of the last updates, to see what a fault does to them. */
export function updateLine(environments: readonly Environment[], withinMs: number): string {
  const since = performance.now() - withinMs;
  const ms = environments.flatMap(({ updates }) =>
    updates.filter(({ to }) => to > since).map(({ from, to }) => to - from),
  );
  if (ms.length === 0) return 'no extension';
  return `${ms.length} extensions, median ${rounded(median(ms), 0)} ms, longest ${rounded(Math.max(...ms), 0)} ms`;
}

function isTouched({ from, to }: UpdateTime, fault: Fault): boolean {
  return from < fault.to + recoveryMs && to > fault.from;
}

function times(measure: string, updates: readonly UpdateTime[]): Row[] {
  const ms = updates.map(({ from, to }) => to - from);
  return [
    { measure: `${measure}, median`, value: rounded(percentile(ms, 0.5), 0), unit: 'ms', goal: null },
    { measure: `${measure}, p99`, value: rounded(percentile(ms, 0.99), 0), unit: 'ms', goal: updateGoalMs },
    { measure: `${measure}, longest`, value: rounded(Math.max(...ms), 0), unit: 'ms', goal: null },
  ];
}

/** Samples at even distances, and the growth from the second quarter of the load to the last. */
function memoryRows({ memory, loadMs }: Measured): Row[] {
  const during = memory.filter(({ at, mib }) => at <= loadMs && mib > 0);
  const quarter = (number: number) =>
    during.filter(({ at }) => at >= (loadMs * number) / 4 && at <= (loadMs * (number + 1)) / 4).map(({ mib }) => mib);
  const shown = Array.from({ length: shownMemory }, (_, index) => (loadMs * (index + 1)) / shownMemory);
  return [
    ...shown.map((end) => {
      const last = during.filter(({ at }) => at <= end).at(-1)?.mib ?? Number.NaN;
      const measure = `memory of the worker that is not killed, after ${rounded(end / 60_000)} min`;
      return { measure, value: rounded(last, 0), unit: 'MiB', goal: null };
    }),
    {
      measure: 'its median in the last quarter divided by that in the second',
      value: rounded(median(quarter(3)) / median(quarter(1)), 2),
      unit: 'times',
      goal: 1.1,
    },
  ];
}

function seconds(values: readonly number[], share: number): number {
  return rounded(percentile(values, share));
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
