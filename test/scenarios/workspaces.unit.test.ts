import { expect, test } from '@jest/globals';
import type { Spec } from '../../src/contract/spec.js';
import type { AuditProgress, SweepProgress } from '../../src/contract/workflows.js';
import { isProtected } from '../../src/domain/resource/marker.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { GrpcError } from '../temporal-sim/grpc-errors.js';
import { notebookPart, publicNotebookPart } from '../workflows/documents.js';
import { control, terminate } from './outside-changes.js';
import { name, startMainJob } from './steps.js';

/** The simulator's workspace besides the default one, which is all that a list without a workspace shows. */
const workspaceId = '7c2f41b5a0d94c6f8e13b5d2a9c07e64';
const trial = `notebook/${name}`;

const newStack = testbedsForFile();

/** A notebook in the other workspace, under another name than its environment, owned by a lease. */
async function madeThere(options: Parameters<typeof newStack>[0] = {}): Promise<Testbed> {
  const testbed = await newStack(options);
  await testbed.temporal.start('launchNotebook', trial, [
    { name, notebook: publicNotebookPart({ name: 'trial', workspaceId }) },
  ]);
  await testbed.temporal.result(trial);
  return testbed;
}

async function audit({ temporal }: Testbed, id = 'audit/once') {
  await temporal.start('auditResources', id, [{}]);
  return (await temporal.result<AuditProgress>(id)).report;
}

test('an audit reads the workspaces that open operations name', async () => {
  const testbed = await madeThere();
  expect(await audit(testbed)).toMatchObject({
    unread: [],
    counts: { owned: 1 },
    findings: [{ kind: 'notebook', name: 'trial', why: `lease/${name}: Leased` }],
  });
});

test('an audit shows what an interrupted run has left in its workspace', async () => {
  const testbed = await madeThere();
  await terminate(testbed, `lease/${name}`);
  expect(await audit(testbed)).toMatchObject({ unread: [], counts: { orphan: 1 } });
});

/** A lease that an earlier version or another program started: its memo does not name its workspaces. */
async function leasedWithoutMemo(options: Parameters<typeof newStack>[0] = {}): Promise<Testbed> {
  const testbed = await madeThere(options);
  const spec = await testbed.temporal.query<Spec>(`lease/${name}`, 'spec');
  await terminate(testbed, `lease/${name}`);
  const resources = { pool: null, notebooks: [], workspaceIds: [], unknownSince: null };
  await testbed.temporal.start('leaseEnvironment', `lease/${name}`, [{ name, owner: trial, spec, resources }]);
  await testbed.temporal.run({ maxTime: 1_000 });
  return testbed;
}

/** Counts the queries for a spec that one audit sends. */
async function countSpecQueries(make: (options: Parameters<typeof newStack>[0]) => Promise<Testbed>) {
  let queries = 0;
  let isReading = false;
  const testbed = await make({
    onServerCall: (method) => {
      if (method === 'queryWorkflow' && isReading) queries += 1;
    },
  });
  const { temporal } = testbed;
  isReading = true;
  await temporal.start('auditResources', 'audit/counted', [{}]);
  await temporal.run({ until: () => temporal.searchAttributes('audit/counted').MaopsPhase === 'Reading' });
  isReading = false;
  const { report } = await temporal.result<AuditProgress>('audit/counted');
  return { queries, counts: report?.counts, unread: report?.unread };
}

test.each([
  ['is not asked for the workspaces in its memo', madeThere, 0],
  ['without a memo is asked for its spec', leasedWithoutMemo, 1],
])('a lease %s', async (_what, make, queries) => {
  expect(await countSpecQueries(make)).toMatchObject({ queries, counts: { owned: 1 }, unread: [] });
});

test.each([
  ['queryWorkflow', `notebooks in other workspaces: lease/${name} did not respond to a query for its workspace`],
  ['listWorkflowExecutions', 'notebooks in other workspaces: Temporal did not list the operations'],
])('an audit reports what it did not read while Temporal refuses %s', async (refused, line) => {
  let isSilent = false;
  const testbed = await leasedWithoutMemo({
    onServerCall: (method) => {
      if (isSilent && method === refused) throw new GrpcError(14, 'no answer');
    },
  });
  isSilent = true;
  expect(await audit(testbed)).toMatchObject({ unread: [line] });
});

