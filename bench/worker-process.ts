import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { stackEnvironment } from '../src/dev/stack-environment.js';
import { startTemporalServer } from '../src/dev/temporal-server.js';
import { runSimulator, type SimulatorProcess } from '../src/simulator/main.js';

const command = fileURLToPath(new URL('../bin/maops.js', import.meta.url));

/** A Temporal server, a simulator, and a worker in a process of its own, for one measurement. */
export interface WorkerProcess {
  readonly client: Client;
  readonly taskQueue: string;
  readonly simulator: SimulatorProcess['simulator'];
  /** The process id of the present worker. */
  readonly pid: () => number;
  /** Kills the worker with SIGKILL and starts another one. */
  readonly replace: () => Promise<void>;
}

/** Starts the processes, measures, and stops them. Variables in `env` override those that fit the speed. */
export async function withWorkerProcess<T>(
  options: { readonly speed: number; readonly env?: Readonly<Record<string, string>> },
  measure: (processes: WorkerProcess) => Promise<T>,
): Promise<T> {
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const temporal = await startTemporalServer({ env: process.env, onProgress });
  const simulator = await runSimulator({ port: 0, speed: options.speed, signals: false });
  const env = {
    ...process.env,
    // Also what `stackEnvironment` leaves out, such as `NODE_OPTIONS`.
    ...options.env,
    ...stackEnvironment(options.env ?? {}, temporal, simulator.environment, 1),
  };
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const start = () => spawn(process.execPath, [command, 'worker'], { env, stdio: 'ignore' });
  let worker: ChildProcess = start();
  const replace = async () => {
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    worker = start();
  };
  try {
    const { simulator: control } = simulator;
    return await measure({
      client,
      taskQueue: 'modelarts-ops',
      simulator: control,
      pid: () => worker.pid ?? 0,
      replace,
    });
  } finally {
    worker.kill('SIGKILL');
    await connection.close();
    await simulator.close();
    await temporal.stop();
  }
}
