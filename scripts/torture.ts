import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type ChaosResult, playChaos } from '../test/support/virtual/chaos.js';
import { storyOf } from '../test/support/virtual/chaos-story.js';

/**
 * Plays many seeds of chaos in virtual time, on all cores, and prints one line of JSON:
 * `npm run torture -- --seeds 10000`, or one seed with its story and timeline: `--seed N --trace`.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});

interface Summary {
  readonly failed: { readonly seed: number; readonly problems: readonly string[] }[];
  readonly byEnding: Record<string, number>;
  readonly faultsHit: Record<string, number>;
  deaths: number;
}

const chunk = 25;

async function single(seed: number): Promise<void> {
  if (values.trace) console.log(JSON.stringify(storyOf(seed), null, 2));
  const result = await playChaos(seed, values.trace ? { trace: (line) => console.log(line) } : {});
  console.log(JSON.stringify(result, null, 2));
  process.exit(result.problems.length > 0 ? 1 : 0);
}

async function playChunk(from: number, count: number): Promise<ChaosResult[]> {
  const results: ChaosResult[] = [];
  for (let seed = from; seed < from + count; seed += 1) results.push(await playChaos(seed));
  return results;
}

/** A worker process: plays the chunks that it is handed. */
function serve(): void {
  process.on('message', (order: { from: number; count: number }) => {
    playChunk(order.from, order.count).then(
      (results) => process.send?.(results),
      (error: unknown) => {
        console.error(error);
        process.exit(2);
      },
    );
  });
}

function count(into: Record<string, number>, key: string, by = 1): void {
  into[key] = (into[key] ?? 0) + by;
}

async function conduct(): Promise<void> {
  const seeds = Number(values.seeds);
  const end = Number(values.from) + seeds;
  let next = Number(values.from);
  const began = Date.now();
  const summary: Summary = { failed: [], byEnding: {}, faultsHit: {}, deaths: 0 };
  const take = (results: readonly ChaosResult[]) => {
    for (const { seed, ending, problems, faultsHit, deaths } of results) {
      count(summary.byEnding, ending);
      summary.deaths += deaths;
      for (const [kind, hits] of Object.entries(faultsHit)) count(summary.faultsHit, kind, hits);
      if (problems.length === 0) continue;
      summary.failed.push({ seed, problems });
      console.error(`seed ${seed} (${ending}): ${problems.join('\n  ')}`);
    }
  };
  const work = async () =>
    await new Promise<void>((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), ['--from', 'worker']);
      const feed = () => {
        if (next >= end) {
          child.removeAllListeners('exit');
          child.kill();
          return resolve();
        }
        child.send({ from: next, count: Math.min(chunk, end - next) });
        next += chunk;
      };
      child.on('message', (results: ChaosResult[]) => {
        take(results);
        feed();
      });
      child.on('exit', (code) => reject(new Error(`a worker process ended with ${code}`)));
      feed();
    });
  await Promise.all(Array.from({ length: Number(values.workers) }, work));
  const failed = summary.failed.map(({ seed }) => seed).sort((one, other) => one - other);
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  const { byEnding, faultsHit, deaths } = summary;
  console.log(JSON.stringify({ seeds, passed: seeds - failed.length, failed, seconds, byEnding, faultsHit, deaths }));
  process.exit(failed.length > 0 ? 1 : 0);
}

if (values.from === 'worker') serve();
else if (values.seed !== undefined) await single(Number(values.seed));
else await conduct();
