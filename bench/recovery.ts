import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { stackEnvironment } from '../src/dev/stack-environment.js';
import { startTemporalServer } from '../src/dev/temporal-server.js';
import { runSimulator } from '../src/simulator/main.js';
import { environmentDocument, median, rounded } from './bench-stack.js';
import type { Row } from './row.js';

const rounds = 5;
const command = fileURLToPath(new URL('../bin/maops.js', import.meta.url));

/** Seconds from a SIGKILL of the only worker to the first request of its replacement. */
export async function recovery(): Promise<readonly Row[]> {
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const temporal = await startTemporalServer({ env: process.env, onProgress });
  // So slow that the run waits for the pool all the time.
  const simulator = await runSimulator({ port: 0, speed: 0.01, signals: false });
  const env = {
    ...process.env,
    ...stackEnvironment({ MAOPS_POLL_MIN: '500ms', MAOPS_POLL_MAX: '1s' }, temporal, simulator.environment, 1),
  };
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const requests = () => simulator.simulator.summary()['pools.list'] ?? 0;
  const workers: ChildProcess[] = [];
  const startWorker = () => {
    const worker = spawn(process.execPath, [command, 'worker'], { env, stdio: 'ignore' });
    workers.push(worker);
    return worker;
  };
  const nextRequest = async () => {
    const before = requests();
    while (requests() === before) await setTimeout(20);
  };
  try {
    let worker = startWorker();
    const run = { workflowId: 'env/killed', taskQueue: 'modelarts-ops', args: [environmentDocument('killed')] };
    await client.workflow.start('provisionPoolThenLaunchNotebook', run);
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await nextRequest();
      await nextRequest();
      worker.kill('SIGKILL');
      const killedAt = performance.now();
      await once(worker, 'exit');
      worker = startWorker();
      await nextRequest();
      seconds.push((performance.now() - killedAt) / 1_000);
    }
    const measure = 'SIGKILL of the only worker to the next call';
    return [
      { measure: `${measure}, median of ${rounds}`, value: rounded(median(seconds)), unit: 's', goal: 6 },
      { measure: `${measure}, longest of ${rounds}`, value: rounded(Math.max(...seconds)), unit: 's', goal: null },
    ];
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
    await connection.close();
    await simulator.close();
    await temporal.stop();
  }
}
