import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const jest = path.join(path.dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');

/** One jest process. Both run at once, because the tests of the first wait more than they compute. */
interface Group {
  readonly projects: readonly string[];
  readonly workers: number;
  /** Of its processes. Tests in virtual time may be slow; tests in real time may not. */
  readonly priority: number;
}

const groups: readonly Group[] = [
  { projects: ['int', 'e2e'], workers: 3, priority: constants.priority.PRIORITY_NORMAL },
  { projects: ['unit', 'replay'], workers: availableParallelism(), priority: constants.priority.PRIORITY_LOW },
];

/** The part of jest's report that is added up. */
const reportSchema = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), numTotalTests: z.number() });
type Report = z.output<typeof reportSchema>;

interface Run {
  readonly succeeded: boolean;
  /** Null if jest ended without one. */
  readonly report: Report | null;
}

/** Runs a group. Its output is passed on as it comes, without jest's status line, which two processes cannot share. */
async function runGroup({ projects, workers, priority }: Group, folder: string): Promise<Run> {
  const file = path.join(folder, `${projects.join('-')}.json`);
  const own = ['--selectProjects', ...projects, '--maxWorkers', String(workers), '--json', '--outputFile', file];
  // A pattern may select tests of one group alone.
  const args = [jest, ...own, '--passWithNoTests', ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // The processes that run the tests inherit it.
  if (child.pid !== undefined) setPriority(child.pid, priority);
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const text = await readFile(file, 'utf8').catch(() => null);
  return { succeeded: status === 0, report: text === null ? null : reportSchema.parse(JSON.parse(text)) };
}

const folder = await mkdtemp(path.join(tmpdir(), 'modelarts-ops-report-'));
try {
  const runs = await Promise.all(groups.map((group) => runGroup(group, folder)));
  const sum = (key: keyof Report) => runs.reduce((total, { report }) => total + (report?.[key] ?? 0), 0);
  const failed = sum('numFailedTests') === 0 ? '' : `${sum('numFailedTests')} failed, `;
  // In jest's form, because the continuous integration reads the last such line.
  console.log(`All projects\nTests:       ${failed}${sum('numPassedTests')} passed, ${sum('numTotalTests')} total`);
  if (!runs.every(({ succeeded }) => succeeded)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
