import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure, CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { announceCancelSignal, pauseSignal, resumeSignal } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { stackForFile } from '../support/in-process-stack-for-file.js';
import { environmentDocument, freshName, notebookPart, poolPart } from './documents.js';

const stack = stackForFile();

const type = 'provisionPoolThenLaunchNotebook';
const start = (name: string, change: Record<string, unknown> = {}) =>
  stack().start(type, `env/${name}`, environmentDocument(name, change));

async function failureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await result.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw new Error(`not a failure of the application: ${String(error)}`);
}

const pools = () => stack().simulator.state().pools;
const notebooks = () => stack().simulator.state().notebooks;
const creates = (kind: 'pools' | 'notebooks') => stack().simulator.requests(`${kind}.create`).length;

describe('the main job', () => {
  test('ends Ready with one pool, one notebook on it, and a lease that owns them', async () => {
    const name = freshName();
    const handle = await start(name);
    const progress = (await handle.result()) as Progress;
    expect(progress).toMatchObject({
      name,
      operation: type,
      workflowId: `env/${name}`,
      phase: 'Ready',
      percent: 100,
      steps: [{ state: 'done' }, { state: 'done' }, { state: 'done' }],
      pool: { phase: 'Running', nodes: { wanted: 2, available: 2 }, scopes: { Train: 'Enabled', Notebook: 'Enabled' } },
      notebook: { status: 'RUNNING', url: expect.stringContaining('https://') },
      failure: null,
      lease: { endsAt: null },
    });
    expect([creates('pools'), creates('notebooks'), pools().length, notebooks().length]).toEqual([1, 1, 1, 1]);
    expect(await stack().progress(`lease/${name}`)).toMatchObject({ phase: 'Leased', pool: { id: progress.pool?.id } });
  });

  test('refuses a document with every problem listed, and creates nothing', async () => {
    const name = freshName();
    const handle = await stack().start(type, `env/${name}`, { name, pool: { flavor: 'x', netwrok: 'n' } });
    const failure = await failureOf(handle.result());
    expect(failure.type).toBe('InvalidSpec');
    expect(failure.message).toContain('network');
    expect(failure.message).toContain('notebook');
    expect(failure.details?.[0]).toMatchObject({ phase: 'Failed', failure: { type: 'InvalidSpec' } });
    expect(creates('pools')).toBe(0);
  });

  test('adopts what an earlier run of the same spec created, and creates nothing', async () => {
    const name = freshName();
    await (await start(name)).result();
    const again = (await (await start(name)).result()) as Progress;
    expect(again).toMatchObject({ phase: 'Ready', audit: [{ verb: 'adopt' }, { verb: 'adopt' }] });
    expect([creates('pools'), creates('notebooks')]).toEqual([1, 1]);
  });

  test('refuses another spec while the environment exists', async () => {
    const name = freshName();
    await (await start(name)).result();
    const failure = await failureOf((await start(name, { pool: poolPart({ count: 1 }) })).result());
    expect(failure).toMatchObject({
      type: 'SpecConflict',
      message: expect.stringContaining('pool.count: 2, requested 1'),
    });
    expect([pools().length, notebooks().length]).toEqual([1, 1]);
  });

  test('creates one pool and one notebook although both responses are lost after the create took effect', async () => {
    stack().simulator.faults.plan(
      { operation: 'pools.create', kind: 'lost', at: 'after' },
      { operation: 'notebooks.create', kind: 'lost', at: 'after' },
    );
    const progress = (await (await start(freshName())).result()) as Progress;
    expect(progress.phase).toBe('Ready');
    expect([creates('pools'), creates('notebooks'), pools().length, notebooks().length]).toEqual([1, 1, 1, 1]);
  });

  test('posts again only after the consistency window when a request was lost', async () => {
    stack().simulator.faults.plan({ operation: 'pools.create', kind: 'lost', at: 'before' });
    const progress = (await (await start(freshName())).result()) as Progress;
    expect(progress.phase).toBe('Ready');
    const [first, second] = stack().simulator.requests('pools.create');
    expect(pools()).toHaveLength(1);
    // Simulated time runs 250 times faster, and the consistency window is 1.5 s.
    expect(Date.parse(second?.at ?? '') - Date.parse(first?.at ?? '')).toBeGreaterThanOrEqual(350_000);
  });

  test('is not ended by bad answers while it waits', async () => {
    stack().simulator.faults.plan(
      {
        operation: 'pools.list',
        kind: 'status',
        status: 502,
        body: { html: '<h1>Bad gateway</h1>' },
        nth: 1,
        times: 2,
      },
      { operation: 'pools.list', kind: 'halfBody', nth: 3 },
      { operation: 'pools.list', kind: 'unknownStatus', word: 'Pondering', nth: 4 },
      { operation: 'notebooks.list', kind: 'status', status: 500, body: { empty: true }, nth: 2, times: 2 },
    );
    expect(await (await start(freshName())).result()).toMatchObject({ phase: 'Ready' });
  });
});

