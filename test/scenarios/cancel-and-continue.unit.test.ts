import { describe, expect, test } from '@jest/globals';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { publicNotebookPart } from '../workflows/documents.js';
import { control, terminate } from './outside.js';
import { finishMainJob, name, startMainJob, untilPhase } from './stories.js';

const minute = 60_000;
const hour = 60 * minute;
const env = `env/${name}`;
const lease = `lease/${name}`;
const pause = { by: 'ann', reason: 'look first' };
const newStack = stacksForFile();

const soldOutMidway = { operation: 'pools.create', kind: 'soldOut', when: 'midway', forMs: 30 * minute } as const;
const slowDelete = { operation: 'pools.create', kind: 'slowDelete', ms: hour } as const;

const creates = ({ simulator }: VirtualStack) =>
  ['pools.create', 'notebooks.create'].flatMap((operation) => simulator.requests(operation)).length;

async function cancel({ world }: VirtualStack, workflowId: string): Promise<void> {
  await world.signal(workflowId, 'announceCancel', { cause: 'operator', by: 'ann', reason: 'not needed' });
  await world.cancel(workflowId);
}

async function toTheEnd(stack: VirtualStack, workflowId: string) {
  const { world, simulator, progress } = stack;
  await world.run({ until: () => world.status(workflowId) !== 'RUNNING', maxTime: 24 * hour });
  const { pools, notebooks } = simulator.state();
  const { phase, audit } = await progress(workflowId);
  const runs = world.namespace.runs.filter((run) => run.workflowId === workflowId);
  return {
    phase,
    status: world.status(workflowId),
    left: pools.length + notebooks.length,
    cancels: audit.filter(({ verb }) => verb === 'cancel').map(({ by }) => by),
    isContinued: runs.length > 1,
  };
}

/** A run that is cleaning up a pool that turned out to be sold out. */
async function cleaningUp(suggestContinueAsNewAfter: number): Promise<VirtualStack> {
  const stack = await newStack({ simulator: { faults: [soldOutMidway, slowDelete] }, suggestContinueAsNewAfter });
  await startMainJob(stack);
  const { world, simulator } = stack;
  await world.run({ until: () => simulator.requests('pools.delete').length === 1 });
  return stack;
}

