import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePort } from '../../src/dev/free-port.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { cloudAt, expectOneOfEach, postsOf } from '../support/cloud.js';
import { endLeaked, maops } from '../support/maops.js';
import { openProcessStack, type Run } from '../support/process-stack.js';
import { until } from '../support/until.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'modelarts-ops-restart-'));
});
afterEach(async () => {
  expect(await endLeaked()).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

const deadlines = { pool: '5m', notebook: '5m', capacity: '5m', ask: '5m', undo: '5m' };

test('operations continue after the Temporal server was restarted on its file', async () => {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env;
  const options = { env, port: await freePort(), dbFile: path.join(folder, 'temporal.db'), onProgress: () => {} };
  const simulator = createSimulator({ speed: 0.001 });
  const served = await serveSimulator(simulator, { port: 0 });
  let server = await startTemporalServer(options);
  const stack = await openProcessStack({ modelarts: clientEnvironment(served.url), temporal: server });
  try {
    const worker = await stack.worker();
    const waiting = await Promise.all(Array.from({ length: 3 }, () => stack.provision({ deadlines })));
    await Promise.all(waiting.map((run) => run.reached(['AwaitingPool'])));
    // The pool is created, and no worker is left to record the response.
    const [late] = simulator.faults.plan({ operation: 'pools.create', kind: 'delay', ms: 3_000, at: 'after' });
    const creating = await stack.provision({ deadlines });
    await until('the create is under way', () => simulator.faults.report().find(({ id }) => id === late)?.hit === 1);
    await server.stop();
    await until('the create is answered', () => simulator.requests('pools.create').length === 4);
    server = await startTemporalServer(options);
    simulator.clock.setSpeed(120);
    const runs = [...waiting, creating];
    await allReady(runs);
    for (const { name } of runs) await expectOneOfEach(simulator, name);
    expect(simulator.requests('pools.create')).toHaveLength(4);
    expect(simulator.requests('notebooks.create')).toHaveLength(4);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  } finally {
    await stack.close();
    await server.stop();
    await served.close();
  }
}, 120_000);

test('operations continue after ModelArts was down and restarted with its state', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const cloud = cloudAt(url);
  const simulate = async (speed: number) => {
    const words = ['simulator', '--port', String(port), '--speed', String(speed), '--state', `${folder}/cloud.json`];
    const started = maops(words, {});
    await started.waitForOutput(/listens on/);
    return started;
  };
  let simulator = await simulate(0.001);
  const stack = await openProcessStack({ modelarts: clientEnvironment(url) });
  try {
    const worker = await stack.worker();
    const runs = await Promise.all(Array.from({ length: 4 }, () => stack.provision({ deadlines })));
    await Promise.all(runs.map((run) => run.reached(['AwaitingPool'])));
    for (const { name } of runs) expect(await postsOf(cloud, 'pools.create', name)).toHaveLength(1);
    simulator.kill('SIGTERM');
    expect(await simulator.ended).toBe(0);
    // One more starts while the service is down.
    const late = await stack.provision({ deadlines });
    await until('its call was refused more than once', async () => (await late.attempts()) > 1);
    simulator = await simulate(120);
    await allReady([...runs, late]);
    for (const { name } of [...runs, late]) {
      await expectOneOfEach(cloud, name);
      expect(await postsOf(cloud, 'notebooks.create', name)).toHaveLength(1);
    }
    for (const { name } of runs) expect(await postsOf(cloud, 'pools.create', name)).toEqual([]);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    simulator.kill('SIGTERM');
    expect(await simulator.ended).toBe(0);
  } finally {
    await stack.close();
  }
}, 120_000);

async function allReady(runs: readonly Run[]): Promise<void> {
  const results = await Promise.all(runs.map((run) => run.result()));
  expect(results.map(({ phase }) => phase)).toEqual(runs.map(() => 'Ready'));
}