describe('a cancel', () => {
  test('a cancel during the run removes the pool and ends Cancelled, with the reason in the audit', async () => {
    const name = freshName();
    const handle = await start(name);
    await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingPool');
    await handle.signal(announceCancelSignal, { cause: 'operator', by: 'op', reason: 'wrong flavor' });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
    const progress = await stack().progress(handle.workflowId);
    expect(progress).toMatchObject({
      phase: 'Cancelled',
      audit: [{ verb: 'cancel', by: 'op', reason: 'wrong flavor' }],
    });
    expect(progress.steps[1]).toMatchObject({ name: 'pool', state: 'undone' });
    expect(pools()).toEqual([]);
  });

  test('onCancel keep transfers the pool to a lease', async () => {
    const name = freshName();
    const handle = await start(name, { onCancel: 'keep' });
    await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingPool');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
    expect(await stack().progress(`lease/${name}`)).toMatchObject({ phase: 'Leased' });
    expect(stack().simulator.requests('pools.delete')).toEqual([]);
  });

  test('a pause shows as Paused and sends no change, and a resume continues', async () => {
    const name = freshName();
    const handle = await start(name);
    await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingPool');
    await handle.signal(pauseSignal, { by: 'op', reason: 'maintenance' });
    const paused = await stack().until(handle.workflowId, ({ phase }) => phase === 'Paused');
    expect(paused.audit).toMatchObject([{ verb: 'pause', by: 'op', reason: 'maintenance' }]);
    expect(creates('notebooks')).toBe(0);
    await handle.signal(resumeSignal, { by: 'op' });
    expect(await handle.result()).toMatchObject({ phase: 'Ready' });
  });
});

describe('failing', () => {
  test('a failed notebook rolls back the pool too, newest first, and reports the reason', async () => {
    stack().simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed', code: 'ModelArts.6360' });
    const failure = await failureOf((await start(freshName())).result());
    expect(failure.type).toBe('NotebookFailed');
    expect(failure.details?.[0]).toMatchObject({
      phase: 'RolledBack',
      failure: { step: 'notebook', type: 'NotebookFailed', errorCode: 'ModelArts.6360' },
      steps: [{ state: 'done' }, { state: 'undone' }, { state: 'undone' }],
    });
    const deletes = stack()
      .simulator.requests()
      .filter(({ method }) => method === 'DELETE');
    expect(deletes.map(({ operation }) => operation)).toEqual(['notebooks.delete', 'pools.delete']);
  });

  test('onFailure keep transfers what was created to a lease and ends Failed', async () => {
    const name = freshName();
    stack().simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed' });
    const failure = await failureOf((await start(name, { onFailure: 'keep' })).result());
    expect(failure.details?.[0]).toMatchObject({ phase: 'Failed', lease: { endsAt: null } });
    expect(await stack().progress(`lease/${name}`)).toMatchObject({ phase: 'Leased' });
  });

  test('an incomplete pool is never reported ready', async () => {
    stack().simulator.faults.plan({ operation: 'pools.create', kind: 'partialNodes', missing: 1 });
    const deadlines = { pool: '5s', notebook: '30s', undo: '30s' };
    const failure = await failureOf((await start(freshName(), { deadlines })).result());
    expect(failure.type).toMatch(/PoolUnhealthy|DeadlineExceeded/);
    expect(creates('notebooks')).toBe(0);
    expect(pools()).toEqual([]);
  });

  test('a foreign resource with the name ends the run with NameTaken and is not touched', async () => {
    const name = freshName();
    stack().simulator.faults.clear();
    await stack().place('pools', { name, description: 'not ours' });
    const failure = await failureOf((await start(name)).result());
    expect(failure.type).toBe('NameTaken');
    expect(stack().simulator.requests('pools.delete')).toEqual([]);
  });

  test('a pool whose flavor is sold out everywhere waits, then is created', async () => {
    await stack().setSale('modelarts.vm.gpu.t4u8', 'soldout');
    const handle = await start(freshName());
    const waiting = await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingCapacity');
    expect(waiting).toMatchObject({
      awaiting: { kind: 'capacity' },
      why: expect.stringContaining('modelarts.vm.gpu.t4u8'),
    });
    expect(creates('pools')).toBe(0);
    await stack().setSale('modelarts.vm.gpu.t4u8', 'normal');
    expect(await handle.result()).toMatchObject({ phase: 'Ready' });
  });

  test('a choice without capacity is cleaned up and the next one is tried', async () => {
    stack().simulator.faults.plan({
      operation: 'pools.create',
      kind: 'soldOut',
      flavor: 'modelarts.vm.gpu.t4u8',
      when: 'midway',
    });
    const pool = poolPart({ flavors: ['modelarts.vm.gpu.t4u8', 'modelarts.vm.gpu.tnt004'] });
    const progress = (await (await start(freshName(), { pool, notebook: notebookPart() })).result()) as Progress;
    expect(progress.steps[1]).toMatchObject({ name: 'pool', state: 'done', attempt: 2 });
    expect(pools()).toHaveLength(1);
  });
});
