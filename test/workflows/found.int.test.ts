import { describe, expect, test } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import { pauseSignal, releaseLeaseUpdate } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { stackForFile } from '../support/in-process-stack-for-file.js';
import { environmentDocument, freshName, poolPart } from './documents.js';

/** Regressions, each found by review. */
const stack = stackForFile();

const main = 'provisionPoolThenLaunchNotebook';
const start = (name: string, change: Record<string, unknown> = {}) =>
  stack().start(main, `env/${name}`, environmentDocument(name, change));
const startPool = (name: string, change: Record<string, unknown> = {}) =>
  stack().start('provisionPool', `pool/${name}`, { name, pool: poolPart(change) });
const teardown = (name: string) => stack().start('teardownEnvironment', `teardown/${name}`, { name });
const pools = () => stack().simulator.state().pools;

describe('ending', () => {
  test('a delete that was accepted and had no effect is sent again', async () => {
    const name = freshName();
    await (await startPool(name)).result();
    stack().simulator.faults.plan({ operation: 'pools.delete', kind: 'deleteFails', how: 'reverts' });
    expect(await (await teardown(name)).result()).toMatchObject({ phase: 'Gone' });
    expect(stack().simulator.requests('pools.delete')).toHaveLength(2);
    expect(pools()).toEqual([]);
  });

  test('a pool whose marker was edited away is removed by its identity', async () => {
    const name = freshName();
    await (await startPool(name)).result();
    const [pool] = pools();
    if (pool === undefined) throw new Error('no pool');
    pool.annotations['os.modelarts/description'] = 'edited';
    stack().simulator.restore({
      ...stack().simulator.snapshot(),
      state: { ...stack().simulator.state(), pools: [pool] },
    });
    expect(await (await teardown(name)).result()).toMatchObject({ phase: 'Gone' });
    expect(pools()).toEqual([]);
  });

  test('a teardown does not end Gone while a foreign pool has the name', async () => {
    const name = freshName();
    await stack().place('pools', { name, description: 'not ours' });
    await expect((await teardown(name)).result()).rejects.toMatchObject({ cause: { type: 'Protected' } });
    expect(pools()).toHaveLength(1);
    await expect(stack().progress(`lease/${name}`)).rejects.toThrow(WorkflowNotFoundError);
  });

  test('a forgotten pause does not block a teardown', async () => {
    const name = freshName();
    const handle = await start(name);
    await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingPool');
    await handle.signal(pauseSignal, { by: 'op', reason: 'forgotten' });
    await stack().until(handle.workflowId, ({ phase }) => phase === 'Paused');
    expect(await (await teardown(name)).result()).toMatchObject({ phase: 'Gone' });
    expect(pools()).toEqual([]);
  });

  test('a create during a release is refused, and the release goes through', async () => {
    const name = freshName();
    await (await startPool(name)).result();
    const lease = stack().client.workflow.getHandle(`lease/${name}`);
    await lease.executeUpdate(releaseLeaseUpdate, { args: [{ by: 'op', reason: 'done' }] });
    await stack().until(lease.workflowId, ({ phase }) => phase !== 'Leased');
    await expect((await startPool(name)).result()).rejects.toMatchObject({ cause: { type: 'SpecConflict' } });
    expect(await lease.result()).toMatchObject({ phase: 'Gone' });
    expect(pools()).toEqual([]);
  });
});

describe('adopting', () => {
  test('follows the flavor that the pool was created with', async () => {
    const name = freshName();
    const flavors = ['modelarts.vm.gpu.t4u8', 'modelarts.vm.gpu.tnt004'];
    await stack().setSale('modelarts.vm.gpu.t4u8', 'soldout');
    await (await startPool(name, { flavors })).result();
    await stack().setSale('modelarts.vm.gpu.t4u8', 'normal');
    expect(await (await startPool(name, { flavors })).result()).toMatchObject({ phase: 'Ready' });
    expect(stack().simulator.requests('pools.create')).toHaveLength(1);
  });

  test('starts a notebook that stopped overnight', async () => {
    const name = freshName();
    await (await start(name)).result();
    const change = { kind: 'notebook', name, change: 'stop', by: 'op', reason: 'night' };
    await (await stack().start('changeResource', `change/notebook/${name}`, change)).result();
    expect(await (await start(name)).result()).toMatchObject({ phase: 'Ready', notebook: { status: 'RUNNING' } });
    expect(stack().simulator.requests('notebooks.create')).toHaveLength(1);
  });
});

describe('at the end', () => {
  test('a stale list does not roll back a usable environment', async () => {
    const lag = { kind: 'listLag', ms: 100_000_000, in: ['list'] } as const;
    stack().simulator.faults.plan({ operation: 'notebooks.create', ...lag }, { operation: 'pools.create', ...lag });
    expect(await (await start(freshName())).result()).toMatchObject({ phase: 'Ready' });
  });

  test('one refused read does not roll back a usable environment', async () => {
    const handle = await start(freshName());
    await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingNotebook');
    stack().simulator.faults.plan({ operation: 'pools.list', kind: 'forbidden' });
    expect(await handle.result()).toMatchObject({ phase: 'Ready' });
  });
});

describe('capacity', () => {
  test('a choice that is refused although it is listed as normal is not posted in a loop', async () => {
    stack().simulator.faults.plan({
      operation: 'pools.create',
      kind: 'status',
      status: 400,
      body: { json: { error_code: 'ModelArts.3952', error_msg: 'sold out' } },
      times: 'always',
    });
    await stack().setSale('modelarts.vm.gpu.tnt004', 'soldout');
    const pool = { flavors: ['modelarts.vm.gpu.t4u8', 'modelarts.vm.gpu.tnt004'] };
    const deadlines = { pool: '30s', capacity: '2s', undo: '30s' };
    const name = freshName();
    const handle = await stack().start('provisionPool', `pool/${name}`, { name, pool: poolPart(pool), deadlines });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'SoldOut' } });
    expect(stack().simulator.requests('pools.create').length).toBeLessThan(8);
  });
});

describe('starting', () => {
  test('a run under another workflow id is refused, because its resources could not be found again', async () => {
    const name = freshName();
    const handle = await stack().start('provisionPool', `my-own-${name}`, { name, pool: poolPart() });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'InvalidSpec', message: expect.stringContaining(`pool/${name}`) },
    });
  });

  test.each([
    ['nothing', null],
    ['a text', 'team-a'],
    ['an empty document', {}],
    ['a list', []],
    ['a very long name', { name: 'x'.repeat(3_000) }],
  ])('with %s ends in InvalidSpec, and the progress is its first detail', async (_title, argument) => {
    const types = ['provisionPool', 'teardownEnvironment', 'changeResource', 'runScheduled', 'leaseEnvironment'];
    for (const type of types) {
      const handle = await stack().start(type, `odd/${freshName()}`, argument);
      await expect(handle.result()).rejects.toMatchObject({
        cause: {
          type: 'InvalidSpec',
          details: [expect.objectContaining({ phase: 'Failed' } satisfies Partial<Progress>)],
        },
      });
    }
  });
});
