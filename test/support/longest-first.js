import Sequencer from '@jest/test-sequencer';

/** Suites of more than 25 s on a quiet machine, longest first; those that mostly wait for other processes lead. */
const longest = [
  'e2e/rate-share.e2e',
  'e2e/secrets.e2e',
  'workflows/main-job.int',
  'worker/worker.e2e',
  'scenarios/exactly-once.unit',
  'e2e/network.e2e',
  'cli/audit.e2e',
  'cli/environment.e2e',
  'cli/resources.e2e',
  'chaos/seeds.unit',
  'scenarios/lease-crashes.unit',
  'cli/steering.e2e',
  'chaos/judge.unit',
  'cli/sweep.e2e',
  'cli/schedules.e2e',
  'e2e/kill-points.e2e',
  'workflows/endings.int',
  'workflows/found.int',
  'scenarios/waits.unit',
  'scenarios/sweep-crashes.unit',
  'workflows/steering.int',
  'deploy/compose.e2e',
  'e2e/restarts.e2e',
];

/** The place of a suite in the list; after all of them for the others. */
function rank({ path }) {
  const index = longest.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return index === -1 ? longest.length : index;
}

/**
 * Without times of an earlier run, as in a new clone, jest starts the largest files first. A long suite that comes last
 * then runs alone, while the other cores are idle.
 */
export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    return [...sorted].sort((one, other) => rank(one) - rank(other));
  }
}
