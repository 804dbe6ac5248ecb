import { expect, test } from '@jest/globals';
import { formatMarker } from '../../src/domain/resource/marker.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation, type Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart, environmentDocument } from '../workflows/documents.js';
import { control } from './outside-changes.js';
import { deadlines } from './steps.js';

const mainJob = 'provisionPoolThenLaunchNotebook';
const count = 30;
const names = Array.from({ length: count }, (_, index) => `crowd-${index}`);

const newTestbed = testbedsForFile();

async function startAll({ temporal }: Testbed, change: Record<string, unknown> = {}): Promise<void> {
  for (const name of names)
    await temporal.start(mainJob, `env/${name}`, [environmentDocument(name, { deadlines, ...change })]);
}

async function untilAllEnd({ temporal }: Testbed): Promise<void> {
  await temporal.run({ until: () => names.every((name) => temporal.status(`env/${name}`) !== 'RUNNING') });
}

test('many environments at once need few calls each, at the rate of 5 a second', async () => {
  const testbed = await newTestbed({ slots: { calls: 100, waits: 100 } });
  await startAll(testbed);
  await untilAllEnd(testbed);
  const { simulator } = testbed;
  expect(simulator.state().pools).toHaveLength(count);
  expect(simulator.state().notebooks).toHaveLength(count);
  expect(simulator.summary()).toMatchObject({ 'pools.create': count, 'notebooks.create': count });
  expect(testbed.calls()).toBeLessThanOrEqual(5 * count);
});

test('many environments of the current notebook API at once need few calls each', async () => {
  const testbed = await newTestbed({ slots: { calls: 100, waits: 100 } });
  await startAll(testbed, { notebook: currentNotebookPart() });
  await untilAllEnd(testbed);
  expect(testbed.simulator.summary()).toMatchObject({ 'pools.create': count, 'currentNotebooks.create': count });
  expect(testbed.calls()).toBeLessThanOrEqual(7 * count);
});

test('the shared check finds foreign pools and failed pools of earlier runs', async () => {
  const testbed = await newTestbed({ slots: { calls: 100, waits: 100 } });
  await control(testbed, 'pools', { name: 'crowd-28' });
  const description = formatMarker({ installation, owner: ownerHash('env/crowd-29'), spec: '00000000' });
  await control(testbed, 'pools', { name: 'crowd-29', phase: 'CreationFailed', description });
  await startAll(testbed);
  await untilAllEnd(testbed);
  const failure = async (name: string) => (await testbed.progress(`env/${name}`)).failure?.type ?? null;
  expect(await Promise.all(['crowd-0', 'crowd-28', 'crowd-29'].map(failure))).toEqual([null, 'NameTaken', null]);
  expect(testbed.simulator.summary()['pools.create']).toBe(count - 1);
});
