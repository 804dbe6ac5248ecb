import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { RequestRecord } from '../../src/simulator/request-log.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { startVirtualStack, type VirtualStackOptions } from '../support/virtual/environment.js';
import type { Fate } from '../support/virtual/kernel.js';
import { environmentDocument } from '../workflows/documents.js';

const deadlines = { pool: '90m', notebook: '20m', capacity: '12h', ask: '24h', undo: '30m' };

interface Outcome {
  readonly phase: string;
  readonly pools: readonly string[];
  readonly notebooks: readonly string[];
  readonly posts: readonly string[];
  readonly open: readonly string[];
}
interface Played extends Outcome {
  readonly activations: number;
  readonly calls: number;
  readonly deaths: number;
}

/** The POSTs that made something: what the bill shows. */
function madeBy(simulator: Simulator): string[] {
  const made = (operation: string) => simulator.requests(operation).filter(({ effect }: RequestRecord) => effect !== null);
  return [...made('pools.create'), ...made('notebooks.create')].map(({ operation }) => operation);
}

/** Plays the main job to its end and verifies that every run of it replays. */
async function play(options: VirtualStackOptions = {}, faults: readonly Fault[] = [], change: Record<string, unknown> = {}): Promise<Played> {
  const stack = await startVirtualStack({ simulator: { faults }, ...options });
  try {
    const { world, simulator } = stack;
    const id = 'env/team-a';
    await world.start('provisionPoolThenLaunchNotebook', id, [environmentDocument('team-a', { deadlines, ...change })]);
    await world.run({ until: () => world.status(id) !== 'RUNNING' });
    await world.verifyReplays();
    const { phase } = await stack.progress(id) as Progress;
    const { pools, notebooks } = simulator.state();
    return {
      phase,
      pools: pools.map(({ name, phase }) => `${name} ${phase}`),
      notebooks: notebooks.map(({ name, status }) => `${name} ${status}`),
      posts: madeBy(simulator),
      open: world.openWorkflows(),
      activations: world.activations,
      calls: stack.calls(),
      deaths: world.workers.filter(({ alive }) => !alive).length,
    };
  } finally {
    await stack.dispose();
  }
}

const ready: Outcome = {
  phase: 'Ready',
  pools: ['team-a Running'],
  notebooks: ['team-a RUNNING'],
  posts: ['pools.create', 'notebooks.create'],
  open: ['lease/team-a'],
};
const rolledBack: Outcome = { phase: 'RolledBack', pools: [], notebooks: [], posts: ['pools.create', 'notebooks.create'], open: [] };

const stories: readonly { readonly name: string; readonly faults: readonly Fault[]; readonly outcome: Outcome }[] = [
  { name: 'a run without faults', faults: [], outcome: ready },
  {
    name: 'a run whose create answers are lost after the work was done',
    faults: [
      { operation: 'pools.create', kind: 'lost', at: 'after', optional: true },
      { operation: 'notebooks.create', kind: 'lost', at: 'after', optional: true },
    ],
    outcome: ready,
  },
  {
    name: 'a run whose create requests are lost on their way',
    faults: [
      { operation: 'pools.create', kind: 'lost', at: 'before', optional: true },
      { operation: 'notebooks.create', kind: 'lost', at: 'before', optional: true },
    ],
    outcome: ready,
  },
  {
    name: 'a run whose notebook fails',
    faults: [{ operation: 'notebooks.create', kind: 'notebookFailed', optional: true }],
    outcome: rolledBack,
  },
];

describe.each(stories)('$name', ({ faults, outcome }) => {
  let golden: Played;
  beforeAll(async () => {
    golden = await play({}, faults);
  });

  test('ends as it should without a crash', () => {
    expect(golden).toMatchObject(outcome);
    expect(golden.deaths).toBe(0);
  });

  test.each<Fate>(['diesBeforeReport', 'diesAfterReport'])('ends the same when the worker %s of any activation', async (fate) => {
    for (let k = 1; k <= golden.activations; k += 1) {
      const played = await play({ fate: (activation) => (activation === k ? fate : 'lives') }, faults);
      expect({ k, ...played }).toMatchObject({ k, deaths: 1, ...outcome });
    }
  }, 60_000);

  test.each(['beforeSend', 'afterCommit'] as const)('ends the same when the worker dies %s of any API call', async (hook) => {
    for (let n = 1; n <= golden.calls; n += 1) {
      const played = await play({ http: { [hook]: ({ number }: { number: number }) => (number === n ? 'dies' : 'goes on') } }, faults);
      expect({ n, ...played }).toMatchObject({ n, deaths: 1, ...outcome });
    }
  }, 60_000);
});

afterAll(() => undefined);
