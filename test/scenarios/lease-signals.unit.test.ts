import { describe, expect, test } from '@jest/globals';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { notebookPart, poolPart, publicNotebookPart } from '../workflows/documents.js';
import { deadlines, finishMainJob, name, startMainJob } from './stories.js';

const minute = 60_000;
const hour = 60 * minute;
const lease = `lease/${name}`;
/** From a teardown that somebody terminated before it could cancel. */
const staleAnnouncement = { cause: 'teardown', by: `teardown/${name}`, reason: 'teardown' };

const newStack = stacksForFile();

async function change({ world }: VirtualStack, kind: 'notebook' | 'environment', verb: string, target = name) {
  const workflowId = `change/${kind}/${target}`;
  await world.start('changeResource', workflowId, [{ kind, name: target, change: verb, by: 'op', reason: 'done' }]);
  await world.result(workflowId);
}

test('a cancel long after a teardown announced one is no handover: what is owned is removed', async () => {
  const stack = await newStack();
  const { world, simulator, progress } = stack;
  await finishMainJob(stack);
  await world.signal(lease, 'announceCancel', staleAnnouncement);
  await world.run({ maxTime: hour });
  await world.cancel(lease);
  await world.run({ maxTime: hour });
  expect({ ...simulator.state(), open: world.openWorkflows() }).toMatchObject({ pools: [], notebooks: [], open: [] });
  const { phase, audit } = await progress(lease);
  expect(phase).toBe('Cancelled');
  expect(audit).toMatchObject([{ verb: 'cancel', by: 'unknown', reason: '' }]);
});

test.each(['protectionChanged', 'refresh'])('%s does not overwrite the announcement of a teardown', async (signal) => {
  const stack = await newStack();
  const { world, progress } = stack;
  await finishMainJob(stack);
  await world.signal(lease, 'announceCancel', staleAnnouncement);
  await world.signal(lease, signal, { by: 'op', reason: 'done' });
  await world.cancel(lease);
  await world.run({ maxTime: minute });
  const { phase, pool, audit } = await progress(lease);
  expect({ phase, pool, audit }).toMatchObject({
    phase: 'Cancelled',
    pool: { id: expect.any(String) },
    audit: [{ verb: 'cancel', by: staleAnnouncement.by, reason: 'teardown' }],
  });
});

test('an unprotect long after a teardown announced one hurries what was refused', async () => {
  const stack = await newStack();
  const { world, simulator } = stack;
  await finishMainJob(stack);
  await change(stack, 'environment', 'protect');
  await world.update(lease, 'releaseLease', { by: 'op', reason: 'done' });
  await world.run({ maxTime: 1.5 * hour });
  await world.signal(lease, 'announceCancel', staleAnnouncement);
  await world.run({ maxTime: 13 * minute });
  await change(stack, 'environment', 'unprotect');
  await world.run({ maxTime: 10 * minute });
  expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
});

describe('a start or stop of a notebook', () => {
  const autoStop = '10h';

  test.each([
    ['its environment', name],
    ['another one', 'other'],
  ])('is shown by the lease at once: one that is called as %s', async (_title, called) => {
    const stack = await newStack();
    const { world, progress } = stack;
    await startMainJob(stack, { lease: { ttl: '20h' }, notebook: notebookPart({ name: called, autoStop }) });
    await world.result(`env/${name}`);
    await world.run({ maxTime: minute });
    expect((await progress(lease)).why).toContain(`notebook ${called} stops by itself at`);
    await change(stack, 'notebook', 'stop', called);
    await world.run({ maxTime: 5_000 });
    const stopped = await progress(lease);
    expect(stopped.notebook).toMatchObject({ status: 'STOPPED', autoStopAt: null });
    expect(stopped.why).not.toContain('stops by itself');
    await change(stack, 'notebook', 'start', called);
    await world.run({ maxTime: 5_000 });
    const started = await progress(lease);
    expect(started.notebook).toMatchObject({ status: 'RUNNING', autoStopAt: expect.any(String) });
    expect(started.why).toContain('stops by itself');
    expect(started.audit).toEqual([]);
  });

  test('is done although the lease cannot be told', async () => {
    const stack = await newStack();
    await finishMainJob(stack);
    await stack.world.client.workflow.getHandle(lease).terminate();
    await change(stack, 'notebook', 'stop');
    expect(await stack.progress(`change/notebook/${name}`)).toMatchObject({ phase: 'Done' });
  });
});

test('a lease is found by its pool, also by one that joins later', async () => {
  const stack = await newStack();
  const { world, simulator } = stack;
  await world.start('launchNotebook', `notebook/${name}`, [{ name, notebook: publicNotebookPart(), deadlines }]);
  await world.result(`notebook/${name}`);
  expect(world.searchAttributes(lease).MaopsPool).toBeUndefined();
  await world.start('provisionPool', `pool/${name}`, [{ name, pool: poolPart(), deadlines }]);
  await world.result(`pool/${name}`);
  expect(world.searchAttributes(lease).MaopsPool).toBe(simulator.state().pools[0]?.id);
});
