import { describe, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/client';
import { isProtected } from '../../src/domain/resource/marker.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { notebookPart, poolPart } from '../workflows/documents.js';
import { finishMainJob, startMainJob, untilPhase } from './steps.js';

const newStack = testbedsForFile();

async function ready(): Promise<Testbed> {
  const made = await newStack();
  await finishMainJob(made);
  return made;
}

const workflowId = 'change/environment/team-a';

async function change({ temporal }: Testbed, verb: 'protect' | 'unprotect', name = 'team-a') {
  const argument = { kind: 'environment', name, change: verb, by: 'ann', reason: 'the demo is on Friday' };
  const run = await temporal.start('changeResource', `change/environment/${name}`, [argument]);
  return run;
}

function descriptions({ simulator }: Testbed): string[] {
  const { pools, notebooks } = simulator.state();
  return [
    ...pools.map(({ annotations }) => annotations['os.modelarts/description'] ?? ''),
    ...notebooks.map(({ description }) => description ?? ''),
  ];
}

describe('protecting an environment in virtual time', () => {
  test('marks its pool and its notebook, and unprotecting leaves them as they were', async () => {
    const made = await ready();
    const before = descriptions(made);
    await change(made, 'protect');
    expect(await made.temporal.result(workflowId)).toMatchObject({
      phase: 'Done',
      why: 'pool team-a, notebook team-a: protected',
      audit: [{ by: 'ann', verb: 'protect', reason: 'the demo is on Friday' }],
    });
    expect(descriptions(made)).toEqual(before.map((description) => `${description} maops:keep`));
    await change(made, 'unprotect');
    expect(await made.temporal.result(workflowId)).toMatchObject({ phase: 'Done' });
    expect(descriptions(made)).toEqual(before);
  });

  test('writes nothing that is already set', async () => {
    const made = await ready();
    await change(made, 'unprotect');
    expect(await made.temporal.result(workflowId)).toMatchObject({ phase: 'Done' });
    expect(made.simulator.summary()).not.toHaveProperty(['pools.patch']);
    expect(made.simulator.summary()).not.toHaveProperty(['notebooks.update']);
  });

  test('continues when a response is lost, and is done only when a show has the mark', async () => {
    const made = await ready();
    made.simulator.faults.plan(
      { operation: 'pools.patch', kind: 'status', status: 502 },
      { operation: 'pools.patch', kind: 'lost', at: 'after' },
      { operation: 'notebooks.update', kind: 'status', status: 500 },
      { operation: 'pools.list', kind: 'status', status: 503 },
    );
    await change(made, 'protect');
    expect(await made.temporal.result(workflowId)).toMatchObject({ phase: 'Done' });
    expect(descriptions(made).map(isProtected)).toEqual([true, true]);
  });

  test('waits until a show has the mark, and reads a stale one again', async () => {
    const made = await ready();
    const before = made.simulator.summary()['pools.show'] ?? 0;
    // The first two shows are the lease's own observation and the read before the write.
    const paths = [['metadata', 'annotations', 'os.modelarts/description']];
    made.simulator.faults.plan({ operation: 'pools.show', kind: 'missingFields', paths, nth: 3, times: 4 });
    await change(made, 'protect');
    expect(await made.temporal.result(workflowId)).toMatchObject({ phase: 'Done' });
    expect(made.simulator.summary()['pools.show']).toBe(before + 7);
    expect(made.simulator.summary()).toMatchObject({ 'pools.patch': 1 });
  });

  test.each([
    { operation: 'pools.show', paths: [['metadata', 'annotations', 'os.modelarts/description']] },
    { operation: 'notebooks.show', paths: ['description'] },
  ] as const)('keeps the marker although the read before the write leaves it out: $operation', async (omission) => {
    const made = await ready();
    const before = descriptions(made);
    made.simulator.faults.plan({ ...omission, kind: 'missingFields' });
    await change(made, 'protect');
    expect(await made.temporal.result(workflowId)).toMatchObject({ phase: 'Done' });
    expect(descriptions(made)).toEqual(before.map((description) => `${description} maops:keep`));
  });

  test('is not reported for a name under which this installation created nothing', async () => {
    const made = await ready();
    await change(made, 'protect', 'team-b');
    await expect(made.temporal.result('change/environment/team-b')).rejects.toMatchObject({
      cause: { type: 'NotFound' },
    });
    expect(descriptions(made).some(isProtected)).toBe(false);
  });

  test('keeps what another installation created', async () => {
    const made = await ready();
    const snapshot = made.simulator.snapshot();
    for (const pool of snapshot.state.pools) {
      pool.annotations['os.modelarts/description'] = 'maops:fffff0-aaaaaaaa-bbbbbbbb';
    }
    for (const notebook of snapshot.state.notebooks) {
      notebook.description = 'of somebody else';
      notebook.annotations = {};
    }
    made.simulator.restore(snapshot);
    await change(made, 'protect');
    await expect(made.temporal.result(workflowId)).rejects.toMatchObject({ cause: { type: 'NotFound' } });
    expect(made.simulator.summary()).not.toHaveProperty(['pools.patch']);
  });

  test('protects what was found, and fails while the list may be incomplete', async () => {
    const made = await ready();
    made.simulator.faults.plan({ operation: 'notebooks.list', kind: 'status', status: 502, times: 3 });
    await change(made, 'protect');
    await expect(made.temporal.result(workflowId)).rejects.toMatchObject({
      cause: { type: 'ServiceUnavailable', message: expect.stringContaining('notebooks: ') },
    });
    expect(descriptions(made).map(isProtected)).toEqual([true, false]);
  });

  test('keeps a paused change from writing', async () => {
    const made = await ready();
    const run = await change(made, 'protect');
    await made.temporal.signal(workflowId, 'pause', { by: 'ann', reason: 'wait' });
    await made.temporal.run({ maxTime: 3_600_000 });
    expect(run.isOpen).toBe(true);
    expect(descriptions(made).some(isProtected)).toBe(false);
    await made.temporal.signal(workflowId, 'resume', { by: 'ann' });
    expect(await made.temporal.result(workflowId)).toMatchObject({ phase: 'Done' });
  });
});

describe('protected resources', () => {
  test('is kept by a teardown, which reports how to continue, and deleted after it is unprotected', async () => {
    const made = await ready();
    await change(made, 'protect');
    await made.temporal.result(workflowId);
    await made.temporal.start('teardownEnvironment', 'teardown/team-a', [{ name: 'team-a' }]);
    await expect(made.temporal.result('teardown/team-a')).rejects.toMatchObject({
      cause: { type: 'Protected', details: [{ failure: { hint: expect.stringContaining('unprotect team-a') } }] },
    });
    expect(made.simulator.state()).toMatchObject({ pools: [{ name: 'team-a' }], notebooks: [{ name: 'team-a' }] });
    expect(made.temporal.openWorkflows()).toEqual(['lease/team-a']);
    await change(made, 'unprotect');
    await made.temporal.result(workflowId);
    await made.temporal.start('teardownEnvironment', 'teardown/team-a', [{ name: 'team-a' }]);
    expect(await made.temporal.result('teardown/team-a')).toMatchObject({ phase: 'Gone' });
    expect(made.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('is kept when its lease is released, and the lease still owns it', async () => {
    const made = await ready();
    await change(made, 'protect');
    await made.temporal.result(workflowId);
    await made.temporal.update('lease/team-a', 'releaseLease', { by: 'ann', reason: 'over' });
    await made.temporal.run({ maxTime: 3_600_000 });
    expect(made.simulator.state()).toMatchObject({ pools: [{ name: 'team-a' }], notebooks: [{ name: 'team-a' }] });
    expect(await made.progress('lease/team-a')).toMatchObject({ phase: 'Leased', failure: { type: 'Protected' } });
  });

  test('does not block a run that rolls back its own create', async () => {
    const made = await newStack();
    await startMainJob(made);
    await untilPhase(made, 'AwaitingNotebook');
    await change(made, 'protect');
    expect(await made.temporal.result(workflowId)).toMatchObject({ phase: 'Done' });
    await made.temporal.cancel('env/team-a');
    await expect(made.temporal.result('env/team-a')).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
    expect(made.temporal.searchAttributes('env/team-a').MaopsPhase).toBe('Cancelled');
    expect(made.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });
});

describe('protecting a resource that was created alone', () => {
  test('works by the name of a pool', async () => {
    const made = await newStack();
    await made.temporal.start('provisionPool', 'pool/team-a', [{ name: 'team-a', pool: poolPart() }]);
    await made.temporal.result('pool/team-a');
    await change(made, 'protect');
    expect(await made.temporal.result(workflowId)).toMatchObject({ phase: 'Done', why: 'pool team-a: protected' });
    expect(descriptions(made).map(isProtected)).toEqual([true]);
  });

  test.each(['team-a', 'trial'])('works by the name of a notebook and by that of its operation: %s', async (name) => {
    const made = await newStack();
    const flavor = { profileId: 'Multi-Engine 1.0 (python3)-cpu', flavor: 'modelarts.vm.cpu.2u' };
    const document = { name: 'team-a', notebook: notebookPart({ name: 'trial', ...flavor }) };
    await made.temporal.start('launchNotebook', 'notebook/team-a', [document]);
    await made.temporal.result('notebook/team-a');
    await change(made, 'protect', name);
    expect(await made.temporal.result(`change/environment/${name}`)).toMatchObject({
      why: 'notebook trial: protected',
    });
    expect(descriptions(made).map(isProtected)).toEqual([true]);
  });
});
