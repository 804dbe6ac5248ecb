import { describe, expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart, publicNotebookPart } from '../workflows/documents.js';
import { control, terminate } from './outside-changes.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const env = `env/${name}`;
const lease = `lease/${name}`;
const pause = { by: 'ann', reason: 'look first' };
const current = { notebook: currentNotebookPart() };
const newStack = testbedsForFile();

const soldOutMidway = { operation: 'pools.create', kind: 'soldOut', when: 'midway', forMs: 30 * minute } as const;
const slowDelete = { operation: 'pools.create', kind: 'slowDelete', ms: hour } as const;

const creates = ({ simulator }: Testbed) =>
  ['pools.create', 'notebooks.create', 'currentNotebooks.create'].flatMap((operation) => simulator.requests(operation))
    .length;

async function cancel({ temporal }: Testbed, workflowId: string): Promise<void> {
  await temporal.signal(workflowId, 'announceCancel', { cause: 'operator', by: 'ann', reason: 'not needed' });
  await temporal.cancel(workflowId);
}

async function toTheEnd(testbed: Testbed, workflowId: string) {
  const { temporal, simulator, progress } = testbed;
  await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING', maxTime: 24 * hour });
  const { pools, notebooks, currentNotebooks } = simulator.state();
  const { phase, audit } = await progress(workflowId);
  const runs = temporal.namespace.runs.filter((run) => run.workflowId === workflowId);
  return {
    phase,
    status: temporal.status(workflowId),
    left: pools.length + notebooks.length + currentNotebooks.length,
    cancels: audit.filter(({ verb }) => verb === 'cancel').map(({ by }) => by),
    isContinued: runs.length > 1,
  };
}

/** A run that is cleaning up a pool that turned out to be sold out. */
async function cleaningUp(suggestContinueAsNewAfter: number): Promise<Testbed> {
  const testbed = await newStack({ simulator: { faults: [soldOutMidway, slowDelete] }, suggestContinueAsNewAfter });
  await startMainJob(testbed);
  const { temporal, simulator } = testbed;
  await temporal.run({ until: () => simulator.requests('pools.delete').length === 1 });
  return testbed;
}