describe('a cancel during a clean-up', () => {
  test.each([60, 80, 110, 4096])('is honoured in the run that continues after %i events', async (threshold) => {
    const stack = await cleaningUp(threshold);
    const before = creates(stack);
    await cancel(stack, env);
    expect(await toTheEnd(stack, env)).toMatchObject({
      phase: 'Cancelled',
      status: 'CANCELLED',
      left: 0,
      cancels: ['ann'],
      isContinued: threshold < 4096,
    });
    expect(creates(stack)).toBe(before);
  });

  test('ends a pause that came before it', async () => {
    const stack = await cleaningUp(4096);
    await stack.world.signal(env, 'pause', pause);
    await stack.world.run({ maxTime: 10 * minute });
    expect(await stack.progress(env)).toMatchObject({ phase: 'Paused' });
    await cancel(stack, env);
    expect(await toTheEnd(stack, env)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  });

  test.each([60, 4096])('is held by a pause that comes after it (%i events)', async (threshold) => {
    const stack = await cleaningUp(threshold);
    await cancel(stack, env);
    await stack.world.run({ maxTime: minute });
    await stack.world.signal(env, 'pause', pause);
    await stack.world.run({ maxTime: 24 * hour });
    expect(await stack.progress(env)).toMatchObject({ phase: 'Paused' });
    await stack.world.signal(env, 'resume', { by: 'ann' });
    expect(await toTheEnd(stack, env)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  });
});

test('a cancel that arrives while a run is about to continue as new is honoured', async () => {
  let isSent = false;
  const stack = await newStack({
    simulator: { faults: [soldOutMidway, slowDelete] },
    suggestContinueAsNewAfter: 80,
    fate: (_activation, run, commands) => {
      if (!isSent && commands.some((command) => command.continueAsNewWorkflowExecution)) {
        isSent = true;
        run.requestCancel('');
      }
      return 'lives';
    },
  });
  await startMainJob(stack);
  await stack.world.run({ until: () => isSent });
  const before = creates(stack);
  expect(await toTheEnd(stack, env)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  expect(creates(stack)).toBe(before);
});

test.each([
  ['Ready', {}],
  ['Failed', { onFailure: 'keep' }],
] as const)('a cancel during the hand-over of a run that ends %s is refused in its audit', async (phase, change) => {
  let isSent = false;
  const notebookFails = { operation: 'notebooks.create', kind: 'notebookFailed' } as const;
  const stack = await newStack({
    simulator: { faults: phase === 'Failed' ? [notebookFails] : [] },
    fate: (_activation, run, commands) => {
      if (!isSent && commands.some(({ scheduleActivity }) => scheduleActivity?.activityType === 'transferToLease')) {
        isSent = true;
        run.requestCancel('');
      }
      return 'lives';
    },
  });
  await startMainJob(stack, change);
  await stack.world.run({ until: () => stack.world.status(env) !== 'RUNNING' });
  const progress = await stack.progress(env);
  expect(progress).toMatchObject({ phase });
  expect(progress.audit.map(({ verb }) => verb)).toEqual(['cancel', 'refuse']);
  expect(stack.world.openWorkflows()).toEqual([lease]);
});

test.each([50, 70, 90, 4096])('a rollback that continues after %i events ends as cancelled', async (threshold) => {
  const slow = { operation: 'notebooks.create', kind: 'slowDelete', ms: hour } as const;
  const stack = await newStack({ simulator: { faults: [slow] }, suggestContinueAsNewAfter: threshold });
  await startMainJob(stack);
  await untilPhase(stack, 'AwaitingNotebook');
  await cancel(stack, env);
  expect(await toTheEnd(stack, env)).toMatchObject({
    phase: 'Cancelled',
    status: 'CANCELLED',
    left: 0,
    cancels: ['ann'],
    isContinued: threshold < 4096,
  });
});

describe('a cancelled lease', () => {
  test.each([40, 60, 4096])('ends as cancelled when its removal continues after %i events', async (threshold) => {
    const slow = { operation: 'pools.create', kind: 'slowDelete', ms: 2 * hour } as const;
    const stack = await newStack({ simulator: { faults: [slow] }, suggestContinueAsNewAfter: threshold });
    await finishMainJob(stack);
    await cancel(stack, lease);
    expect(await toTheEnd(stack, lease)).toMatchObject({
      phase: 'Cancelled',
      status: 'CANCELLED',
      left: 0,
      cancels: ['ann'],
      isContinued: threshold < 4096,
    });
  });

  test('ends as cancelled when its removal was refused for a while', async () => {
    const stack = await newStack();
    const { world, progress } = stack;
    await finishMainJob(stack);
    const change = (verb: string) => ({ kind: 'environment', name, change: verb, by: 'ann', reason: 'demo' });
    await world.start('changeResource', `change/environment/${name}`, [change('protect')]);
    await world.result(`change/environment/${name}`);
    await cancel(stack, lease);
    await world.run({ maxTime: 10 * minute });
    expect(await progress(lease)).toMatchObject({ phase: 'Leased', failure: { type: 'Protected' } });
    await world.start('changeResource', `change/environment/${name}`, [change('unprotect')]);
    expect(await toTheEnd(stack, lease)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  });

  test('ends a pause that came before it, also in its removal', async () => {
    const stack = await newStack();
    const { world, progress } = stack;
    await finishMainJob(stack);
    await world.update(lease, 'releaseLease', { by: 'ann', reason: 'done' });
    await untilPhase(stack, 'DeletingNotebook', lease);
    await world.signal(lease, 'pause', pause);
    await world.run({ maxTime: hour });
    expect(await progress(lease)).toMatchObject({ phase: 'Paused' });
    await cancel(stack, lease);
    expect(await toTheEnd(stack, lease)).toMatchObject({ phase: 'Gone', status: 'COMPLETED', left: 0 });
  });
});

test('a cancel of a paused teardown is refused and leaves it paused', async () => {
  const stack = await newStack();
  const teardown = `teardown/${name}`;
  await finishMainJob(stack);
  await stack.world.start('teardownEnvironment', teardown, [{ name }]);
  await untilPhase(stack, 'DeletingNotebook', teardown);
  await stack.world.signal(teardown, 'pause', pause);
  await cancel(stack, teardown);
  await stack.world.run({ maxTime: hour });
  const { phase, audit } = await stack.progress(teardown);
  expect(phase).toBe('Paused');
  expect(audit.at(-1)).toMatchObject({ verb: 'refuse' });
  await stack.world.signal(teardown, 'resume', { by: 'ann' });
  expect(await toTheEnd(stack, teardown)).toMatchObject({ phase: 'Gone', status: 'COMPLETED', left: 0 });
});

describe('notebooks with our marker beside the one that is adopted', () => {
  const workflowId = `notebook/${name}`;
  const document = { name, notebook: publicNotebookPart() };

  /** A run that is removing the second of three notebooks, and continues as new meanwhile. */
  async function clearing(): Promise<VirtualStack> {
    const stack = await newStack({ suggestContinueAsNewAfter: 40 });
    const { world, simulator } = stack;
    await world.start('launchNotebook', workflowId, [document]);
    await world.result(workflowId);
    await terminate(stack, lease);
    // The service refuses a second notebook of the name, so they get it afterwards.
    const description = simulator.state().notebooks[0]?.description;
    for (const other of ['one', 'two']) await control(stack, 'notebooks', { name: other, user: 'ops', description });
    const snapshot = simulator.snapshot();
    const notebooks = snapshot.state.notebooks.map((notebook) => ({ ...notebook, name }));
    simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks } });
    await world.start('launchNotebook', workflowId, [document]);
    await world.run({ until: () => simulator.requests('notebooks.delete').length > 0 });
    return stack;
  }

  test('are all removed, although the run continues as new meanwhile', async () => {
    const stack = await clearing();
    expect(await toTheEnd(stack, workflowId)).toMatchObject({ phase: 'Ready', left: 1, isContinued: true });
  });

  test('are all removed after a cancel, with the one that is adopted', async () => {
    const stack = await clearing();
    await cancel(stack, workflowId);
    expect(await toTheEnd(stack, workflowId)).toMatchObject({ phase: 'Cancelled', status: 'CANCELLED', left: 0 });
  });
});
