import { describe, expect, test } from '@jest/globals';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { poolPart } from '../workflows/documents.js';
import { documents } from './launch-alone.js';
import { terminate } from './outside.js';
import { deadlines, finishMainJob, name, startMainJob } from './stories.js';

const newStack = stacksForFile();

/** Starts the main job with another spec on an environment that is there, and returns how it fails. */
async function conflict(stack: VirtualStack, change: Record<string, unknown>) {
  await startMainJob(stack, change);
  await expect(stack.world.result(`env/${name}`)).rejects.toMatchObject({ cause: { type: 'SpecConflict' } });
  const { phase, why, failure } = await stack.progress(`env/${name}`);
  expect(phase).toBe('Failed');
  expect(why).not.toContain('\n');
  expect(stack.simulator.state()).toMatchObject({ pools: [{ phase: 'Running' }], notebooks: [{ status: 'RUNNING' }] });
  return failure;
}

async function ready(): Promise<VirtualStack> {
  const stack = await newStack();
  await finishMainJob(stack);
  return stack;
}

const smaller = { pool: poolPart({ count: 1 }), deadlines: { ...deadlines, pool: '80m' } };
const bothShown = expect.stringMatching(
  /^pool team-a: team-a-\S+ was made from another spec \(\S+, this one is \S+\):\ndeadlines.pool: 90m, asked for 80m\npool.count: 2, asked for 1$/,
);

describe('another spec for an environment that is there', () => {
  test('is refused with what differs, as the open lease knows it', async () => {
    const stack = await ready();
    expect(await conflict(stack, smaller)).toMatchObject({
      message: bothShown,
      hint: expect.stringContaining('`maops env teardown team-a`'),
    });
  });

  test('is refused with what differs, as an earlier run knows it when no lease does', async () => {
    const stack = await ready();
    await terminate(stack, `lease/${name}`);
    await conflict(stack, smaller);
    // The refused run is the newest one by now, and does not know it.
    expect(await conflict(stack, smaller)).toMatchObject({ message: bothShown });
  });

  test('is refused with the hashes where nobody knows the spec that it was made from', async () => {
    const stack = await ready();
    const snapshot = stack.simulator.snapshot();
    for (const { annotations } of snapshot.state.pools) {
      const described = annotations['os.modelarts/description'] ?? '';
      annotations['os.modelarts/description'] = described.replace(/-[0-9a-f]{8}$/, '-99999999');
    }
    stack.simulator.restore(snapshot);
    const failure = await conflict(stack, smaller);
    expect(failure?.message).toMatch(/was made from another spec \(99999999, this one is [0-9a-f]{8}\)$/);
  });
});

test('another spec for a notebook that was launched alone is refused with what differs', async () => {
  const { world } = await newStack();
  const workflowId = `notebook/${name}`;
  await world.start('launchNotebook', workflowId, [documents.notebook]);
  await world.result(workflowId);
  await world.start('launchNotebook', workflowId, [{ ...documents.notebook, onFailure: 'keep' }]);
  await expect(world.result(workflowId)).rejects.toMatchObject({
    cause: { type: 'SpecConflict', message: expect.stringMatching(/:\nonFailure: rollback, asked for keep$/) },
  });
});
