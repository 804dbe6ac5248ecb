import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../config.js';
import { searchAttributeWords } from '../worker/search-attributes.js';
import { freePort, mustBeFree } from './free-port.js';
import { guardChild } from './guard.js';
import { untilUsable } from './temporal-ready.js';

const namespace = 'default';
const host = '127.0.0.1';
/** Another process may take a free port before the server opens it. */
const launchAttempts = 3;
const stopMs = 5_000;

/** The default of 20 polls a second costs 50 ms per hop, and several partitions delay few pollers. */
const dynamicConfig = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'frontend.enableServerVersionCheck': false,
} as const;

export interface LaunchOptions {
  readonly env: Env;
  /** Port of the gRPC service. @defaultValue a free one */
  readonly port?: number;
  /** Port of the web UI, 0 for a free one. @defaultValue no UI */
  readonly uiPort?: number;
  /** SQLite file that keeps the data. @defaultValue in memory */
  readonly dbFile?: string;
  /** Settings of the server in addition to our own. */
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
}

export interface RunningTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | null;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Starts `temporal server start-dev` and waits until workflows with our search attributes can run on it. */
export async function launchTemporal(path: string, options: LaunchOptions): Promise<RunningTemporal> {
  if (options.port !== undefined) await mustBeFree(options.port, 'the Temporal server');
  if (options.uiPort) await mustBeFree(options.uiPort, 'the Temporal UI');
  for (let attempt = 1; ; attempt++) {
    try {
      return await launchOnce(path, options);
    } catch (error) {
      const isPortTaken = error instanceof Error && /address already in use|can't set .*port/.test(error.message);
      if (!isPortTaken || attempt === launchAttempts) throw error;
    }
  }
}

async function launchOnce(path: string, options: LaunchOptions): Promise<RunningTemporal> {
  const port = options.port ?? (await freePort());
  const uiPort = options.uiPort === 0 ? await freePort() : options.uiPort;
  const folder = await mkdtemp(join(tmpdir(), 'modelarts-ops-temporal-'));
  const logFile = join(folder, 'server.log');
  const child = spawnServer(path, startArguments(port, uiPort, options), logFile, options.env);
  const release = guardChild(child);
  const stop = async () => {
    await terminate(child, options.dbFile === undefined ? 'SIGKILL' : 'SIGTERM');
    release();
    await rm(folder, { recursive: true, force: true });
  };
  const address = `${host}:${port}`;
  try {
    const exited = new AbortController();
    child.once('exit', () => exited.abort());
    child.once('error', () => exited.abort());
    await untilUsable(address, namespace, exited.signal);
  } catch (error) {
    const log = lastLines(await readFile(logFile, 'utf8').catch(() => ''));
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} did not start: ${reason}${log === '' ? '' : `; its log: ${log}`}`, {
      cause: error,
    });
  }
  const uiUrl = uiPort === undefined ? null : `http://${host}:${uiPort}`;
  return { address, namespace, uiUrl, pid: child.pid ?? 0, stop };
}

/** Detached, so that Ctrl-C does not reach the server and the worker can still report to it. */
function spawnServer(path: string, args: string[], logFile: string, env: Env): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(path, args, { env, stdio: ['ignore', log, log], detached: process.platform !== 'win32' });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

function startArguments(port: number, uiPort: number | undefined, { dbFile, ...given }: LaunchOptions): string[] {
  const dynamic = Object.entries({ ...dynamicConfig, ...given.dynamicConfig }).map(
    ([key, value]) => `--dynamic-config-value=${key}=${value}`,
  );
  const attributes = searchAttributeWords().map((word) => `--search-attribute=${word}`);
  const fixed = [
    'server',
    'start-dev',
    `--ip=${host}`,
    `--namespace=${namespace}`,
    '--log-format=pretty',
    '--log-level=error',
  ];
  const ui = uiPort === undefined ? '--headless' : `--ui-port=${uiPort}`;
  const db = dbFile === undefined ? [] : [`--db-filename=${dbFile}`];
  return [...fixed, `--port=${port}`, ui, ...db, ...dynamic, ...attributes];
}

/** SIGTERM lets SQLite close its file, which takes more than a second. Data in memory can be lost at once. */
async function terminate(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const force = setTimeout(() => child.kill('SIGKILL'), stopMs);
  child.kill(signal);
  await gone;
  clearTimeout(force);
}

function lastLines(log: string): string {
  return log.trim().split('\n').slice(-3).join(' | ').slice(-600);
}
