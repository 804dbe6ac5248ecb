import { expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { control } from './outside-changes.js';
import { finishMainJob, name } from './steps.js';

const lease = `lease/${name}`;
const hour = 60 * 60_000;
const newStack = testbedsForFile();

async function look({ temporal }: Testbed): Promise<void> {
  await temporal.signal(lease, 'refresh', { by: 'ann', reason: 'how is it?' });
  await temporal.run({ maxTime: 10_000 });
}

test('a lease shows when it observed its resources, and whether they are protected', async () => {
  const testbed = await newStack();
  const { temporal, simulator, progress } = testbed;
  await finishMainJob(testbed);
  await temporal.run({ maxTime: 10_000 });
  const first = await progress(lease);
  expect(first).toMatchObject({
    pool: { protected: false, observedAt: expect.any(String), nodes: { available: 2 } },
    notebook: { status: 'RUNNING', protected: false, observedAt: expect.any(String) },
  });
  expect(Object.values(first.pool?.flavors ?? {})).toEqual([2]);
  // A user stops the notebook and protects the pool in the console. Only the age shows that this is not known yet.
  await control(testbed, `notebooks/${name}`, { status: 'STOPPED' });
  const snapshot = simulator.snapshot();
  for (const { annotations } of snapshot.state.pools) annotations['os.modelarts/description'] += ' maops:keep';
  simulator.restore(snapshot);
  await temporal.run({ maxTime: hour });
  expect(await progress(lease)).toMatchObject({ pool: first.pool, notebook: first.notebook });
  await look(testbed);
  const second = await progress(lease);
  expect(second).toMatchObject({ pool: { protected: true }, notebook: { status: 'STOPPED', protected: false } });
  expect(Date.parse(second.notebook?.observedAt ?? '')).toBeGreaterThan(
    Date.parse(first.notebook?.observedAt ?? '') + hour / 2,
  );
});
