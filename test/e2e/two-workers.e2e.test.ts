import { afterEach, expect, test } from '@jest/globals';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import { type RunningSimulator, serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { expectOneOfEach, postsOf } from '../support/cloud.js';
import { endLeaked, type Maops } from '../support/maops.js';
import { openProcessStack, type ProcessStack, type Run } from '../support/process-stack.js';
import { until } from '../support/until.js';

let simulator: Simulator;
let served: RunningSimulator;
let stack: ProcessStack;
afterEach(async () => {
  await stack.close();
  await served.close();
  expect(await endLeaked()).toEqual([]);
});

async function open(speed: number): Promise<void> {
  simulator = createSimulator({ speed });
  served = await serveSimulator(simulator, { port: 0 });
  stack = await openProcessStack({ modelarts: clientEnvironment(served.url) });
}

/** Pools and notebooks do not change until the clock is advanced. */
const standstill = 0.001;
const fast = 120;
const drainMs = 30_000;

test('a worker stopped under load exits with 0 in time, and loses and repeats nothing', async () => {
  await open(standstill);
  const first = await stack.worker();
  const waiting = await Promise.all(Array.from({ length: 5 }, () => stack.provision()));
  await Promise.all(waiting.map((run) => run.reached(['AwaitingPool'])));
  // Each of these has been sent, and is answered only long after the worker was asked to stop.
  const [slow = ''] = simulator.faults.plan({
    operation: 'pools.create',
    kind: 'delay',
    ms: 4_000,
    at: 'after',
    times: 5,
  });
  const creating = await Promise.all(Array.from({ length: 5 }, () => stack.provision()));
  await until('five creates are under way', () => hits(slow) === 5);

  first.kill('SIGTERM');
  const stoppedAt = Date.now();
  const second = await stack.worker();
  expect(await first.ended).toBe(0);
  expect(Date.now() - stoppedAt).toBeLessThan(drainMs);
  await Promise.all(waiting.map((run) => run.movedSince(stoppedAt, drainMs)));
  simulator.clock.setSpeed(fast);
  await allReadyOnce([...waiting, ...creating]);
  second.kill('SIGTERM');
  expect(await second.ended).toBe(0);
}, 120_000);

test('of two workers one is killed repeatedly, just after a create took effect, and the other finishes everything', async () => {
  await open(fast);
  const alive = await Promise.all([stack.worker(), stack.worker()]);
  const killed: Maops[] = [];
  const next: Promise<unknown>[] = [];
  const kill = () => {
    const victim = alive.shift();
    if (victim === undefined) return;
    victim.kill('SIGKILL');
    killed.push(victim);
    next.push(stack.worker().then((worker) => alive.push(worker)));
  };
  // Heard before the answer leaves: half of these kills take the worker that waits for it.
  const deadly = new Set(['pools 2', 'pools 7', 'notebooks 3', 'notebooks 8']);
  simulator.onChange(() => {
    const { pools, notebooks } = simulator.state();
    const now = [`pools ${pools.length}`, `notebooks ${notebooks.length}`];
    for (const moment of now) if (deadly.delete(moment)) kill();
  });
  const runs = await Promise.all(Array.from({ length: 10 }, () => stack.provision()));
  await allReady(runs);
  expect(deadly).toEqual(new Set());
  expect(await Promise.all(killed.map(({ ended }) => ended))).toEqual(Array.from({ length: 4 }, () => 'SIGKILL'));
  await Promise.all(next);
  for (const worker of alive) worker.kill('SIGTERM');
  expect(await Promise.all(alive.map(({ ended }) => ended))).toEqual([0, 0]);
}, 150_000);

async function allReady(runs: readonly Run[]): Promise<void> {
  const results = await Promise.all(runs.map((run) => run.result()));
  expect(results.map(({ phase }) => phase)).toEqual(runs.map(() => 'Ready'));
  for (const { name } of runs) await expectOneOfEach(simulator, name);
}

/** Nobody died: there is no reason for a second create anywhere. */
async function allReadyOnce(runs: readonly Run[]): Promise<void> {
  await allReady(runs);
  for (const { name } of runs) {
    expect(await postsOf(simulator, 'pools.create', name)).toHaveLength(1);
    expect(await postsOf(simulator, 'notebooks.create', name)).toHaveLength(1);
  }
}

function hits(id: string): number {
  return simulator.faults.report().find((one) => one.id === id)?.hit ?? 0;
}
