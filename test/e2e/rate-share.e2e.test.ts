import { afterEach, expect, test } from '@jest/globals';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { endLeaked, type Maops } from '../support/maops.js';
import { openProcessStack } from '../support/process-stack.js';
import { until } from '../support/until.js';

afterEach(async () => expect(await endLeaked()).toEqual([]));

/** The numbers of live workers that a worker has seen, oldest first. */
function workersSeen(worker: Maops): number[] {
  const lines = worker.stderr().split('\n');
  return lines.flatMap((line) => {
    const fields: unknown = line.startsWith('{') ? JSON.parse(line) : {};
    const workers: unknown = typeof fields === 'object' && fields !== null ? Reflect.get(fields, 'workers') : undefined;
    return typeof workers === 'number' ? [workers] : [];
  });
}

test('three workers share the rate of the account, and two of them after one was killed', async () => {
  const served = await serveSimulator(createSimulator({ speed: 1 }), { port: 0 });
  const stack = await openProcessStack({ modelarts: clientEnvironment(served.url) });
  try {
    const workers = await Promise.all([stack.worker(), stack.worker(), stack.worker()]);
    const allSee = (count: number, those: readonly Maops[]) => those.every((one) => workersSeen(one).at(-1) === count);
    await until('all see three workers', () => allSee(3, workers), 60_000);
    const [killed, ...others] = workers;
    killed?.kill('SIGKILL');
    await until('the others see two workers', () => allSee(2, others), 150_000);
    for (const worker of others) worker.kill('SIGTERM');
    expect(await Promise.all(others.map(({ ended }) => ended))).toEqual([0, 0]);
  } finally {
    await stack.close();
    await served.close();
  }
}, 240_000);
