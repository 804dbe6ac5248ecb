import { afterEach, expect, test } from '@jest/globals';
import type { Phase } from '../../src/contract/phases.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { serveSimulator } from '../../src/simulator/server.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { expectNothing, expectOneOfEach, postsOf } from '../support/cloud.js';
import { endLeaked } from '../support/maops.js';
import { openProcessStack, type Run } from '../support/process-stack.js';
import { until } from '../support/until.js';
import { poolPart } from '../workflows/documents.js';

afterEach(async () => expect(await endLeaked()).toEqual([]));

/** So slow that nothing changes by itself while the scene is set. */
const standstill = 0.001;
const fast = 200;
/** README promises 15 s on a machine that is not busy. */
const goesOnWithinMs = 30_000;
/** Longer than the scene takes: only the death of the worker ends a call that hangs. */
const patience = { MAOPS_HTTP_TIMEOUT: '60s' };
/** Long, because some runs wait while others are brought to their phase. */
const deadlines = { pool: '5m', notebook: '5m', capacity: '5m', ask: '5m', undo: '5m' };
/** Longer than the heartbeat time-out of 5 s, after which the next worker starts to check. */
const lateMs = 10_500;
const soldOutFlavor = 'modelarts.vm.gpu.tnt004';

test('a worker that is killed in every phase, and around each create, loses no work', async () => {
  const simulator = createSimulator({ speed: fast, durations: { notebookCreate: 800_000 } });
  const served = await serveSimulator(simulator, { port: 0 });
  const stack = await openProcessStack({ modelarts: clientEnvironment(served.url), env: patience });
  /** Plans a fault and starts a run that runs into it; the fault is for the next call of its kind. */
  const caught = async (fault: Fault, change: Record<string, unknown> = {}): Promise<Run> => {
    const [id] = simulator.faults.plan(fault);
    const run = await stack.provision({ deadlines, ...change });
    await hit(id);
    return run;
  };
  const hit = (id: string | undefined) =>
    until(`fault ${id} is hit`, () => simulator.faults.report().find((one) => one.id === id)?.hit === 1);
  const runIn = async (phase: Phase, change: Record<string, unknown> = {}): Promise<Run> => {
    const run = await stack.provision({ deadlines, ...change });
    await run.reached([phase]);
    return run;
  };
  try {
    const first = await stack.worker();

    // These need a pool of their own first, so let time pass until they reach their phase.
    const noNotebookYet = await caught({ operation: 'notebooks.create', kind: 'hang' });
    const notebookUnheard = await caught({ operation: 'notebooks.create', kind: 'hang', commit: true });
    const notebookComesLate = await runIn('AwaitingPool');
    await notebookComesLate.signal('pause', { by: 'tester', reason: 'its create is to be the last one' });
    const awaitingNotebook = await runIn('AwaitingNotebook');
    await until('the pool for the late notebook is usable', () => isUsable(simulator, notebookComesLate.name));
    simulator.clock.setSpeed(standstill);

    const awaitingPool = await runIn('AwaitingPool');
    const paused = await runIn('AwaitingPool');
    await paused.signal('pause', { by: 'tester', reason: 'to see it survive' });
    await paused.reached(['Paused']);
    const awaitingApproval = await runIn('AwaitingApproval', { approval: { required: true, timeout: '5m' } });
    const awaitingCapacity = await soldOut(served.url, () =>
      runIn('AwaitingCapacity', { pool: poolPart({ flavors: [soldOutFlavor] }) }),
    );
    const called = await runIn('AwaitingPool');
    const [deletion] = simulator.faults.plan({ operation: 'pools.delete', kind: 'hang' });
    await called.cancel();
    await hit(deletion);
    const noPoolYet = await caught({ operation: 'pools.create', kind: 'hang' });
    const poolUnheard = await caught({ operation: 'pools.create', kind: 'hang', commit: true });
    const validating = await caught({ operation: 'networks.show', kind: 'hang' });
    // These requests are still on their way when their worker is long dead, and take effect while the next one is
    // checking.
    const poolComesLate = await caught({ operation: 'pools.create', kind: 'delay', ms: lateMs });
    const [late] = simulator.faults.plan({ operation: 'notebooks.create', kind: 'delay', ms: lateMs });
    await notebookComesLate.signal('resume', { by: 'tester' });
    await hit(late);

    const places: readonly (readonly [Run, Phase])[] = [
      [validating, 'Validating'],
      [awaitingApproval, 'AwaitingApproval'],
      [awaitingCapacity, 'AwaitingCapacity'],
      [noPoolYet, 'CreatingPool'],
      [poolUnheard, 'CreatingPool'],
      [poolComesLate, 'CreatingPool'],
      [awaitingPool, 'AwaitingPool'],
      [paused, 'Paused'],
      [noNotebookYet, 'CreatingNotebook'],
      [notebookUnheard, 'CreatingNotebook'],
      [notebookComesLate, 'CreatingNotebook'],
      [awaitingNotebook, 'AwaitingNotebook'],
      [called, 'RollingBack'],
    ];
    first.kill('SIGKILL');
    const killedAt = Date.now();
    expect(await first.ended).toBe('SIGKILL');
    expect(await Promise.all(places.map(([run]) => run.phase()))).toEqual(places.map(([, phase]) => phase));

    const second = await stack.worker();
    await setSale(served.url, 'normal');
    simulator.clock.setSpeed(fast);
    // What waits for people or for nothing but time has no reason to move by itself.
    const moving = places.map(([run]) => run).filter((run) => run !== awaitingApproval && run !== paused);
    await Promise.all(moving.map((run) => run.movedSince(killedAt, goesOnWithinMs)));
    await paused.signal('resume', { by: 'tester' });
    await awaitingApproval.update('approve', { by: 'tester', reason: 'fine' });

    await called.reached(['Cancelled']);
    await expectNothing(simulator, called.name);
    const building = places.map(([run]) => run).filter((run) => run !== called);
    const results = await Promise.all(building.map((run) => run.result()));
    expect(results.map(({ phase }) => phase)).toEqual(building.map(() => 'Ready'));
    for (const { name } of building) await expectOneOfEach(simulator, name);

    // The calls that were answered, or took effect unheard, were never sent again; the ones that did nothing were,
    // once.
    const posts = async (operation: string, run: Run) => (await postsOf(simulator, operation, run.name)).length;
    expect(await posts('pools.create', poolUnheard)).toBe(1);
    expect(await posts('notebooks.create', notebookUnheard)).toBe(1);
    expect(await posts('pools.create', poolComesLate)).toBe(1);
    expect(await posts('notebooks.create', notebookComesLate)).toBe(1);
    expect(await posts('pools.create', noPoolYet)).toBe(2);
    expect(await posts('notebooks.create', noNotebookYet)).toBe(2);
    simulator.faults.expectAllHit();

    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  } finally {
    await stack.close();
    await served.close();
  }
}, 150_000);

function isUsable(simulator: Simulator, name: string): boolean {
  const pool = simulator.state().pools.find((one) => one.name === name);
  return pool?.phase === 'Running' && pool.scopes.every(({ state }) => state === 'Enabled');
}

async function soldOut<T>(url: string, act: () => Promise<T>): Promise<T> {
  await setSale(url, 'soldout');
  return await act();
}

async function setSale(url: string, status: 'normal' | 'soldout'): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ status }) };
  const answer = await fetch(`${url}/_sim/flavors/${soldOutFlavor}/sale`, init);
  expect(answer.status).toBe(200);
}
