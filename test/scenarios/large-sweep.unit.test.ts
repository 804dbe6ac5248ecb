import { expect, test } from '@jest/globals';
import type { Operations } from '../../src/client/operations.js';
import { TemporalRuns } from '../../src/client/temporal/runs.js';
import type { SweepProgress } from '../../src/contract/workflows.js';
import { libraryOn } from '../client/fake-runs.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { fill, historyLimit, markerOf, warnedPayload } from './large-project.js';
import { control } from './outside-changes.js';

const newStack = testbedsForFile();
const workflowId = 'sweep/large';
const rules = { orphans: { minAge: '0s' }, maxShare: '100%' };

/** A project with so many notebooks of one operation that Temporal does not know, and a few of others. */
async function projectOf(count: number, owners: number, options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newStack({ maxRps: 1_000, ...options });
  const lost = Array.from({ length: count }, (_, index) => ({
    name: `lost-${index}`,
    owner: `notebook/lost-${index % owners}`,
  }));
  await fill(testbed, lost);
  return testbed;
}

async function sweep({ temporal }: Testbed, input: object): Promise<SweepProgress> {
  await temporal.start('sweepExpired', workflowId, [{ rules, ...input }]);
  return await temporal.result<SweepProgress>(workflowId, { maxEvents: 2_000_000 });
}

function libraryOf({ temporal }: Testbed): Operations {
  const place = { address: 'virtual', namespace: 'default', taskQueue: 'modelarts-ops', proxy: null };
  const pacer = { now: () => temporal.now(), sleep: async () => undefined };
  const runs = new TemporalRuns(temporal.client, place);
  return libraryOn(runs, { pacer });
}

const sizesOf = ({ temporal }: Testbed, id = workflowId) => {
  const sizes = temporal.historySizes(id);
  const bytes = Math.max(...sizes.map((size) => size.bytes));
  return { runs: sizes.length, bytes, payload: Math.max(...sizes.map(({ largest }) => largest)) };
};

test('the plan of a sweep of 3,000 resources works in runs of less than 1 MB, and the library returns all of it', async () => {
  const testbed = await projectOf(3_000, 100);
  const { temporal } = testbed;
  const { plan } = await temporal.during(libraryOf(testbed).planSweep({ rules }, { reason: 'test' }));
  expect(plan).toMatchObject({ carrying: 3_000, refusal: null });
  expect(plan).not.toHaveProperty('partial');
  expect(new Set(plan?.items.map(({ id }) => id)).size).toBe(3_000);
  const [first] = temporal.namespace.runs.filter((run) => run.workflowId.startsWith('sweep/'));
  const { runs, bytes, payload } = sizesOf(testbed, first?.workflowId);
  expect(runs).toBeGreaterThan(1);
  expect(bytes).toBeLessThan(historyLimit);
  expect(payload).toBeLessThan(warnedPayload);
}, 100_000);

test('a caller of its own gets the hash and the counts of all, and where the rest is', async () => {
  const testbed = await projectOf(1_000, 100);
  const { plan, why } = await sweep(testbed, {});
  expect(plan).toMatchObject({ partial: true, totals: { items: 1_000, kept: 0 } });
  expect(plan?.items.length).toBeLessThan(200);
  expect(plan?.pages?.length).toBeGreaterThan(0);
  expect(why).toBe('a dry run: 1000 to delete, 0 kept by rules');
});

/** A plan of so many parts, made large by what it keeps. */
async function keepingMany(parts: number, options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newStack({ maxRps: 1_000, ...options });
  const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const createdAt = new Date(testbed.temporal.now() - 48 * 3_600_000).toISOString();
  for (const lost of names('lost', parts))
    await control(testbed, 'notebooks', { name: lost, description: markerOf(`notebook/${lost}`), createdAt });
  await fill(
    testbed,
    names('keep', 500).map((name) => ({ name, owner: `notebook/${name}` })),
  );
  return testbed;
}

const keeping = { ...rules, protect: { names: ['keep-*'] } };
const left = ({ simulator }: Testbed) =>
  simulator.state().notebooks.flatMap(({ name, status }) => (status === 'DELETED' ? [] : [name]));

