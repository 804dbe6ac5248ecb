import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitProcess } from '../src/worker/flush.js';
import { playChaos } from '../test/chaos/environment-run.js';
import { playLeaseRace } from '../test/chaos/lease-race.js';
import { leaseSeedOf } from '../test/chaos/lease-seed.js';
import { historyOf } from '../test/chaos/seed.js';

/**
 * Plays many seeds in virtual time, on all cores, and prints one line of JSON: `npm run chaos -- --seeds 10000`, from
 * another number on with `--from N`, races around the ends of leases with `--leases`; or one seed with its scenario and
 * history: `--seed N --trace`.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    leases: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(availableParallelism()) },
    serve: { type: 'boolean', default: false },
  },
});

/** What a seed came to, of either kind; `counts` are added up over all seeds. */
interface Played {
  readonly seed: number;
  readonly ending: string;
  readonly problems: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly faultsHit: Readonly<Record<string, number>>;
}

type Trace = ((line: string) => void) | undefined;

async function chaos(seed: number, trace: Trace): Promise<Played> {
  const { ending, problems, faultsHit, deaths, calls, tryNow } = await playChaos(
    seed,
    trace === undefined ? {} : { trace },
  );
  return { seed, ending, problems, faultsHit, counts: { deaths, calls, ...tried(tryNow) } };
}

async function leaseRace(seed: number, trace: Trace): Promise<Played> {
  const { ending, problems, granted, refused, deaths, tryNow } = await playLeaseRace(seed, trace);
  return { seed, ending, problems, faultsHit: {}, counts: { deaths, granted, refused, ...tried(tryNow) } };
}

function tried({ accepted, refused }: { readonly accepted: number; readonly refused: number }) {
  return { tryNowAccepted: accepted, tryNowRefused: refused };
}

const play = values.leases ? leaseRace : chaos;
const chunk = 25;
/** Workflow sandboxes leave memory behind, which slows a process down: 500 seeds are enough for one. */
const chunksPerProcess = 20;

async function single(seed: number): Promise<void> {
  if (values.trace) console.log(JSON.stringify(values.leases ? leaseSeedOf(seed) : historyOf(seed), null, 2));
  const played = await play(seed, values.trace ? (line) => console.log(line) : undefined);
  console.log(JSON.stringify(played, null, 2));
  await exitProcess(played.problems.length > 0 ? 1 : 0);
}

/** A worker process: plays the chunks that it is handed. */
function serve(): void {
  const playChunk = async ({ from, count }: { from: number; count: number }) => {
    const results: Played[] = [];
    for (let seed = from; seed < from + count; seed += 1) results.push(await play(seed, undefined));
    process.send?.(results);
  };
  process.on('message', (order: { from: number; count: number }) => {
    playChunk(order).catch((error: unknown) => {
      console.error(error);
      process.exit(2);
    });
  });
}

function add(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) into[key] = (into[key] ?? 0) + count;
}

async function conduct(): Promise<void> {
  const seeds = Number(values.seeds);
  const from = Number(values.from);
  const end = from + seeds;
  let next = from;
  const began = Date.now();
  const failed: number[] = [];
  const byEnding: Record<string, number> = {};
  const faultsHit: Record<string, number> = {};
  const counts: Record<string, number> = {};
  let played = 0;
  const every = Math.max(chunk, Math.ceil(seeds / 20 / chunk) * chunk);
  const show = () => {
    const passed = played - failed.length;
    console.error(`${played} of ${seeds} played, ${passed} passed, ${Math.round((Date.now() - began) / 1000)} s`);
  };
  const take = (one: Played) => {
    add(byEnding, { [one.ending]: 1 });
    add(faultsHit, one.faultsHit);
    add(counts, one.counts);
    if (one.problems.length > 0) {
      failed.push(one.seed);
      console.error(`seed ${one.seed} (${one.ending}): ${one.problems.join('\n  ')}`);
    }
    played += 1;
    if (played % every === 0 && played < seeds) show();
  };
  const serveSome = async () =>
    await new Promise<void>((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), ['--serve', ...(values.leases ? ['--leases'] : [])]);
      let chunks = 0;
      const feed = () => {
        if (next >= end || chunks === chunksPerProcess) {
          child.removeAllListeners('exit');
          child.kill();
          return resolve();
        }
        child.send({ from: next, count: Math.min(chunk, end - next) });
        next += chunk;
        chunks += 1;
      };
      child.on('message', (results: Played[]) => {
        results.forEach(take);
        feed();
      });
      child.on('exit', (code) => reject(new Error(`a worker process ended with ${code}`)));
      feed();
    });
  const work = async (): Promise<void> => {
    await serveSome();
    if (next < end) await work();
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, work));
  failed.sort((one, other) => one - other);
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  const kind = values.leases ? 'leases' : 'chaos';
  const passed = seeds - failed.length;
  console.log(JSON.stringify({ kind, from, seeds, passed, failed, seconds, byEnding, faultsHit, ...counts }));
  await exitProcess(failed.length > 0 ? 1 : 0);
}

if (values.serve) serve();
else if (values.seed !== undefined) await single(Number(values.seed));
else await conduct();
