import { describe, expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { poolPart } from '../workflows/documents.js';
import { documents } from './launch-alone.js';
import { terminate } from './outside-changes.js';
import { deadlines, finishMainJob, name, startMainJob } from './steps.js';

const newStack = testbedsForFile();

/** Starts the main job with another spec on an environment that is there, and returns how it fails. */
async function conflict(testbed: Testbed, change: Record<string, unknown>) {
  await startMainJob(testbed, change);
  await expect(testbed.temporal.result(`env/${name}`)).rejects.toMatchObject({ cause: { type: 'SpecConflict' } });
  const { phase, why, failure } = await testbed.progress(`env/${name}`);
  expect(phase).toBe('Failed');
  expect(why).not.toContain('\n');
  expect(testbed.simulator.state()).toMatchObject({
    pools: [{ phase: 'Running' }],
    notebooks: [{ status: 'RUNNING' }],
  });
  return failure;
}

async function ready(): Promise<Testbed> {
  const testbed = await newStack();
  await finishMainJob(testbed);
  return testbed;
}

const smaller = { pool: poolPart({ count: 1 }), deadlines: { ...deadlines, pool: '80m' } };
const bothShown = expect.stringMatching(
  /^pool team-a: team-a-\S+ was created from another spec \(\S+, this one is \S+\):\ndeadlines.pool: 90m, requested 80m\npool.count: 2, requested 1$/,
);

describe('another spec for an existing environment', () => {
  test('is refused with what differs, as the open lease knows it', async () => {
    const testbed = await ready();
    expect(await conflict(testbed, smaller)).toMatchObject({
      message: bothShown,
      hint: expect.stringContaining('`maops env teardown team-a`'),
    });
  });

  test('is refused with what differs, as an earlier run knows it when no lease does', async () => {
    const testbed = await ready();
    await terminate(testbed, `lease/${name}`);
    await conflict(testbed, smaller);
    // The refused run is the newest one by now, and does not know it.
    expect(await conflict(testbed, smaller)).toMatchObject({ message: bothShown });
  });

  test('is refused with both hashes when the other spec is unknown', async () => {
    const testbed = await ready();
    const snapshot = testbed.simulator.snapshot();
    for (const { annotations } of snapshot.state.pools) {
      const described = annotations['os.modelarts/description'] ?? '';
      annotations['os.modelarts/description'] = described.replace(/-[0-9a-f]{8}$/, '-99999999');
    }
    testbed.simulator.restore(snapshot);
    const failure = await conflict(testbed, smaller);
    expect(failure?.message).toMatch(/was created from another spec \(99999999, this one is [0-9a-f]{8}\)$/);
  });
});

test('another spec for a notebook that was launched alone is refused with what differs', async () => {
  const { temporal } = await newStack();
  const workflowId = `notebook/${name}`;
  await temporal.start('launchNotebook', workflowId, [documents.notebook]);
  await temporal.result(workflowId);
  await temporal.start('launchNotebook', workflowId, [{ ...documents.notebook, onFailure: 'keep' }]);
  await expect(temporal.result(workflowId)).rejects.toMatchObject({
    cause: { type: 'SpecConflict', message: expect.stringMatching(/:\nonFailure: rollback, requested keep$/) },
  });
});
