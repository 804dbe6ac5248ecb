import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pMap from 'p-map';
import {
  environmentAttribute,
  leaseEndsAtAttribute,
  phaseAttribute,
  poolAttribute,
} from '../src/contract/search-attributes.js';
import { type BenchStack, environmentDocument, median, rounded, withStack } from './bench-stack.js';
import type { Row } from './row.js';

const maops = fileURLToPath(new URL('../bin/maops.js', import.meta.url));
const environments = 1_000;
const rounds = 7;

/** Time from the start of `maops env create` to the pool in the service, with a simulator that answers at once. */
export async function create(): Promise<readonly Row[]> {
  return await withStack({ speed: 1 }, async (bench) => {
    const { simulator } = bench.stack.simulator;
    const times: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const name = `create-${round}`;
      const isCreated = () => simulator.state().pools.some((pool) => pool.name === name);
      const began = performance.now();
      const ended = run(bench, ['env', 'create', '-f', '-'], JSON.stringify(environmentDocument(name)));
      while (!isCreated()) await setTimeout(2);
      times.push(performance.now() - began);
      await ended;
    }
    const value = rounded(median(times.slice(1)) / 1_000, 2);
    return [{ measure: '`maops env create` to the POST of the pool, median', value, unit: 's', goal: 0.5 }];
  });
}

/** Time of `maops env list` with many environments. No worker polls for their runs, so none could answer. */
export async function list(): Promise<readonly Row[]> {
  return await withStack({ speed: 1 }, async (bench) => {
    const names = Array.from({ length: environments }, (_none, index) => `team-${index}`);
    await pMap(names, (name) => startLease(bench, name), { concurrency: 16 });
    while ((await listed(bench)).length < environments) await setTimeout(500);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      await listed(bench);
      times.push(performance.now() - began);
    }
    const value = rounded(median(times) / 1_000, 2);
    return [{ measure: `\`maops env list\` with ${environments} environments`, value, unit: 's', goal: 2 }];
  });
}

async function startLease({ client }: BenchStack, name: string): Promise<void> {
  await client.workflow.start('leaseEnvironment', {
    workflowId: `lease/${name}`,
    taskQueue: 'bench-nobody',
    args: [{ name }],
    typedSearchAttributes: [
      { key: environmentAttribute, value: name },
      { key: phaseAttribute, value: 'Leased' },
      { key: poolAttribute, value: `id-of-${name}` },
      { key: leaseEndsAtAttribute, value: new Date('2030-01-01') },
    ],
  });
}

async function listed(bench: BenchStack): Promise<readonly unknown[]> {
  return JSON.parse(await run(bench, ['env', 'list', '--json'], ''));
}

/** Runs a command against the stack and returns what it printed. */
async function run({ stack }: BenchStack, words: readonly string[], stdin: string): Promise<string> {
  const { address, namespace } = stack.temporal;
  const env = { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const child = spawn(process.execPath, [maops, ...words], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  child.stdin.end(stdin);
  await once(child, 'close');
  return printed;
}
