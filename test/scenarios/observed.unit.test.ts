import { expect, test } from '@jest/globals';
import type { VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { control } from './outside.js';
import { finishMainJob, name } from './stories.js';

const lease = `lease/${name}`;
const hour = 60 * 60_000;
const newStack = stacksForFile();

async function look({ world }: VirtualStack): Promise<void> {
  await world.signal(lease, 'refresh', { by: 'ann', reason: 'how is it?' });
  await world.run({ maxTime: 10_000 });
}

test('a lease says when it observed what it shows, and whether that is protected', async () => {
  const stack = await newStack();
  const { world, simulator, progress } = stack;
  await finishMainJob(stack);
  await world.run({ maxTime: 10_000 });
  const first = await progress(lease);
  expect(first).toMatchObject({
    pool: { protected: false, observedAt: expect.any(String), nodes: { available: 2 } },
    notebook: { status: 'RUNNING', protected: false, observedAt: expect.any(String) },
  });
  expect(Object.values(first.pool?.flavors ?? {})).toEqual([2]);
  // Somebody stops the notebook and protects the pool in the console: only the age tells that this is not known yet.
  await control(stack, `notebooks/${name}`, { status: 'STOPPED' });
  const snapshot = simulator.snapshot();
  for (const { annotations } of snapshot.state.pools) annotations['os.modelarts/description'] += ' maops:keep';
  simulator.restore(snapshot);
  await world.run({ maxTime: hour });
  expect(await progress(lease)).toMatchObject({ pool: first.pool, notebook: first.notebook });
  await look(stack);
  const second = await progress(lease);
  expect(second).toMatchObject({ pool: { protected: true }, notebook: { status: 'STOPPED', protected: false } });
  expect(Date.parse(second.notebook?.observedAt ?? '')).toBeGreaterThan(
    Date.parse(first.notebook?.observedAt ?? '') + hour / 2,
  );
});
