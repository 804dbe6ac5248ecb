import { describe, expect, test } from '@jest/globals';
import type { VirtualStack } from '../support/virtual/environment.js';
import { stacksForFile } from '../support/virtual/stacks-for-file.js';
import { documents } from './made-alone.js';
import { name } from './stories.js';

const minute = 60_000;
const workflowId = `notebook/${name}`;
const newStack = stacksForFile();

const busy = {
  operation: 'notebooks.action',
  kind: 'status',
  status: 400,
  body: { json: { error_code: 'ModelArts.6357', error_msg: 'another operation is being performed' } },
} as const;

async function change({ world }: VirtualStack, verb: 'start' | 'stop'): Promise<void> {
  const changeId = `change/notebook/${name}`;
  await world.start('changeResource', changeId, [{ kind: 'notebook', name, change: verb, by: 'ann', reason: 'x' }]);
  expect(await world.result(changeId)).toMatchObject({ phase: 'Done' });
}

/** A notebook that a run has made and that stands still. */
async function stopped(): Promise<VirtualStack> {
  const stack = await newStack();
  await stack.world.start('launchNotebook', workflowId, [documents.notebook]);
  await stack.world.result(workflowId);
  await change(stack, 'stop');
  expect(stack.simulator.state().notebooks).toMatchObject([{ status: 'STOPPED' }]);
  return stack;
}

describe('a start that is refused because another operation is under way', () => {
  test('is sent again while the notebook stands still: to one that a run has adopted', async () => {
    const stack = await stopped();
    const { world, simulator } = stack;
    simulator.faults.plan({ ...busy, times: 2 });
    const began = world.now();
    await world.start('launchNotebook', workflowId, [documents.notebook]);
    expect(await world.result(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(world.now() - began).toBeLessThan(5 * minute);
    expect(simulator.requests('notebooks.action').map(({ status }) => status)).toEqual([200, 400, 400, 200]);
  });

  test('is sent again while the notebook stands still: to one that an operator starts', async () => {
    const stack = await stopped();
    stack.simulator.faults.plan(busy);
    await change(stack, 'start');
    expect(stack.simulator.state().notebooks).toMatchObject([{ status: 'RUNNING' }]);
  });

  test('is not sent again when the notebook has left that state', async () => {
    const stack = await stopped();
    stack.simulator.faults.plan({ ...busy, commit: true });
    await change(stack, 'start');
    expect(stack.simulator.requests('notebooks.action').map(({ status }) => status)).toEqual([200, 400]);
  });
});