async function plannedHash(testbed: Testbed): Promise<string> {
  const { plan } = await sweep(testbed, { rules: keeping });
  expect(plan).toMatchObject({ partial: true, totals: { kept: 500 } });
  return plan?.hash ?? '';
}

async function apply({ temporal }: Testbed, planHash: string): Promise<SweepProgress> {
  await temporal.start('sweepExpired', 'sweep/apply', [{ rules: keeping, apply: true, planHash }]);
  await temporal.run({ until: () => temporal.status('sweep/apply') !== 'RUNNING', maxEvents: 2_000_000 });
  return await temporal.query<SweepProgress>('sweep/apply', 'progress');
}

test.each([
  ['', 0],
  [', over crashes of the worker', 5],
])('a large plan is applied by its hash, and its results are counted%s', async (_when, every) => {
  let activations = 0;
  const testbed = await keepingMany(10, {
    onActivation: (_activation, run) => {
      if (run.workflowId === 'sweep/apply') activations += 1;
      return every > 0 && run.workflowId === 'sweep/apply' && activations % every === 0
        ? 'crashAfterReport'
        : 'reported';
    },
  });
  const progress = await apply(testbed, await plannedHash(testbed));
  expect(progress).toMatchObject({
    phase: 'Done',
    failure: null,
    results: [],
    resultCounts: { deleted: 10, failed: 0 },
  });
  expect(progress.why).toBe('10 of 10 deleted');
  expect(left(testbed)).toHaveLength(500);
  const { bytes, payload, runs } = sizesOf(testbed, 'sweep/apply');
  expect(runs).toBeGreaterThan(1);
  expect(bytes).toBeLessThan(historyLimit);
  expect(payload).toBeLessThan(warnedPayload);
});

test('an item of a large plan that has changed is kept and named, and the rest is deleted', async () => {
  const testbed = await keepingMany(4);
  const { temporal, simulator } = testbed;
  const hash = await plannedHash(testbed);
  await temporal.start('sweepExpired', 'sweep/apply', [{ rules: keeping, apply: true, planHash: hash }]);
  await temporal.run({ until: () => temporal.searchAttributes('sweep/apply').MaopsPhase === 'Applying' });
  const snapshot = simulator.snapshot();
  const notebooks = snapshot.state.notebooks.map((one) =>
    one.name === 'lost-3' ? { ...one, description: `${one.description} maops:keep` } : one,
  );
  simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks } });
  await temporal.run({ until: () => temporal.status('sweep/apply') !== 'RUNNING', maxEvents: 2_000_000 });
  const progress = await temporal.query<SweepProgress>('sweep/apply', 'progress');
  expect(progress).toMatchObject({
    phase: 'Failed',
    failure: { type: 'PlanChanged' },
    results: [{ kind: 'notebook', result: 'changed' }],
    resultCounts: { deleted: 3, changed: 1 },
  });
  expect(left(testbed)).toContain('lost-3');
  expect(left(testbed)).toHaveLength(501);
});

test('a large plan is refused by another hash, and nothing is deleted', async () => {
  const testbed = await keepingMany(4);
  const progress = await apply(testbed, '0123456789abcdef');
  expect(progress).toMatchObject({ phase: 'Failed', failure: { type: 'PlanChanged' }, results: [] });
  expect(left(testbed)).toHaveLength(504);
});

test('a plan that changes while it is recorded is made again', async () => {
  let pages = 0;
  const testbed: Testbed = await projectOf(1_000, 100, {
    onActivation: (_activation, run) => {
      if (run.workflowId !== workflowId) return 'reported';
      pages += 1;
      if (pages !== 4) return 'reported';
      const snapshot = testbed.simulator.snapshot();
      const { state } = snapshot;
      testbed.simulator.restore({ ...snapshot, state: { ...state, notebooks: state.notebooks.slice(1) } });
      return 'crashAfterReport';
    },
  });
  const { plan } = await sweep(testbed, {});
  expect(plan).toMatchObject({ partial: true, totals: { items: 999 } });
  const whole = await testbed.temporal.during(libraryOf(testbed).planSweep({ rules }, { reason: 'test' }));
  expect(whole.plan?.hash).toBe(plan?.hash);
  expect(whole.plan?.items).toHaveLength(999);
});
