import { describe, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { releaseLeaseUpdate } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { stackForFile } from '../support/in-process-stack-for-file.js';
import { environmentDocument, freshName, poolPart, publicNotebookPart } from './documents.js';

const stack = stackForFile();

const main = 'provisionPoolThenLaunchNotebook';
const left = () => {
  const { pools, notebooks } = stack().simulator.state();
  return [...pools, ...notebooks];
};

async function makeEnvironment(): Promise<string> {
  const name = freshName();
  await (await stack().start(main, `env/${name}`, environmentDocument(name))).result();
  return name;
}

describe('teardownEnvironment', () => {
  test('stops and deletes the notebook, then the pool, takes the lease over, and ends Gone', async () => {
    const name = await makeEnvironment();
    const handle = await stack().start('teardownEnvironment', `teardown/${name}`, { name });
    expect(await handle.result()).toMatchObject({ phase: 'Gone', percent: 100 });
    expect(left()).toEqual([]);
    expect(await stack().progress(`lease/${name}`)).toMatchObject({ phase: 'Cancelled', why: 'a teardown took over' });
  });

  test('of nothing is Gone', async () => {
    const name = freshName();
    const handle = await stack().start('teardownEnvironment', `teardown/${name}`, { name });
    expect(await handle.result()).toMatchObject({ phase: 'Gone' });
  });

  test('cancels a running operation first, and nothing of it is left', async () => {
    const name = freshName();
    const running = await stack().start(main, `env/${name}`, environmentDocument(name));
    await stack().until(running.workflowId, ({ phase }) => phase === 'AwaitingPool');
    const handle = await stack().start('teardownEnvironment', `teardown/${name}`, { name });
    expect(await handle.result()).toMatchObject({ phase: 'Gone' });
    expect(await stack().progress(running.workflowId)).toMatchObject({ phase: 'Cancelled' });
    expect(left()).toEqual([]);
  });

  test('keeps a pool with another user’s notebook, names the notebook, and a lease owns the pool', async () => {
    const name = await makeEnvironment();
    const { pool } = await stack().progress(`env/${name}`);
    await stack().place('notebooks', { name: 'neighbour', pool: pool?.id ?? '' });
    const handle = await stack().start('teardownEnvironment', `teardown/${name}`, { name });
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    const progress = await stack().progress(`teardown/${name}`);
    expect(progress).toMatchObject({
      phase: 'Failed',
      failure: { type: 'Protected', message: expect.stringContaining('neighbour') },
    });
    expect(stack().simulator.requests('pools.delete')).toEqual([]);
    expect(await stack().progress(`lease/${name}`)).toMatchObject({ phase: 'Leased' });
  });

  test('continues through failed deletes', async () => {
    const name = await makeEnvironment();
    stack().simulator.faults.plan(
      { operation: 'notebooks.action', kind: 'status', status: 500 },
      { operation: 'pools.delete', kind: 'deleteFails', times: 2 },
    );
    const handle = await stack().start('teardownEnvironment', `teardown/${name}`, { name });
    expect(await handle.result()).toMatchObject({ phase: 'Gone' });
    expect(left()).toEqual([]);
  });
});

describe('leaseEnvironment', () => {
  test('a release tears the environment down', async () => {
    const name = await makeEnvironment();
    const lease = stack().client.workflow.getHandle(`lease/${name}`);
    await lease.executeUpdate(releaseLeaseUpdate, { args: [{ by: 'op', reason: 'done' }] });
    expect(await lease.result()).toMatchObject({ phase: 'Gone', audit: [{ verb: 'release', by: 'op' }] });
    expect(left()).toEqual([]);
  });

  test('a release without actor and reason is refused', async () => {
    const name = await makeEnvironment();
    const lease = stack().client.workflow.getHandle(`lease/${name}`);
    await expect(lease.executeUpdate(releaseLeaseUpdate, { args: [{ by: '', reason: '' }] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('needs an actor and a reason') },
    });
    expect(await stack().progress(`lease/${name}`)).toMatchObject({ phase: 'Leased' });
  });
});

describe('pools and notebooks alone', () => {
  test('provisionPool creates the pool alone', async () => {
    const name = freshName('pool');
    const handle = await stack().start('provisionPool', `pool/${name}`, { name, pool: poolPart() });
    const progress = (await handle.result()) as Progress;
    expect(progress).toMatchObject({ phase: 'Ready', notebook: null, steps: [{ name: 'validate' }, { name: 'pool' }] });
    expect(stack().simulator.requests('notebooks.create')).toEqual([]);
  });

  test('launchNotebook creates a notebook alone, on a public flavor', async () => {
    const name = freshName('nb');
    const document = { name, notebook: publicNotebookPart() };
    const handle = await stack().start('launchNotebook', `notebook/${name}`, document);
    expect(await handle.result()).toMatchObject({ phase: 'Ready', pool: null, notebook: { status: 'RUNNING' } });
  });

  test('changeResource stops and starts a notebook', async () => {
    const name = await makeEnvironment();
    const change = (verb: string) =>
      stack().start('changeResource', `change/notebook/${name}`, {
        kind: 'notebook',
        name,
        change: verb,
        by: 'op',
        reason: 'r',
      });
    expect(await (await change('stop')).result()).toMatchObject({ phase: 'Done', notebook: { status: 'STOPPED' } });
    expect(await (await change('start')).result()).toMatchObject({ phase: 'Done', notebook: { status: 'RUNNING' } });
  });
});
