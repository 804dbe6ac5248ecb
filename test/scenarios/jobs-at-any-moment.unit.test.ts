import { startTestbed, type Testbed } from '../support/testbed.js';
import { control } from './outside-changes.js';
import { name, startMainJob } from './steps.js';

/** The ways to delete the pool of an environment that is Ready, and the workflow that does it. */
const removals: [string, (testbed: Testbed) => Promise<string>][] = [
  [
    'teardown',
    async ({ temporal }) => {
      await temporal.start('teardownEnvironment', `teardown/${name}`, [{ name }]);
      return `teardown/${name}`;
    },
  ],
  [
    'release',
    async ({ temporal }) => {
      await temporal.update(`lease/${name}`, 'releaseLease', { by: 'ann', reason: 'done' });
      return `lease/${name}`;
    },
  ],
];

/** Removes an environment. A job of another user starts just before the call with this number. */
async function removeWithJobAt(number: number, remove: (testbed: Testbed) => Promise<string>) {
  let calls = -1;
  let testbed: Testbed | null = null;
  let wasPlaced = false;
  const beforeSend = (): 'continue' => {
    if (calls >= 0) calls += 1;
    if (calls !== number || testbed === null) return 'continue';
    const isThere = testbed.simulator.state().pools.some(({ phase }) => phase === 'Running');
    if (isThere) void control(testbed, 'workloads', { pool: name, user: 'neighbour' });
    wasPlaced = isThere;
    return 'continue';
  };
  testbed = await startTestbed({ http: { beforeSend } });
  try {
    await startMainJob(testbed, { lease: { ttl: '8h', warnings: [], drain: 'forever' } });
    await testbed.temporal.result(`env/${name}`);
    calls = 0;
    const workflowId = await remove(testbed);
    const { temporal, simulator } = testbed;
    await temporal.run({ maxTime: 20 * 60_000, until: () => temporal.status(workflowId) !== 'RUNNING' });
    const state = simulator.state();
    const reads = simulator.requests('workloads.list').map(({ at }) => Date.parse(at));
    const unseen = state.workloadIncidents.filter(({ at, workload }) => {
      const lastRead = reads.filter((read) => read <= at).at(-1) ?? Number.NEGATIVE_INFINITY;
      return workload.visibleAt > lastRead && at - lastRead <= 2_500;
    });
    return {
      wasReached: calls >= number,
      wasPlaced,
      pools: state.pools.length,
      incidents: state.workloadIncidents.length,
      unseen: unseen.length,
    };
  } finally {
    await testbed.dispose();
  }
}

test.each(removals)(
  'a job that starts before any call of a %s keeps the pool, unless it starts after the last reading',
  async (_, remove) => {
    let kept = 0;
    for (let number = 1; ; number += 1) {
      const { wasReached, wasPlaced, pools, incidents, unseen } = await removeWithJobAt(number, remove);
      if (!wasReached) break;
      expect({ number, blind: incidents - unseen }).toEqual({ number, blind: 0 });
      if (wasPlaced && incidents === 0) expect({ number, pools }).toEqual({ number, pools: 1 });
      if (pools === 1) kept += 1;
    }
    expect(kept).toBeGreaterThan(5);
  },
  300_000,
);

test('without a job the same removals delete the pool', async () => {
  for (const [, remove] of removals)
    expect(await removeWithJobAt(Number.POSITIVE_INFINITY, remove)).toMatchObject({ pools: 0, incidents: 0 });
});
