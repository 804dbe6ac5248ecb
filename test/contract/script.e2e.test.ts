import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
let folder: string;
let bin: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maops-contract-'));
  bin = path.join(folder, 'bin');
  await mkdir(bin);
  await symlink(process.execPath, path.join(bin, 'node'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the script where nothing but Node.js, and what a test has put into `bin`, is installed. */
async function contract(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const script = ['--import', 'tsx', 'scripts/contract.ts', '--cache', path.join(folder, 'cache'), ...args];
  const options = { cwd: root, env: { PATH: bin } };
  const failed = (error: { code?: number; stdout?: string; stderr?: string }) => error;
  const ended = await run(process.execPath, script, options).catch(failed);
  return { code: 'code' in ended ? Number(ended.code) : 0, out: ended.stdout ?? '', err: ended.stderr ?? '' };
}

/** A Python whose virtual environment has a pip that reaches no index. */
async function withoutIndex(): Promise<void> {
  const python = [
    '#!/bin/sh',
    'case "$*" in',
    '  *"import huaweicloudsdkmodelarts"*) exit 1 ;;',
    '  *"pip install"*) echo "no route to packages.example.com" >&2; exit 1 ;;',
    '  *"-m venv"*) for folder; do :; done; /bin/mkdir -p "$folder/bin"; /bin/cp "$0" "$folder/bin/python" ;;',
    'esac',
  ];
  await writeFile(path.join(bin, 'python3'), python.join('\n'));
  await chmod(path.join(bin, 'python3'), 0o755);
}

const nothing = async () => await Promise.resolve();

test.each([
  ['Python', nothing, /python3 is missing/],
  ['a package index', withoutIndex, /pip could not install/],
])('without %s, the step of npm test is skipped and says why', async (_what, prepare, reason) => {
  await prepare();
  const skipped = await contract('--if-possible');
  expect(skipped).toMatchObject({ code: 0, err: '' });
  expect(skipped.out).toMatch(/^contract: skipped\./m);
  expect(skipped.out).toMatch(reason);
  expect(skipped.out).not.toContain('packages.example.com');
  const asked = await contract();
  expect(asked.code).toBe(2);
  expect(asked.err).toMatch(reason);
});
