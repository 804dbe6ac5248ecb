import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, rounded } from './bench-stack.js';
import type { Row } from './row.js';

const rounds = 9;
const maops = fileURLToPath(new URL('../bin/maops.js', import.meta.url));
/** A port without a listener: the command does everything but talk to Temporal. */
const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TEMPORAL_ADDRESS: '127.0.0.1:1' };

/** Command lines, and how many times the CPU of `node -e 0` each may take. */
const cases = [
  { words: ['--help'], goal: 2 },
  { words: ['env', 'list', '--help'], goal: 2 },
  { words: ['completion', 'bash'], goal: 2 },
  { words: ['env', 'extend', 'team-a', '4x', '--reason', 'x'], goal: 2 },
  { words: ['env', 'show', 'team-a'], goal: 5 },
  { words: ['env', 'list'], goal: 5 },
] as const;

/**
 * CPU of short command lines divided by that of `node -e 0`. Medians of rounds that take turns, so that other work on the machine
 * disturbs both sides.
 */
export async function cli(): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'maops-bench-'));
  const preload = path.join(folder, 'cpu.cjs');
  writeFileSync(preload, "process.on('exit', () => require('fs').writeSync(3, JSON.stringify(process.cpuUsage())));");
  const bare: number[] = [];
  const ours = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    bare.push(cpuMs(preload, ['-e', '0']));
    for (const [index, { words }] of cases.entries()) ours[index]?.push(cpuMs(preload, [maops, ...words]));
  }
  rmSync(folder, { recursive: true });
  return await Promise.resolve(
    cases.map(({ words, goal }, index) => ({
      measure: `CPU of \`maops ${words.join(' ')}\` divided by that of \`node -e 0\``,
      value: rounded(median(ours[index] ?? []) / median(bare), 2),
      unit: 'times',
      goal,
    })),
  );
}

/** The CPU time of one process of Node.js, in milliseconds. */
function cpuMs(preload: string, words: readonly string[]): number {
  const { output } = spawnSync(process.execPath, ['--require', preload, ...words], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const { user, system }: NodeJS.CpuUsage = JSON.parse(output[3] ?? '');
  return (user + system) / 1_000;
}
