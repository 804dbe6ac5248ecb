import { expect, test } from '@jest/globals';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { finishMainJob, name } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const workflowId = `lease/${name}`;
const newTestbed = testbedsForFile();

interface Terms {
  readonly ttl?: string;
  readonly max?: string;
  readonly autoStop?: string;
}

async function leased({ ttl, max, autoStop }: Terms, options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newTestbed(options);
  const notebook = currentNotebookPart(autoStop === undefined ? {} : { autoStop });
  const lease = ttl === undefined ? {} : { lease: { ttl, max: max ?? ttl, warnings: [] } };
  await finishMainJob(testbed, { notebook, ...lease });
  return testbed;
}

const notebookIn = ({ simulator }: Testbed) => simulator.state().currentNotebooks[0];
const renewals = ({ simulator }: Testbed) => simulator.requests('currentNotebooks.renewLease');
const endOf = async ({ progress }: Testbed) => Date.parse((await progress(workflowId)).lease?.endsAt ?? '');
const stopOf = (testbed: Testbed) => {
  const { createAt = Number.NaN, duration = Number.NaN } = notebookIn(testbed)?.lease ?? {};
  return createAt + duration;
};

/** Worker and Temporal are off from now on; only the clock of the service runs. */
async function off({ temporal }: Testbed, ms: number): Promise<void> {
  temporal.cutOff(ms + hour);
  await temporal.run({ maxTime: ms });
}

test.each<[string, Terms, number]>([
  ['at once', { ttl: '8h' }, 0],
  ['at once, with an autoStop', { ttl: '24h', autoStop: '4h' }, 0],
  ['in the middle', { ttl: '24h', autoStop: '4h' }, 13 * hour],
  ['shortly before the end', { ttl: '24h', autoStop: '4h' }, 24 * hour - 20 * minute],
  ['in the middle of a long lease', { ttl: '200h' }, 150 * hour],
  ['after the only renewals of a long lease', { ttl: '100h', autoStop: '72h' }, 60 * hour],
])(
  'without worker and Temporal, gone %s, the notebook stops within its lease and an hour',
  async (_at, terms, gone) => {
    const testbed = await leased(terms);
    await testbed.temporal.run({ maxTime: gone });
    expect(notebookIn(testbed)?.status).toBe('RUNNING');
    const left = (await endOf(testbed)) + hour - testbed.temporal.now();
    await off(testbed, left);
    expect(notebookIn(testbed)?.status).toBe('STOPPED');
  },
);

test('while the software is there, the notebook runs until its lease ends, and few renewals are sent', async () => {
  const testbed = await leased({ ttl: '24h', autoStop: '4h' });
  const end = await endOf(testbed);
  await testbed.temporal.run({ maxTime: end - testbed.temporal.now() - minute });
  expect(notebookIn(testbed)?.status).toBe('RUNNING');
  expect(renewals(testbed).length).toBeGreaterThanOrEqual(9);
  expect(renewals(testbed).length).toBeLessThanOrEqual(12);
  await testbed.temporal.run({ maxTime: hour });
  expect(testbed.simulator.state()).toMatchObject({ currentNotebooks: [], pools: [] });
});

test('is renewed while the lease is paused, and not beyond its end', async () => {
  const testbed = await leased({ ttl: '12h', autoStop: '2h' });
  const end = await endOf(testbed);
  await testbed.temporal.signal(workflowId, 'pause', { by: 'op', reason: 'look' });
  await testbed.temporal.run({ maxTime: end - testbed.temporal.now() - minute });
  expect(notebookIn(testbed)?.status).toBe('RUNNING');
  await testbed.temporal.run({ maxTime: hour + 2 * minute });
  expect(notebookIn(testbed)?.status).toBe('STOPPED');
  expect(testbed.temporal.openWorkflows()).toEqual([workflowId]);
});

