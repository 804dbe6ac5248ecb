import type { Progress } from '../../src/contract/progress.js';
import type { PoolRecord } from '../../src/simulator/records.js';
import { environmentDocument } from '../workflows/documents.js';
import { startTestbed, type Testbed, type TestbedOptions } from './testbed.js';

/** What one run of the main job without faults costs. */
export interface GoldenPath {
  /** Milliseconds from the create response to the last node, scope and driver. */
  readonly poolMs: number;
  /** Milliseconds from the usable pool to the create of the notebook. */
  readonly betweenMs: number;
  /** Milliseconds from the running notebook to Ready. */
  readonly afterMs: number;
  /** Milliseconds from the start to Ready, without the time that the service needed. */
  readonly beyondCloudMs: number;
  /** API calls by operation. */
  readonly calls: Readonly<Record<string, number>>;
  readonly totalCalls: number;
  /** Scheduled activities by type. */
  readonly activities: Readonly<Record<string, number>>;
  readonly totalActivities: number;
  readonly timers: number;
  readonly events: number;
}

/** A pool of about a minute and a notebook of 15 s. */
const durations = {
  poolCreate: 50_000,
  poolScope: 10_000,
  poolDriver: 15_000,
  notebookCreate: 15_000,
  currentNotebookCreate: 15_000,
};
const deadlines = { pool: '90m', notebook: '20m', capacity: '12h', ask: '24h', undo: '30m' };
const stepMs = 20;

/**
 * Runs the main job on virtual time with the product's own settings, and measures it. Times are exact to 20 ms. With
 * `isWarm` the worker has created three environments of the same flavor before.
 */
export async function measureGoldenPath(
  seed: number,
  change: Record<string, unknown> = {},
  { isWarm = false, ...options }: TestbedOptions & { readonly isWarm?: boolean } = {},
): Promise<GoldenPath> {
  const testbed = await startTestbed({ seed, ...options, simulator: { durations, ...options.simulator } });
  try {
    if (isWarm) await runBefore(testbed, change);
    return await measure(testbed, change);
  } finally {
    await testbed.dispose();
  }
}

async function runBefore(testbed: Testbed, change: Record<string, unknown>): Promise<void> {
  const { temporal } = testbed;
  for (let round = 1; round <= 3; round += 1) {
    const document = environmentDocument(`before-${round}`, { deadlines, ...change });
    await temporal.start('provisionPoolThenLaunchNotebook', `env/before-${round}`, [document]);
    await temporal.result(`env/before-${round}`);
    await temporal.run({ maxTime: 5_000 * round + 60_000 });
  }
}

async function measure(testbed: Testbed, change: Record<string, unknown>): Promise<GoldenPath> {
  const { temporal, simulator } = testbed;
  const workflowId = 'env/golden';
  const before = simulator.summary();
  const began = temporal.now();
  await temporal.start('provisionPoolThenLaunchNotebook', workflowId, [
    environmentDocument('golden', { deadlines, ...change }),
  ]);
  const first = { pool: 0, usable: 0, notebook: 0, running: 0 };
  const note = (key: keyof typeof first, holds: boolean) => {
    if (holds && first[key] === 0) first[key] = temporal.now();
  };
  while (temporal.status(workflowId) === 'RUNNING') {
    await temporal.run({ maxTime: stepMs });
    const state = simulator.view();
    const notebooks = [...state.notebooks, ...state.currentNotebooks];
    const [pool, notebook] = [state.pools, notebooks].map((all) => all.find(({ name }) => name === 'golden'));
    note('pool', pool !== undefined);
    note(
      'usable',
      state.pools.some((one) => one === pool && isUsable(one)),
    );
    note('notebook', notebook !== undefined);
    note(
      'running',
      notebooks.some((one) => one === notebook && one.status === 'RUNNING'),
    );
  }
  const ended = temporal.now();
  const { phase } = await temporal.result<Progress>(workflowId);
  if (phase !== 'Ready') throw new Error(`the golden path ended in ${phase}`);
  const commands = temporal.history(workflowId).flatMap((line) => line.commands);
  const activities = counts(commands.flatMap((command) => /^schedule (\w+) /.exec(command)?.[1] ?? []));
  const calls = Object.fromEntries(
    Object.entries(simulator.summary()).map(([name, count]) => [name, count - (before[name] ?? 0)]),
  );
  return {
    poolMs: first.usable - first.pool,
    betweenMs: first.notebook - first.usable,
    afterMs: ended - first.running,
    beyondCloudMs: ended - began - (first.usable - first.pool) - (first.running - first.notebook),
    calls,
    totalCalls: sum(calls),
    activities,
    totalActivities: sum(activities),
    timers: commands.filter((command) => command.startsWith('timer ')).length,
    events: temporal.namespace.get(workflowId).events,
  };
}

function isUsable({ phase, nodes, scopes, driver }: PoolRecord): boolean {
  return (
    phase === 'Running' &&
    nodes.every((node) => node.phase === 'Available') &&
    scopes.every(({ state }) => state === 'Enabled') &&
    Object.values(driver).every(({ state }) => state === 'Running')
  );
}

function counts(names: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of names) found[name] = (found[name] ?? 0) + 1;
  return found;
}

const sum = (values: Readonly<Record<string, number>>) => Object.values(values).reduce((total, one) => total + one, 0);
