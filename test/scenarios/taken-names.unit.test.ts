import { expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { finishMainJob, name, startMainJob } from './steps.js';

const hour = 3_600_000;
const teardown = `teardown/${name}`;
const lease = `lease/${name}`;

const newStack = testbedsForFile();

/** A pool of someone else's under our name. */
async function takeTheName({ simulator }: Testbed): Promise<void> {
  await simulator.handle({ method: 'POST', path: '/_sim/pools', headers: {}, body: JSON.stringify({ name }) });
}

/** A leased environment is deleted in the console, and someone else takes its name. */
async function takenOver(): Promise<Testbed> {
  const testbed = await newStack();
  await startMainJob(testbed, { lease: { ttl: '8h' } });
  await testbed.temporal.result(`env/${name}`);
  const snapshot = testbed.simulator.snapshot();
  testbed.simulator.restore({ ...snapshot, state: { ...snapshot.state, pools: [], notebooks: [] } });
  await takeTheName(testbed);
  return testbed;
}

async function tearDown({ temporal, progress }: Testbed) {
  await temporal.start('teardownEnvironment', teardown, [{ name }]);
  await temporal.run({ until: () => temporal.status(teardown) !== 'RUNNING' });
  const { phase, failure, lease: shown } = await progress(teardown);
  return { phase, type: failure?.type, message: failure?.message, lease: shown, open: temporal.openWorkflows() };
}

const refused = {
  phase: 'Failed',
  type: 'Protected',
  message: expect.stringContaining(`does not carry the marker of ${name}`),
  lease: null,
  open: [],
};

test('a teardown that finds only a foreign pool under the name fails and opens no lease', async () => {
  const testbed = await newStack();
  await finishMainJob(testbed);
  await tearDown(testbed);
  expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  await testbed.temporal.run({ maxTime: 24 * hour });
  await takeTheName(testbed);
  expect(await tearDown(testbed)).toEqual(refused);
  expect(testbed.simulator.state().pools).toMatchObject([{ name, phase: 'Running' }]);
});

test('a teardown of a leased environment whose name a foreign resource has taken ends its lease', async () => {
  const testbed = await takenOver();
  expect(await tearDown(testbed)).toEqual(refused);
  expect(testbed.simulator.state().pools).toHaveLength(1);
});

test.each([
  [
    'a release',
    async ({ temporal }: Testbed) => await temporal.update(lease, 'releaseLease', { by: 'op', reason: 'done' }),
  ],
  ['its end', async ({ temporal }: Testbed) => await temporal.run({ maxTime: 9 * hour })],
])(
  'a lease whose pool name a foreign resource has taken ends after %s, and reports what it has left',
  async (_title, act) => {
    const testbed = await takenOver();
    const { temporal, simulator, progress } = testbed;
    await act(testbed);
    await temporal.run({ maxTime: hour });
    const { phase, why, failure, audit } = await progress(lease);
    expect({ phase, failure, open: temporal.openWorkflows() }).toEqual({ phase: 'Gone', failure: null, open: [] });
    const left = /^pool team-a-\w+ exists and does not carry the marker of team-a\b/;
    expect(audit.at(-1)).toMatchObject({ verb: 'leave', by: lease, reason: expect.stringMatching(left) });
    expect(why).toMatch(/^all resources of team-a are gone: pool team-a-\w+ exists and does not carry the marker/);
    expect(simulator.state().pools).toHaveLength(1);
  },
);
