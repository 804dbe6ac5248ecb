import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../../src/dev/free-port.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until } from '../support/until.js';

let child: ChildProcess | null = null;
afterEach(() => {
  child?.kill('SIGKILL');
});

function spawnWorker(more: Record<string, string>): { exit: Promise<number | null>; said: () => string } {
  const { address, namespace } = temporalAddress();
  const worker = spawn(process.execPath, ['--import', 'tsx', 'src/worker.ts'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      MODELARTS_ENDPOINT: 'http://127.0.0.1:1',
      MODELARTS_PROJECT_ID: '0123456789abcdef0123456789abcdef',
      MODELARTS_TOKEN: 'tok-secret',
      MAOPS_TASK_QUEUE: `worker-e2e-${process.pid}`,
      ...more,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child = worker;
  let text = '';
  worker.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const exit = once(worker, 'exit').then(([code]: (number | null)[]) => code ?? null);
  return { exit, said: () => text };
}

async function untilReady(url: string): Promise<void> {
  await until(`${url} answers 200`, () =>
    fetch(url).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
}

describe('the worker process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('is ready, gives metrics, and exits 0 after %s', async (signal) => {
    const [health, metrics] = [await freePort(), await freePort()];
    const worker = spawnWorker({
      MAOPS_HEALTH_ADDRESS: `127.0.0.1:${health}`,
      MAOPS_METRICS_ADDRESS: `127.0.0.1:${metrics}`,
    });
    await untilReady(`http://127.0.0.1:${health}/readyz`);
    const text = await fetch(`http://127.0.0.1:${metrics}/metrics`).then((answer) => answer.text());
    expect(text).toContain('temporal_');
    child?.kill(signal);
    expect(await worker.exit).toBe(0);
    expect(worker.said()).toContain('credentials from MODELARTS_TOKEN');
    expect(worker.said()).not.toContain('tok-secret');
  });

  test('ends at once with every wrong setting in one message', async () => {
    const worker = spawnWorker({ MODELARTS_PROJECT_ID: '', MAOPS_MAX_RPS: 'many' });
    expect(await worker.exit).toBe(2);
    expect(worker.said()).toMatch(/MODELARTS_PROJECT_ID.*\n.*MAOPS_MAX_RPS/);
  });

  test('waits for a server that is down, and can still be stopped', async () => {
    const [health, nobody] = [await freePort(), await freePort()];
    const worker = spawnWorker({
      TEMPORAL_ADDRESS: `127.0.0.1:${nobody}`,
      MAOPS_HEALTH_ADDRESS: `127.0.0.1:${health}`,
    });
    await untilReady(`http://127.0.0.1:${health}/healthz`);
    expect((await fetch(`http://127.0.0.1:${health}/readyz`)).status).toBe(503);
    child?.kill('SIGTERM');
    expect(await worker.exit).toBe(0);
  });
});
