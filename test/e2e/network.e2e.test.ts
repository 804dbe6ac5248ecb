import { afterEach, expect, test } from '@jest/globals';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { type RunningSimulator, serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { expectOneOfEach, postsOf } from '../support/cloud.js';
import { endLeaked } from '../support/maops.js';
import { openProcessStack, type ProcessStack, type Run } from '../support/process-stack.js';
import { type Cut, openProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { temporalAddress } from '../support/temporal-server.js';
import { until } from '../support/until.js';

let simulator: Simulator;
let served: RunningSimulator;
let toModelArts: TcpProxy;
let toTemporal: TcpProxy;
let stack: ProcessStack;
afterEach(async () => {
  await stack.close();
  await Promise.all([toModelArts.close(), toTemporal.close()]);
  await served.close();
  expect(await endLeaked()).toEqual([]);
});

const standstill = 0.001;
const fast = 120;
const deadlines = { pool: '5m', notebook: '5m', capacity: '5m', ask: '5m', undo: '5m' };

async function open(): Promise<void> {
  simulator = createSimulator({ speed: standstill });
  served = await serveSimulator(simulator, { port: 0 });
  toModelArts = await openProxy(served.port);
  toTemporal = await openProxy(Number(temporalAddress().address.split(':').at(-1)));
  stack = await openProcessStack({
    modelarts: clientEnvironment(`http://${toModelArts.address}`),
    workerAddress: toTemporal.address,
    env: { MAOPS_HTTP_TIMEOUT: '2s' },
  });
}

const cuts: readonly Cut[] = ['refused', 'silent'];

test('runs continue after the connection to ModelArts is cut in two ways and restored', async () => {
  await open();
  const worker = await stack.worker();
  const runs = await waitingRuns();
  for (const how of cuts) {
    // The answer of this create is on its way when the way is cut: what became of it is not known.
    const unheard = await creating();
    await toModelArts.cut(how);
    await until('looks have failed', () => toModelArts.suffered() > 2);
    await answered(unheard);
    await toModelArts.restore();
    await unheard.reached(['AwaitingPool']);
    runs.push(unheard);
  }
  simulator.clock.setSpeed(fast);
  await allReady(runs);
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
}, 120_000);

test('runs continue after the connection to Temporal is cut in two ways and restored', async () => {
  await open();
  const worker = await stack.worker();
  const runs = await waitingRuns();
  for (const how of cuts) {
    // The pool is created and its worker gets the response, but cannot report it.
    const unrecorded = await creating();
    const before = await Promise.all(runs.map((run) => run.attempts()));
    await toTemporal.cut(how);
    await until('the server misses the heartbeats', async () => {
      const attempts = await Promise.all(runs.map((run) => run.attempts()));
      return attempts.every((attempt, index) => attempt > (before[index] ?? 0));
    });
    await answered(unrecorded);
    await toTemporal.restore();
    await unrecorded.reached(['AwaitingPool']);
    runs.push(unrecorded);
  }
  simulator.clock.setSpeed(fast);
  await allReady(runs);
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
}, 120_000);

test('a worker that gets the create response but dies before it reports it creates no second pool', async () => {
  await open();
  const first = await stack.worker();
  const run = await creating();
  await toTemporal.cut('silent');
  await answered(run);
  first.kill('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  await toTemporal.restore();
  simulator.clock.setSpeed(fast);
  const second = await stack.worker();
  await allReady([run]);
  second.kill('SIGTERM');
  expect(await second.ended).toBe(0);
}, 120_000);

/** Starts a run whose pool is created, while the response takes another second. */
async function creating(): Promise<Run> {
  const [id] = simulator.faults.plan({ operation: 'pools.create', kind: 'delay', ms: 1_000, at: 'after' });
  const run = await stack.provision({ deadlines });
  await until('the create is under way', () => simulator.faults.report().find((one) => one.id === id)?.hit === 1);
  return run;
}

async function waitingRuns(): Promise<Run[]> {
  const runs = await Promise.all([stack.provision({ deadlines }), stack.provision({ deadlines })]);
  await Promise.all(runs.map((run) => run.reached(['AwaitingPool'])));
  return runs;
}

/** The service has created the pool and responded, whether or not the response arrives. */
async function answered(run: Run): Promise<void> {
  const posts = () => postsOf(simulator, 'pools.create', run.name);
  await until('the create is answered', async () => (await posts()).some(({ effect }) => effect !== null));
}

/** A create that took effect was never sent again, even if its response was lost. */
async function allReady(runs: readonly Run[]): Promise<void> {
  const results = await Promise.all(runs.map((run) => run.result()));
  expect(results.map(({ phase }) => phase)).toEqual(runs.map(() => 'Ready'));
  for (const { name } of runs) {
    await expectOneOfEach(simulator, name);
    expect(await postsOf(simulator, 'pools.create', name)).toHaveLength(1);
    expect(await postsOf(simulator, 'notebooks.create', name)).toHaveLength(1);
  }
}
