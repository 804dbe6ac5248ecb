import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../../src/dev/free-port.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { openProxy } from '../support/tcp-proxy.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until } from '../support/until.js';

let child: ChildProcess | null = null;
afterEach(() => {
  child?.kill('SIGKILL');
});

function spawnWorker(more: Record<string, string>): { exit: Promise<number | null>; output: () => string } {
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
  return { exit, output: () => text };
}

async function untilReady(url: string): Promise<void> {
  await until(`${url} answers 200`, () =>
    fetch(url).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
}

interface Ready {
  readonly status: number;
  readonly body: Readonly<Record<'temporal' | 'modelarts', { readonly reason: string | null }>>;
}

/** The response of /readyz, once its reason contains the words. */
async function reasonOf(port: number, service: 'temporal' | 'modelarts', words: string): Promise<Ready | null> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  if (answer === null) return null;
  const body = (await answer.json()) as Ready['body'];
  return body[service].reason?.includes(words) === true ? { status: answer.status, body } : null;
}

describe('the worker process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('becomes ready, serves metrics, and exits 0 after %s', async (signal) => {
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
    expect(worker.output()).toContain('credentials from MODELARTS_TOKEN');
    expect(worker.output()).not.toContain('tok-secret');
  });

  test('logs its identity, and is not ready while its token is rejected', async () => {
    const simulator = createSimulator();
    const served = await serveSimulator(simulator, { port: 0 });
    const port = await freePort();
    const worker = spawnWorker({
      ...clientEnvironment(served.url),
      MODELARTS_TOKEN: 'another-tok-secret',
      MAOPS_BUILD_ID: 'b-1',
      MAOPS_HEALTH_ADDRESS: `127.0.0.1:${port}`,
    });
    const modelarts = await until('the refusal is known', () => reasonOf(port, 'modelarts', 'HTTP 401'));
    expect(modelarts).toMatchObject({ status: 503, body: { state: 'running', modelarts: { state: 'refused' } } });
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const { address, namespace } = temporalAddress();
    for (const word of [address, namespace, served.url, simulator.projectId, 'b-1', 'the token', 'ModelArts rejects'])
      expect(worker.output()).toContain(word);
    expect(worker.output() + JSON.stringify(modelarts)).not.toContain('tok-secret');
    child?.kill('SIGTERM');
    expect(await worker.exit).toBe(0);
    await served.close();
  });

  test('is not ready during an outage of Temporal, and ready again after it', async () => {
    const proxy = await openProxy(Number(temporalAddress().address.split(':')[1]));
    const port = await freePort();
    const worker = spawnWorker({ TEMPORAL_ADDRESS: proxy.address, MAOPS_HEALTH_ADDRESS: `127.0.0.1:${port}` });
    await untilReady(`http://127.0.0.1:${port}/readyz`);
    await proxy.cut('refused');
    const dead = await until('the outage is known', () => reasonOf(port, 'temporal', proxy.address));
    expect(dead).toMatchObject({ status: 503, body: { state: 'running', temporal: { state: 'unreachable' } } });
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    await proxy.restore();
    await untilReady(`http://127.0.0.1:${port}/readyz`);
    child?.kill('SIGTERM');
    expect(await worker.exit).toBe(0);
    await proxy.close();
  });

  test('exits at once with every configuration problem in one message', async () => {
    const worker = spawnWorker({ MODELARTS_PROJECT_ID: '', MAOPS_MAX_RPS: 'many' });
    expect(await worker.exit).toBe(2);
    expect(worker.output()).toMatch(/MODELARTS_PROJECT_ID.*\n.*MAOPS_MAX_RPS/);
  });

  test('waits for a server that is down, and stops on a signal', async () => {
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