test.each<[Terms, number]>([
  [{ autoStop: '4h' }, 4 * hour],
  [{}, 72 * hour],
])('of a lease without an end, %j, is not renewed, and `why` says when it stops', async (terms, length) => {
  const testbed = await leased(terms);
  const { temporal, progress } = testbed;
  await temporal.run({ maxTime: 10 * minute });
  const { why, notebook } = await progress(workflowId);
  expect(Date.parse(notebook?.autoStopAt ?? '')).toBe(stopOf(testbed));
  expect(why).toContain(notebook?.autoStopAt ?? '?');
  await temporal.run({ maxTime: length });
  expect(notebookIn(testbed)?.status).toBe('STOPPED');
  expect(renewals(testbed)).toEqual([]);
  expect((await progress(workflowId)).notebook).toMatchObject({ status: 'STOPPED', autoStopAt: null });
});

test('with `never` and a lease without an end, has no automatic stop', async () => {
  const testbed = await leased({ autoStop: 'never' });
  expect(notebookIn(testbed)?.lease).toMatchObject({ enable: false });
  await testbed.temporal.run({ maxTime: 100 * hour });
  expect(notebookIn(testbed)?.status).toBe('RUNNING');
  expect((await testbed.progress(workflowId)).notebook?.autoStopAt).toBeNull();
});

test('an extension of the lease lets it run on', async () => {
  const testbed = await leased({ ttl: '4h', max: '24h' });
  const { temporal } = testbed;
  await temporal.run({ maxTime: 3 * hour });
  await temporal.update(workflowId, 'extendLease', { by: 'op', reason: 'more', duration: '6h' });
  await temporal.run({ maxTime: 10 * minute });
  expect(Math.abs(stopOf(testbed) - (await endOf(testbed)))).toBeLessThan(2 * minute);
});

test.each([
  ['lost after the service renewed', { kind: 'lost', at: 'after' }],
  ['lost before', { kind: 'lost', at: 'before' }],
  ['503 after the service renewed', { kind: 'status', status: 503, commit: true }],
  ['very late', { kind: 'hang', commit: true }],
] as const)(
  'a renewal whose response is %s leads to a look, and never beyond the lease and an hour',
  async (_how, fault) => {
    const testbed = await leased(
      { ttl: '6h', autoStop: '2h' },
      { simulator: { faults: [{ operation: 'currentNotebooks.renewLease', ...fault, times: 2 }] } },
    );
    const { temporal, simulator } = testbed;
    const end = await endOf(testbed);
    let latest = 0;
    const passed = end - temporal.now() - minute;
    for (let step = 0; step < 60; step += 1) {
      await temporal.run({ maxTime: passed / 60 });
      latest = Math.max(latest, stopOf(testbed));
    }
    expect(latest).toBeLessThanOrEqual(end + hour);
    expect(notebookIn(testbed)?.status).toBe('RUNNING');
    // Every renewal has a look of its own before it.
    const calls = simulator
      .requests()
      .flatMap(({ operation }) => (/^currentNotebooks\.(show|renewLease)$/.test(operation) ? [operation] : []));
    for (const [index, operation] of calls.entries())
      if (operation === 'currentNotebooks.renewLease') expect(calls[index - 1]).toBe('currentNotebooks.show');
  },
);

test('when the service answers nothing for hours, the notebook is renewed as soon as it answers again', async () => {
  const testbed = await leased({ ttl: '24h', autoStop: '8h' });
  const { temporal, simulator } = testbed;
  simulator.faults.plan({ operation: 'currentNotebooks.*', kind: 'status', status: 503, times: 'always' });
  await temporal.run({ maxTime: 6 * hour });
  simulator.faults.expectAllHit();
  simulator.faults.clear();
  await temporal.run({ maxTime: hour + 10 * minute });
  expect(renewals(testbed).some(({ effect }) => effect !== null)).toBe(true);
  expect(stopOf(testbed)).toBeGreaterThan(temporal.now() + 6 * hour);
});
