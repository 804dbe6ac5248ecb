import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pMap from 'p-map';
import { exitProcess } from '../src/worker/flush.js';
import { playChaos } from '../test/chaos/environment-run.js';
import { playLeaseRace } from '../test/chaos/lease-race.js';
import { leaseSeedOf } from '../test/chaos/lease-seed.js';
import { scenarioOf } from '../test/chaos/seed.js';

const usage = `Seeded chaos testing in virtual time. Prints one line of JSON; exits with 1 when a seed has failed.

  npm run chaos -- [--seeds 1000] [--from 0] [--workers N] [--leases]
  npm run chaos -- --seed N [--trace] [--leases]

--leases races operators against the ends of leases. --seed replays one seed, --trace with its plan and trace.`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '1000' },
        from: { type: 'string', default: '0' },
        seed: { type: 'string' },
        leases: { type: 'boolean', default: false },
        trace: { type: 'boolean', default: false },
        workers: { type: 'string', default: String(availableParallelism()) },
        serve: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { leases, trace, serve, help, seed } = values;
    return {
      leases,
      trace,
      serve,
      help,
      seeds: readNumber('seeds', values.seeds, 1),
      from: readNumber('from', values.from, 0),
      workers: readNumber('workers', values.workers, 1),
      seed: seed === undefined ? null : readNumber('seed', seed, 0),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function readNumber(name: string, text: string, least: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new Error(`--${name} ${text}: must be a whole number, at least ${least}`);
  return Number(text);
}

const { from, seeds, workers, seed: replayed, leases, trace: isTraced, serve: isChild, help } = readOptions();

interface SeedResult {
  readonly seed: number;
  readonly ending: string;
  readonly problems: readonly string[];
  /** Added up over all seeds. */
  readonly counts: Readonly<Record<string, number>>;
  readonly faultsHit: Readonly<Record<string, number>>;
}

type Trace = (line: string) => void;

async function runSeed(seed: number, trace?: Trace): Promise<SeedResult> {
  if (leases) {
    const { ending, problems, granted, refused, deaths, tryNow } = await playLeaseRace(seed, trace);
    return { seed, ending, problems, faultsHit: {}, counts: { deaths, granted, refused, ...wakeUps(tryNow) } };
  }
  const run = await playChaos(seed, trace === undefined ? {} : { trace });
  const { ending, problems, faultsHit, deaths, calls, tryNow } = run;
  return { seed, ending, problems, faultsHit, counts: { deaths, calls, ...wakeUps(tryNow) } };
}

function wakeUps({ accepted, refused }: { readonly accepted: number; readonly refused: number }) {
  return { tryNowAccepted: accepted, tryNowRefused: refused };
}

async function replay(seed: number): Promise<void> {
  if (isTraced) console.log(JSON.stringify(leases ? leaseSeedOf(seed) : scenarioOf(seed), null, 2));
  const result = await runSeed(seed, isTraced ? (line) => console.log(line) : undefined);
  console.log(JSON.stringify(result, null, 2));
  await exitProcess(result.problems.length > 0 ? 1 : 0);
}

/** A child process: runs its seeds and sends each result to the parent, which ends it. */
async function serve(): Promise<void> {
  process.on('disconnect', () => process.exit());
  for (let seed = from; seed < from + seeds; seed += 1) process.send?.(await runSeed(seed));
}

/** Workflow sandboxes leave memory behind, so a process runs a limited number of seeds. */
const seedsPerProcess = Math.min(500, Math.ceil(seeds / workers));

async function runBatch(first: number, take: (result: SeedResult) => void): Promise<void> {
  let left = Math.min(seedsPerProcess, from + seeds - first);
  const args = ['--serve', '--from', String(first), '--seeds', String(left), ...(leases ? ['--leases'] : [])];
  const child = fork(fileURLToPath(import.meta.url), args);
  await new Promise<void>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`a child process ended with ${code}, ${left} seeds early`)));
    child.on('message', (result: SeedResult) => {
      take(result);
      left -= 1;
      if (left > 0) return;
      child.removeAllListeners('exit');
      child.kill();
      resolve();
    });
  });
}

function add(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) into[key] = (into[key] ?? 0) + count;
}

async function runAll(): Promise<void> {
  const start = Date.now();
  const failed: number[] = [];
  const byEnding: Record<string, number> = {};
  const faultsHit: Record<string, number> = {};
  const counts: Record<string, number> = {};
  let done = 0;
  const reportEvery = Math.max(25, Math.ceil(seeds / 20));
  const take = ({ seed, ending, problems, ...result }: SeedResult) => {
    add(byEnding, { [ending]: 1 });
    add(faultsHit, result.faultsHit);
    add(counts, result.counts);
    if (problems.length > 0) {
      failed.push(seed);
      console.error(`failing seed ${seed} (${ending}): ${problems.join('\n  ')}`);
    }
    done += 1;
    if (done % reportEvery !== 0 || done === seeds) return;
    console.error(`${done} of ${seeds} seeds, ${failed.length} failed, ${Math.round((Date.now() - start) / 1000)} s`);
  };
  const batches = Array.from(
    { length: Math.ceil(seeds / seedsPerProcess) },
    (_, index) => from + index * seedsPerProcess,
  );
  await pMap(batches, (first) => runBatch(first, take), { concurrency: workers });
  failed.sort((one, other) => one - other);
  const seconds = Math.round((Date.now() - start) / 100) / 10;
  const kind = leases ? 'leases' : 'chaos';
  const passed = seeds - failed.length;
  console.log(JSON.stringify({ kind, from, seeds, passed, failed, seconds, byEnding, faultsHit, ...counts }));
  await exitProcess(failed.length > 0 ? 1 : 0);
}

if (help) console.log(usage);
else if (isChild) await serve();
else if (replayed !== null) await replay(replayed);
else await runAll();
