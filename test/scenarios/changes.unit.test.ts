import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { finishMainJob, name } from './steps.js';

const minute = 60_000;
const hour = 60 * minute;
const newStack = testbedsForFile();

const cases = [
  { kind: 'notebook', change: 'stop', operation: 'notebooks.action' },
  { kind: 'notebook', change: 'stop', operation: 'notebooks.list' },
  { kind: 'environment', change: 'protect', operation: 'pools.patch' },
] as const;

/** Starts a change while one operation of the service is unavailable. */
async function started({ kind, change, operation }: (typeof cases)[number]) {
  const testbed = await newStack();
  await finishMainJob(testbed);
  const unavailable: Fault = { operation, kind: 'status', status: 503, times: 'always' };
  testbed.simulator.faults.plan(unavailable);
  const id = `change/${kind}/${name}`;
  await testbed.temporal.start('changeResource', id, [{ kind, name, change, by: 'op', reason: 'night' }]);
  return { ...testbed, id, sent: () => testbed.simulator.requests(operation).length };
}

async function closedAfter({ temporal }: Testbed, id: string): Promise<number> {
  const began = temporal.now();
  await temporal.run({ until: () => temporal.status(id) !== 'RUNNING', maxTime: 24 * hour });
  return Math.round((temporal.now() - began) / minute);
}

describe.each(cases)('$change while $operation is unavailable', (one) => {
  test('ends after 30 minutes', async () => {
    const testbed = await started(one);
    expect(await closedAfter(testbed, testbed.id)).toBe(30);
    expect(await testbed.progress(testbed.id)).toMatchObject({ failure: { type: 'DeadlineExceeded' } });
  });

  test('is held by a pause, which does not count', async () => {
    const { id, sent, ...testbed } = await started(one);
    const { temporal, simulator } = testbed;
    await temporal.run({ maxTime: 10 * minute });
    await temporal.signal(id, 'pause', { by: 'op', reason: 'wait' });
    await temporal.run({ maxTime: minute });
    const before = sent();
    await temporal.run({ maxTime: 3 * hour });
    expect(sent()).toBe(before);
    await temporal.signal(id, 'resume', { by: 'op' });
    await temporal.run({ maxTime: 10 * minute });
    simulator.faults.clear();
    await temporal.run({ until: () => temporal.status(id) !== 'RUNNING', maxTime: hour });
    expect(await testbed.progress(id)).toMatchObject({ phase: 'Done', failure: null });
  });
});
