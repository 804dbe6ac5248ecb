import { expect, test } from '@jest/globals';
import type { VirtualStack } from '../support/virtual/environment.js';
import { stacksForFile } from '../support/virtual/stacks-for-file.js';
import { finishMainJob, name } from './stories.js';

const minute = 60_000;
const hour = 60 * minute;
const lease = `lease/${name}`;
/** From a teardown that somebody terminated before it could cancel. */
const staleNote = { verb: 'teardown', by: `teardown/${name}`, reason: 'teardown' };

const newStack = stacksForFile();

async function change({ world }: VirtualStack, kind: 'notebook' | 'environment', verb: string, target = name) {
  const workflowId = `change/${kind}/${target}`;
  await world.start('changeResource', workflowId, [{ kind, name: target, change: verb, by: 'op', reason: 'done' }]);
  await world.result(workflowId);
}

test('a cancel long after the note of a teardown is no handover: what is owned is removed', async () => {
  const stack = await newStack();
  const { world, simulator, progress } = stack;
  await finishMainJob(stack);
  await world.signal(lease, 'note', staleNote);
  await world.run({ maxTime: hour });
  await world.cancel(lease);
  await world.run({ maxTime: hour });
  expect({ ...simulator.state(), open: world.openWorkflows() }).toMatchObject({ pools: [], notebooks: [], open: [] });
  const { phase, why, audit } = await progress(lease);
  expect({ phase, why }).toEqual({ phase: 'Cancelled', why: 'called off; nothing of it is left' });
  expect(audit).toMatchObject([{ verb: 'cancel', by: 'unknown', reason: '' }]);
});

test('an unprotect long after the note of a teardown hurries what was refused', async () => {
  const stack = await newStack();
  const { world, simulator } = stack;
  await finishMainJob(stack);
  await change(stack, 'environment', 'protect');
  await world.update(lease, 'releaseLease', { by: 'op', reason: 'done' });
  await world.run({ maxTime: 1.5 * hour });
  await world.signal(lease, 'note', staleNote);
  await world.run({ maxTime: 13 * minute });
  await change(stack, 'environment', 'unprotect');
  await world.run({ maxTime: 10 * minute });
  expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
});