describe('a cancel during a clean-up', () => {
  test.each([60, 80, 110, 4096])('is honoured in the run that continues after %i events', async (threshold) => {
    const testbed = await cleaningUp(threshold);
    const before = creates(testbed);
    await cancel(testbed, env);
    expect(await toTheEnd(testbed, env)).toMatchObject({
      phase: 'Cancelled',
      status: 'CANCELLED',
      left: 0,
      cancels: ['ann'],
      isContinued: threshold < 4096,
    });
    expect(creates(testbed)).toBe(before);
  });

  test('ends an earlier pause', async () => {
    const testbed = await cleaningUp(4096);
    await testbed.temporal.signal(env, 'pause', pause);
    await testbed.temporal.run({ maxTime: 10 * minute });
    expect(await testbed.progress(env)).toMatchObject({ phase: 'Paused' });
    await cancel(testbed, env);
    expect(await toTheEnd(testbed, env)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  });

  test.each([60, 4096])('is held by a pause that comes after it (%i events)', async (threshold) => {
    const testbed = await cleaningUp(threshold);
    await cancel(testbed, env);
    await testbed.temporal.run({ maxTime: minute });
    await testbed.temporal.signal(env, 'pause', pause);
    await testbed.temporal.run({ maxTime: 24 * hour });
    expect(await testbed.progress(env)).toMatchObject({ phase: 'Paused' });
    await testbed.temporal.signal(env, 'resume', { by: 'ann' });
    expect(await toTheEnd(testbed, env)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  });
});

test('a cancel that arrives while a run is about to continue as new is honoured', async () => {
  let isSent = false;
  const testbed = await newStack({
    simulator: { faults: [soldOutMidway, slowDelete] },
    suggestContinueAsNewAfter: 80,
    onActivation: (_activation, run, commands) => {
      if (!isSent && commands.some((command) => command.continueAsNewWorkflowExecution)) {
        isSent = true;
        run.requestCancel('');
      }
      return 'reported';
    },
  });
  await startMainJob(testbed);
  await testbed.temporal.run({ until: () => isSent });
  const before = creates(testbed);
  expect(await toTheEnd(testbed, env)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  expect(creates(testbed)).toBe(before);
});

test.each([
  ['Ready', {}],
  ['Failed', { onFailure: 'keep' }],
] as const)('a cancel during the hand-over of a run that ends %s is refused in its audit', async (phase, change) => {
  let isSent = false;
  const notebookFails = { operation: 'notebooks.create', kind: 'notebookFailed' } as const;
  const testbed = await newStack({
    simulator: { faults: phase === 'Failed' ? [notebookFails] : [] },
    onActivation: (_activation, run, commands) => {
      if (!isSent && commands.some(({ scheduleActivity }) => scheduleActivity?.activityType === 'transferToLease')) {
        isSent = true;
        run.requestCancel('');
      }
      return 'reported';
    },
  });
  await startMainJob(testbed, change);
  await testbed.temporal.run({ until: () => testbed.temporal.status(env) !== 'RUNNING' });
  const progress = await testbed.progress(env);
  expect(progress).toMatchObject({ phase });
  expect(progress.audit.map(({ verb }) => verb)).toEqual(['cancel', 'refuse']);
  expect(testbed.temporal.openWorkflows()).toEqual([lease]);
});

test.each([
  [50, 'historical'],
  [70, 'historical'],
  [90, 'historical'],
  [4096, 'historical'],
  [60, 'current'],
] as const)('a rollback that continues after %i events ends as cancelled (%s API)', async (threshold, api) => {
  const isCurrent = api === 'current';
  const operation = isCurrent ? 'currentNotebooks.create' : 'notebooks.create';
  const slow = { operation, kind: 'slowDelete', ms: hour } as const;
  const testbed = await newStack({ simulator: { faults: [slow] }, suggestContinueAsNewAfter: threshold });
  await startMainJob(testbed, isCurrent ? current : {});
  await untilPhase(testbed, 'AwaitingNotebook');
  await cancel(testbed, env);
  expect(await toTheEnd(testbed, env)).toMatchObject({
    phase: 'Cancelled',
    status: 'CANCELLED',
    left: 0,
    cancels: ['ann'],
    isContinued: threshold < 4096,
  });
});

describe('a cancelled lease', () => {
  test.each([
    [40, {}],
    [60, {}],
    [4096, {}],
    [50, current],
  ])('ends as cancelled when its removal continues after %i events: %j', async (threshold, change) => {
    const slow = { operation: 'pools.create', kind: 'slowDelete', ms: 2 * hour } as const;
    const testbed = await newStack({ simulator: { faults: [slow] }, suggestContinueAsNewAfter: threshold });
    await finishMainJob(testbed, change);
    await cancel(testbed, lease);
    expect(await toTheEnd(testbed, lease)).toMatchObject({
      phase: 'Cancelled',
      status: 'CANCELLED',
      left: 0,
      cancels: ['ann'],
      isContinued: threshold < 4096,
    });
  });

  test('ends as cancelled when its removal was refused for a while', async () => {
    const testbed = await newStack();
    const { temporal, progress } = testbed;
    await finishMainJob(testbed);
    const change = (verb: string) => ({ kind: 'environment', name, change: verb, by: 'ann', reason: 'demo' });
    await temporal.start('changeResource', `change/environment/${name}`, [change('protect')]);
    await temporal.result(`change/environment/${name}`);
    await cancel(testbed, lease);
    await temporal.run({ maxTime: 10 * minute });
    expect(await progress(lease)).toMatchObject({ phase: 'Leased', failure: { type: 'Protected' } });
    await temporal.start('changeResource', `change/environment/${name}`, [change('unprotect')]);
    expect(await toTheEnd(testbed, lease)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  });

  test('ends an earlier pause, also in its removal', async () => {
    const testbed = await newStack();
    const { temporal, progress } = testbed;
    await finishMainJob(testbed);
    await temporal.update(lease, 'releaseLease', { by: 'ann', reason: 'done' });
    await untilPhase(testbed, 'DeletingNotebook', lease);
    await temporal.signal(lease, 'pause', pause);
    await temporal.run({ maxTime: hour });
    expect(await progress(lease)).toMatchObject({ phase: 'Paused' });
    await cancel(testbed, lease);
    expect(await toTheEnd(testbed, lease)).toMatchObject({ phase: 'Gone', status: 'COMPLETED', left: 0 });
  });
});

test('a cancel of a paused teardown is refused and leaves it paused', async () => {
  const testbed = await newStack();
  const teardown = `teardown/${name}`;
  await finishMainJob(testbed);
  await testbed.temporal.start('teardownEnvironment', teardown, [{ name }]);
  await untilPhase(testbed, 'DeletingNotebook', teardown);
  await testbed.temporal.signal(teardown, 'pause', pause);
  await cancel(testbed, teardown);
  await testbed.temporal.run({ maxTime: hour });
  const { phase, audit } = await testbed.progress(teardown);
  expect(phase).toBe('Paused');
  expect(audit.at(-1)).toMatchObject({ verb: 'refuse' });
  await testbed.temporal.signal(teardown, 'resume', { by: 'ann' });
  expect(await toTheEnd(testbed, teardown)).toMatchObject({ phase: 'Gone', status: 'COMPLETED', left: 0 });
});

describe('notebooks with our marker beside the one that is adopted', () => {
  const workflowId = `notebook/${name}`;
  const document = { name, notebook: publicNotebookPart() };

  /** A run that is removing the second of three notebooks, and continues as new meanwhile. */
  async function clearing(): Promise<Testbed> {
    const testbed = await newStack({ suggestContinueAsNewAfter: 40 });
    const { temporal, simulator } = testbed;
    await temporal.start('launchNotebook', workflowId, [document]);
    await temporal.result(workflowId);
    await terminate(testbed, lease);
    // The service refuses a second notebook of the name, so they get it afterwards.
    const description = simulator.state().notebooks[0]?.description;
    for (const other of ['one', 'two']) await control(testbed, 'notebooks', { name: other, user: 'ops', description });
    const snapshot = simulator.snapshot();
    const notebooks = snapshot.state.notebooks.map((notebook) => ({ ...notebook, name }));
    simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks } });
    await temporal.start('launchNotebook', workflowId, [document]);
    await temporal.run({ until: () => simulator.requests('notebooks.delete').length > 0 });
    return testbed;
  }

  test('are all removed, even if the run continues as new meanwhile', async () => {
    const testbed = await clearing();
    expect(await toTheEnd(testbed, workflowId)).toMatchObject({ phase: 'Ready', left: 1, isContinued: true });
  });

  test('are all removed after a cancel, with the one that is adopted', async () => {
    const testbed = await clearing();
    await cancel(testbed, workflowId);
    expect(await toTheEnd(testbed, workflowId)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  });
});
