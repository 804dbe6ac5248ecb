import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { freePort } from '../../src/dev/free-port.js';
import { stackEnvironment } from '../../src/dev/stack-environment.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import type { Row } from '../row.js';
import { startChild } from './child.js';
import { CloudWatch } from './cloud.js';
import { CpuMeter } from './cpu.js';
import { type Environment, newEnvironment, runEnvironment } from './environment.js';
import { causeFaults, type Fault } from './faults.js';
import { figures, type MemorySample, updateLine } from './figures.js';
import { createPostgres } from './postgres.js';
import { retry } from './retry.js';
import { serverBinaries } from './server-binaries.js';
import { createTemporal } from './temporal-server.js';
import { startWorkers } from './workers.js';

/** A pool takes a minute instead of five, so that a run of minutes sees whole lives. */
const speed = 5;
/** The workers share it. More than the load needs, so that the account's limit is not what is measured. */
const maxRps = '200';
const sampleEveryMs = 10_000;
/** How long the last environments may take after the last start. */
const drainMs = 15 * 60_000;
const taskQueue = 'modelarts-ops';
const maops = fileURLToPath(new URL('../../bin/maops.js', import.meta.url));

export interface LoadOptions {
  /** For the database, configuration and logs. */
  readonly folder: string;
  readonly rate: number;
  readonly minutes: number;
  readonly hasFaults: boolean;
  readonly onProgress: (line: string) => void;
}

/** Starts everything, runs the load and the faults, stops everything, and judges. */
export async function measure(options: LoadOptions): Promise<{ readonly rows: Row[]; readonly problems: string[] }> {
  const { folder, onProgress } = options;
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const binaries = await serverBinaries(onProgress);
    const postgres = await createPostgres(folder);
    await postgres.start();
    stops.unshift(postgres.stop);
    const server = await createTemporal(folder, binaries, postgres.port);
    await server.start();
    stops.unshift(server.stop);
    const simulator = await startSimulator(folder);
    stops.unshift(simulator.stop);
    const env = stackEnvironment({ MAOPS_MAX_RPS: maxRps }, server, clientEnvironment(simulator.url), speed);
    const workers = startWorkers(folder, env);
    stops.unshift(workers.stop);
    const connection = await Connection.connect({ address: server.address });
    stops.unshift(() => connection.close());
    const client = new Client({ connection, namespace: server.namespace });
    await untilBothPoll(client, server.namespace);
    onProgress(`${postgres.version}; everything runs, logs in ${folder}`);
    const watch = new CloudWatch(simulator.url);
    const memory: MemorySample[] = [];
    const loads: number[] = [];
    const environments: Environment[] = [];
    const began = performance.now();
    let loadMs: number | null = null;
    const cpu = new CpuMeter({
      'first worker': { pid: workers.pids.first },
      'second worker': { pid: workers.pids.second },
      'Temporal server': { pid: server.pid },
      PostgreSQL: { pid: postgres.pid, children: true },
      simulator: { pid: () => simulator.pid },
      'this client': { pid: () => process.pid },
    });
    const sampling = sampler(async () => {
      const [load = Number.NaN] = loadavg();
      loads.push(load);
      memory.push({ at: performance.now() - began, mib: await workers.memory() });
      const counts = [environments.filter(({ readyAt }) => readyAt !== null), environments.filter((one) => one.isDone)];
      const done = counts.map(({ length }) => length).join(' Ready, ');
      if (loadMs === null) cpu.read();
      const at = `${Math.round((performance.now() - began) / 1_000)} s`;
      onProgress(`${at}: ${environments.length} started, ${done} done; ${updateLine(environments, sampleEveryMs)}`);
    });
    stops.unshift(sampling.stop);
    const targets = { workers, temporal: server, postgres };
    const faulting: Promise<Fault[]> = options.hasFaults
      ? causeFaults(targets, options.minutes, onProgress)
      : Promise.resolve([]);
    const { startsEnded, allEnded } = startLoad(client, environments, options);
    const [faults] = await Promise.all([faulting, startsEnded]);
    loadMs = performance.now() - began;
    await Promise.race([allEnded, setTimeout(drainMs)]);
    const drainedMs = performance.now() - began - loadMs;
    const verdict = await watch.judge(environments);
    const warnings = await workers.warnings();
    const created = watch.effective;
    const { totals } = cpu;
    return figures({ totals, environments, verdict, created, faults, memory, loads, warnings, loadMs, drainedMs });
  } finally {
    for (const stop of stops) await stop().catch((error: unknown) => onProgress(String(error)));
  }
}

async function startSimulator(folder: string) {
  const port = await freePort();
  const words = [maops, 'simulator', '--port', String(port), '--speed', String(speed)];
  const child = startChild(process.execPath, words, { env: process.env, logFile: join(folder, 'simulator.log') });
  const url = `http://127.0.0.1:${port}`;
  await retry(30_000, () => fetch(`${url}/_sim/healthz`), child.hasEnded);
  return { url, pid: child.pid, stop: () => child.stop('SIGTERM') };
}

async function untilBothPoll(client: Client, namespace: string): Promise<void> {
  await retry(60_000, async () => {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    if (new Set(pollers.map(({ identity }) => identity)).size < 2) throw new Error('a worker does not poll');
  });
}

function startLoad(client: Client, environments: Environment[], { rate, minutes }: LoadOptions) {
  const lives: Promise<void>[] = [];
  const starts = async () => {
    const began = performance.now();
    for (let index = 0; index < rate * minutes * 60; index += 1) {
      await setTimeout(Math.max(0, began + (index / rate) * 1_000 - performance.now()));
      const environment = newEnvironment(index);
      environments.push(environment);
      lives.push(runEnvironment(client, taskQueue, environment));
    }
  };
  const startsEnded = starts();
  return { startsEnded, allEnded: startsEnded.then(() => Promise.all(lives)) };
}

function sampler(sample: () => Promise<void>): { readonly stop: () => Promise<void> } {
  const ended = new AbortController();
  const run = async () => {
    while (!ended.signal.aborted) {
      await sample();
      await setTimeout(sampleEveryMs, undefined, { signal: ended.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    stop: async () => {
      ended.abort();
      await running;
    },
  };
}