test('a sweep deletes an orphan in another workspace', async () => {
  const testbed = await madeThere();
  await terminate(testbed, `lease/${name}`);
  await testbed.temporal.start('sweepExpired', 'sweep/once', [{ apply: true, rules: { orphans: { minAge: '0s' } } }]);
  expect(await testbed.temporal.result<SweepProgress>('sweep/once')).toMatchObject({
    phase: 'Done',
    results: [{ kind: 'notebook', result: 'deleted' }],
  });
  expect(testbed.simulator.state().notebooks).toEqual([]);
});

test.each([name, 'trial'])('protecting %s marks a notebook in another workspace', async (called) => {
  const { temporal, simulator } = await madeThere();
  const change = { kind: 'environment', name: called, change: 'protect', by: 'ann', reason: 'demo' };
  await temporal.start('changeResource', `change/environment/${called}`, [change]);
  expect(await temporal.result(`change/environment/${called}`)).toMatchObject({ why: 'notebook trial: protected' });
  expect(simulator.state().notebooks.map(({ description }) => isProtected(description))).toEqual([true]);
});

test('a notebook in another workspace stops by its name', async () => {
  const { temporal, simulator } = await madeThere();
  const change = { kind: 'notebook', name: 'trial', change: 'stop', by: 'ann', reason: 'lunch' };
  await temporal.start('changeResource', 'change/notebook/trial', [change]);
  expect(await temporal.result('change/notebook/trial')).toMatchObject({ phase: 'Done' });
  expect(simulator.state().notebooks).toMatchObject([{ status: 'STOPPED' }]);
});

test('a notebook that exists nowhere is not found, and the workspaces that could not be read are named', async () => {
  let isSilent = false;
  const { temporal, progress } = await leasedWithoutMemo({
    onServerCall: (method) => {
      if (isSilent && method === 'queryWorkflow') throw new GrpcError(4, 'no answer');
    },
  });
  const id = 'change/notebook/other';
  await temporal.start('changeResource', id, [
    { kind: 'notebook', name: 'other', change: 'stop', by: 'ann', reason: 'x' },
  ]);
  isSilent = true;
  await expect(temporal.result(id)).rejects.toMatchObject({ cause: { type: 'NotFound' } });
  isSilent = false;
  expect((await progress(id)).failure?.message).toBe(
    `no notebook named other; not read: notebooks in other workspaces: lease/${name} did not respond to a query for its workspace`,
  );
});

test.each([
  ['the workspace of the notebook', { notebook: notebookPart({ workspaceId }) }, {}],
  ['the workspace of the pool', {}, { workspaceId }],
])('another user’s notebook in %s keeps the pool', async (_where, change, moved) => {
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, change);
  await temporal.result(`env/${name}`);
  const snapshot = simulator.snapshot();
  const [pool] = snapshot.state.pools;
  if (pool === undefined) throw new Error('no pool');
  if ('workspaceId' in moved) pool.labels['os.modelarts/workspace.id'] = workspaceId;
  simulator.restore(snapshot);
  await control(testbed, 'notebooks', { name: 'guest', pool: pool.id, user: 'neighbour', workspaceId });
  await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
  await expect(temporal.result(`teardown/${name}`)).rejects.toMatchObject({
    cause: { type: 'Protected', message: `pool ${name} is kept: notebook guest of neighbour runs on it` },
  });
  expect(simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], notebooks: [{ name: 'guest' }] });
});

test('a deleted workspace blocks neither the removal of the pool nor the audit', async () => {
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, { notebook: notebookPart({ workspaceId }) });
  await temporal.result(`env/${name}`);
  const snapshot = simulator.snapshot();
  simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks: [], workspaces: ['0'] } });
  expect(await audit(testbed)).toMatchObject({ unread: [], counts: { owned: 1 } });
  await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
  await temporal.run({ maxTime: 3_600_000, until: () => temporal.status(`teardown/${name}`) !== 'RUNNING' });
  expect(temporal.searchAttributes(`teardown/${name}`).MaopsPhase).toBe('Gone');
});
