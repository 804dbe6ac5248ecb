import { describe, expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { notebookPart, poolPart, publicNotebookPart } from '../workflows/documents.js';
import { deadlines, finishMainJob, name, startMainJob } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const lease = `lease/${name}`;
/** From a teardown that was terminated before it could cancel. */
const staleAnnouncement = { cause: 'teardown', by: `teardown/${name}`, reason: 'teardown' };

const newStack = testbedsForFile();

async function change({ temporal }: Testbed, kind: 'notebook' | 'environment', verb: string, target = name) {
  const workflowId = `change/${kind}/${target}`;
  await temporal.start('changeResource', workflowId, [{ kind, name: target, change: verb, by: 'op', reason: 'done' }]);
  await temporal.result(workflowId);
}

test('a cancel long after a teardown announced one is no handover: owned resources are removed', async () => {
  const testbed = await newStack();
  const { temporal, simulator, progress } = testbed;
  await finishMainJob(testbed);
  await temporal.signal(lease, 'announceCancel', staleAnnouncement);
  await temporal.run({ maxTime: hour });
  await temporal.cancel(lease);
  await temporal.run({ maxTime: hour });
  expect({ ...simulator.state(), open: temporal.openWorkflows() }).toMatchObject({
    pools: [],
    notebooks: [],
    open: [],
  });
  const { phase, audit } = await progress(lease);
  expect(phase).toBe('Cancelled');
  expect(audit).toMatchObject([{ verb: 'cancel', by: 'unknown', reason: '' }]);
});

test.each(['protectionChanged', 'refresh'])('%s does not overwrite the announcement of a teardown', async (signal) => {
  const testbed = await newStack();
  const { temporal, progress } = testbed;
  await finishMainJob(testbed);
  await temporal.signal(lease, 'announceCancel', staleAnnouncement);
  await temporal.signal(lease, signal, { by: 'op', reason: 'done' });
  await temporal.cancel(lease);
  await temporal.run({ maxTime: minute });
  const { phase, pool, audit } = await progress(lease);
  expect({ phase, pool, audit }).toMatchObject({
    phase: 'Cancelled',
    pool: { id: expect.any(String) },
    audit: [{ verb: 'cancel', by: staleAnnouncement.by, reason: 'teardown' }],
  });
});

test('an unprotect long after a teardown announced one retries the refused removal at once', async () => {
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await finishMainJob(testbed);
  await change(testbed, 'environment', 'protect');
  await temporal.update(lease, 'releaseLease', { by: 'op', reason: 'done' });
  await temporal.run({ maxTime: 1.5 * hour });
  await temporal.signal(lease, 'announceCancel', staleAnnouncement);
  await temporal.run({ maxTime: 13 * minute });
  await change(testbed, 'environment', 'unprotect');
  await temporal.run({ maxTime: 10 * minute });
  expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
});

describe('a start or stop of a notebook', () => {
  const autoStop = '10h';

  test.each([
    ['its environment', name],
    ['another one', 'other'],
  ])('is shown by the lease at once: one that is called as %s', async (_title, called) => {
    const testbed = await newStack();
    const { temporal, progress } = testbed;
    await startMainJob(testbed, { lease: { ttl: '20h' }, notebook: notebookPart({ name: called, autoStop }) });
    await temporal.result(`env/${name}`);
    await temporal.run({ maxTime: minute });
    expect((await progress(lease)).why).toContain(`notebook ${called} stops automatically at`);
    await change(testbed, 'notebook', 'stop', called);
    await temporal.run({ maxTime: 5_000 });
    const stopped = await progress(lease);
    expect(stopped.notebook).toMatchObject({ status: 'STOPPED', autoStopAt: null });
    expect(stopped.why).not.toContain('stops automatically');
    await change(testbed, 'notebook', 'start', called);
    await temporal.run({ maxTime: 5_000 });
    const started = await progress(lease);
    expect(started.notebook).toMatchObject({ status: 'RUNNING', autoStopAt: expect.any(String) });
    expect(started.why).toContain('stops automatically');
    expect(started.audit).toEqual([]);
  });

  test('is done although the lease cannot be notified', async () => {
    const testbed = await newStack();
    await finishMainJob(testbed);
    await testbed.temporal.client.workflow.getHandle(lease).terminate();
    await change(testbed, 'notebook', 'stop');
    expect(await testbed.progress(`change/notebook/${name}`)).toMatchObject({ phase: 'Done' });
  });
});

test('a lease is found by its pool, also by one that joins later', async () => {
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await temporal.start('launchNotebook', `notebook/${name}`, [{ name, notebook: publicNotebookPart(), deadlines }]);
  await temporal.result(`notebook/${name}`);
  expect(temporal.searchAttributes(lease).MaopsPool).toBeUndefined();
  await temporal.start('provisionPool', `pool/${name}`, [{ name, pool: poolPart(), deadlines }]);
  await temporal.result(`pool/${name}`);
  expect(temporal.searchAttributes(lease).MaopsPool).toBe(simulator.state().pools[0]?.id);
});
