import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, rounded } from './bench-stack.js';
import type { Row } from './row.js';

const rounds = 5;
const maops = fileURLToPath(new URL('../bin/maops.js', import.meta.url));
/** A port without a listener: the command does everything but talk to Temporal. */
const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };

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
 * CPU of short command lines divided by that of `node -e 0`. Medians of rounds that take turns, so that other work on
 * the machine disturbs both sides.
 */
export async function cli(): Promise<readonly Row[]> {
  const bare: number[] = [];
  const ours = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    bare.push(cpuSeconds(['-e', '0']));
    for (const [index, { words }] of cases.entries()) ours[index]?.push(cpuSeconds([maops, ...words]));
  }
  return await Promise.resolve(
    cases.map(({ words, goal }, index) => ({
      measure: `CPU of \`maops ${words.join(' ')}\` divided by that of \`node -e 0\``,
      value: rounded(median(ours[index] ?? []) / median(bare), 2),
      unit: 'times',
      goal,
    })),
  );
}

/** Runs a command several times and prints the CPU time of the shell and of its children. */
const script = 'n=0; while [ $n -lt 3 ]; do n=$((n+1)); "$@" >/dev/null 2>&1; done; times';

/** The CPU time of some processes of Node.js, their start and their end included. */
function cpuSeconds(words: readonly string[]): number {
  const { stdout } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...words], { env, encoding: 'utf8' });
  const [, children = ''] = stdout.trim().split('\n');
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
