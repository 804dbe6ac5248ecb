import { expect, test } from '@jest/globals';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { finishMainJob, name, startMainJob } from './stories.js';

const hour = 3_600_000;
const teardown = `teardown/${name}`;
const lease = `lease/${name}`;

const newStack = stacksForFile();

/** A pool of someone else's under our name. */
async function takeTheName({ simulator }: VirtualStack): Promise<void> {
  await simulator.handle({ method: 'POST', path: '/_sim/pools', headers: {}, body: JSON.stringify({ name }) });
}

/** A leased environment is deleted in the console, and someone else takes its name. */
async function takenOver(): Promise<VirtualStack> {
  const stack = await newStack();
  await startMainJob(stack, { lease: { ttl: '8h' } });
  await stack.world.result(`env/${name}`);
  const snapshot = stack.simulator.snapshot();
  stack.simulator.restore({ ...snapshot, state: { ...snapshot.state, pools: [], notebooks: [] } });
  await takeTheName(stack);
  return stack;
}

async function tearDown({ world, progress }: VirtualStack) {
  await world.start('teardownEnvironment', teardown, [{ name }]);
  await world.run({ until: () => world.status(teardown) !== 'RUNNING' });
  const { phase, failure, lease: shown } = await progress(teardown);
  return { phase, type: failure?.type, message: failure?.message, lease: shown, open: world.openWorkflows() };
}

const refused = {
  phase: 'Failed',
  type: 'Protected',
  message: expect.stringContaining(`does not carry the marker of ${name}; it is left alone`),
  lease: null,
  open: [],
};

test('a teardown that finds only a stranger’s pool under the name fails and opens no lease over nothing', async () => {
  const stack = await newStack();
  await finishMainJob(stack);
  await tearDown(stack);
  expect(stack.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  await stack.world.run({ maxTime: 24 * hour });
  await takeTheName(stack);
  expect(await tearDown(stack)).toEqual(refused);
  expect(stack.simulator.state().pools).toMatchObject([{ name, phase: 'Running' }]);
});

test('a teardown of a leased environment whose name a stranger has taken ends its lease', async () => {
  const stack = await takenOver();
  expect(await tearDown(stack)).toEqual(refused);
  expect(stack.simulator.state().pools).toHaveLength(1);
});

test.each([
  [
    'a release',
    async ({ world }: VirtualStack) => await world.update(lease, 'releaseLease', { by: 'op', reason: 'done' }),
  ],
  ['its end', async ({ world }: VirtualStack) => await world.run({ maxTime: 9 * hour })],
])(
  'a lease whose pool’s name a stranger has taken is over after %s, and says what it has left',
  async (_title, act) => {
    const stack = await takenOver();
    const { world, simulator, progress } = stack;
    await act(stack);
    await world.run({ maxTime: hour });
    const { phase, why, failure, audit } = await progress(lease);
    expect({ phase, failure, open: world.openWorkflows() }).toEqual({ phase: 'Gone', failure: null, open: [] });
    const left = /^pool team-a-\w+ exists and does not carry the marker of team-a; it is left alone$/;
    expect(audit.at(-1)).toMatchObject({ verb: 'leave', by: lease, reason: expect.stringMatching(left) });
    expect(why).toMatch(/^nothing of team-a is left: pool team-a-\w+ exists and does not carry the marker/);
    expect(simulator.state().pools).toHaveLength(1);
  },
);
