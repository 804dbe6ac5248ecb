import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Env } from '../config.js';

/** The last version that `go install` can build: from v1.6.0 its go.mod has a `replace`. */
const cliVersion = '1.5.1';
const cliModule = `github.com/temporalio/cli/cmd/temporal@v${cliVersion}`;
/** Sets the version, which would be 0.0.0-DEV, and omits debug information. */
const linkerFlags = `-s -w -X github.com/temporalio/cli/temporalcli.Version=${cliVersion}`;
const leastGo = { major: 1, minor: 25 } as const;
const reportEveryMs = 5_000;
const longestMs = 20 * 60_000;

export interface InstallOptions {
  readonly env: Env;
  /** Path of the binary. */
  readonly target: string;
  readonly onProgress: (line: string) => void;
  /** Stops the installation. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the Temporal CLI into the cache folder. The binary is renamed into place, so two processes may build at once.
 */
export async function installWithGo({ env, target, onProgress, signal }: InstallOptions): Promise<string> {
  await checkGo(env);
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), 'build-'));
  try {
    await build({ ...env, GOBIN: folder, GOFLAGS: '' }, onProgress, signal);
    await rename(join(folder, basename(target)), target);
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkGo(env: Env): Promise<void> {
  const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION'], { env }).catch(() => {
    throw new Error('Go is not installed');
  });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
  const isOlder = Number(major) === leastGo.major && Number(minor) < leastGo.minor;
  if (isOlder)
    throw new Error(`${stdout.trim()} is too old; Go ${leastGo.major}.${leastGo.minor} or newer is required`);
}

async function build(env: Env, onProgress: (line: string) => void, signal: AbortSignal | undefined): Promise<void> {
  onProgress('building the Temporal server with Go, once; this takes about 4 minutes on 2 cores');
  const child = spawn('go', ['install', '-ldflags', linkerFlags, cliModule], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: longestMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const startedAt = performance.now();
  const ticker = setInterval(() => onProgress(`still building, ${elapsed(startedAt)}`), reportEveryMs);
  const end = () => child.kill();
  process.once('exit', end);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`go install ended with ${code ?? 'a signal'}: ${stderr.trim() || 'no message'}`);
    onProgress(`built in ${elapsed(startedAt)}`);
  } finally {
    clearInterval(ticker);
    process.removeListener('exit', end);
  }
}

function elapsed(startedAt: number): string {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
