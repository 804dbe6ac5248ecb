import { expect, test } from '@jest/globals';
import type { Operations } from '../../src/client/operations.js';
import { TemporalRuns } from '../../src/client/temporal/runs.js';
import type { AuditProgress } from '../../src/contract/workflows.js';
import { describeCounts } from '../../src/domain/audit/report.js';
import { libraryOn } from '../client/fake-runs.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { fill, historyLimit, warnedPayload } from './large-project.js';
import { finishMainJob, name } from './steps.js';

const newStack = testbedsForFile();
const workflowId = 'audit/large';

/** A project with one environment, an orphan at the end of the list, and so many notebooks of others. */
async function projectOf(count: number, options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newStack(options);
  await finishMainJob(testbed);
  const theirs = Array.from({ length: count }, (_, index) => ({ name: `theirs-${index}`, owner: null }));
  await fill(testbed, [...theirs, { name: 'lost', owner: 'notebook/lost' }]);
  return testbed;
}

async function audit({ temporal }: Testbed, input: unknown = {}): Promise<NonNullable<AuditProgress['report']>> {
  await temporal.start('auditResources', workflowId, [input]);
  const { report } = await temporal.result<AuditProgress>(workflowId);
  if (report === null) throw new Error('the audit has no report');
  return report;
}

function libraryOf({ temporal }: Testbed): Operations {
  const place = { address: 'virtual', namespace: 'default', taskQueue: 'modelarts-ops', proxy: null };
  const pacer = { now: () => temporal.now(), sleep: async () => undefined };
  const runs = new TemporalRuns(temporal.client, place);
  return libraryOn(runs, { pacer });
}

const largest = ({ temporal }: Testbed, id = workflowId) => {
  const sizes = temporal.historySizes(id);
  return {
    runs: sizes.length,
    bytes: Math.max(...sizes.map(({ bytes }) => bytes)),
    payload: Math.max(...sizes.map((size) => size.largest)),
  };
};

test('an audit of 6,000 resources works in runs of less than 1 MB, and the library returns all of it', async () => {
  const testbed = await projectOf(6_000);
  const { temporal, calls } = testbed;
  const before = calls();
  const report = await temporal.during(libraryOf(testbed).audit());
  expect(report).toMatchObject({ counts: { foreign: 6_000, owned: 2, orphan: 1 }, unread: [] });
  expect(report).not.toHaveProperty('partial');
  expect(report.findings).toHaveLength(6_003);
  expect(new Set(report.findings.map(({ id }) => id)).size).toBe(6_003);
  expect(report.findings[0]).toMatchObject({ name: 'lost', standing: 'orphan' });
  const [first] = temporal.namespace.runs.filter((run) => run.workflowId.startsWith('audit/'));
  const { runs, bytes, payload } = largest(testbed, first?.workflowId);
  expect(runs).toBeGreaterThan(4);
  expect(bytes).toBeLessThan(historyLimit);
  expect(payload).toBeLessThan(warnedPayload);
  // The lists are read once, however many pages there are, and the orphan once more by its id.
  expect(calls() - before).toBeLessThan(10);
}, 60_000);

test('a caller of its own gets the sums of all, what needs action, and where the rest is', async () => {
  const testbed = await projectOf(3_000);
  const report = await audit(testbed);
  expect(report).toMatchObject({ partial: true, counts: { foreign: 3_000, owned: 2, orphan: 1 } });
  expect(report.findings[0]).toMatchObject({ name: 'lost', standing: 'orphan' });
  expect(report.findings.length).toBeLessThan(200);
  expect(report.pages?.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(5);
  expect(describeCounts(report)).toBe('1 orphan, 2 owned, 3000 foreign');
});

test('a small project has one run and the whole report', async () => {
  const testbed = await projectOf(900);
  const report = await audit(testbed);
  expect(Object.keys(report)).toEqual([
    'at',
    'source',
    'installation',
    'findings',
    'counts',
    'costs',
    'unpriced',
    'unread',
  ]);
  expect(report.findings).toHaveLength(903);
  expect(largest(testbed).runs).toBe(1);
  expect(largest(testbed).bytes).toBeLessThan(historyLimit);
});

test('a worker that has died is replaced between two pages, and nothing is missing or doubled', async () => {
  const testbed = await projectOf(3_000);
  const { temporal } = testbed;
  let pages = 0;
  const killed = await projectOf(3_000, {
    onActivation: (_activation, run) => {
      if (run.workflowId !== workflowId) return 'reported';
      pages += 1;
      return pages % 3 === 0 ? 'crashAfterReport' : 'reported';
    },
  });
  const report = await killed.temporal.during(libraryOf(killed).audit());
  expect(report.findings).toHaveLength(3_003);
  expect(report.counts).toEqual((await temporal.during(libraryOf(testbed).audit())).counts);
});

test('adopting an orphan of a large project gives it a lease', async () => {
  const testbed = await projectOf(3_000);
  const { temporal } = testbed;
  const report = await temporal.during(libraryOf(testbed).adopt('lost', { reason: 'still used' }));
  expect(report.counts).toMatchObject({ orphan: 0, owned: 3 });
  expect(report.findings.filter(({ why }) => why === 'lease/lost: adopted by ops')).toHaveLength(1);
  expect(temporal.openWorkflows().sort()).toEqual(['lease/lost', `lease/${name}`]);
});
