import { describe, expect, test } from '@jest/globals';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { finishMainJob, name, onlyCurrentNotebook } from './steps.js';

const hour = 3_600_000;
const minute = 60_000;
const notebook = currentNotebookPart();
const newTestbed = testbedsForFile();

async function ready(change: Record<string, unknown> = {}, options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newTestbed(options);
  await finishMainJob(testbed, { notebook, ...change });
  return testbed;
}

describe('a renewal by an operator', () => {
  const id = `change/notebook/${name}`;
  async function renew({ temporal, progress }: Testbed, more: object = {}) {
    await temporal.start('changeResource', id, [
      { kind: 'notebook', name, change: 'renew', by: 'op', reason: 'x', ...more },
    ]);
    await temporal.result(id).catch(() => undefined);
    return await progress(id);
  }

  test('moves the stop, counted from now', async () => {
    const testbed = await ready({ notebook: { ...notebook, autoStop: '2h' } });
    const { temporal, simulator } = testbed;
    await temporal.run({ maxTime: hour });
    expect(await renew(testbed, { duration: '4h' })).toMatchObject({ phase: 'Done', notebook: { status: 'RUNNING' } });
    const { createAt, duration } = onlyCurrentNotebook(testbed).lease;
    expect(Math.abs(createAt + duration - (temporal.now() + 4 * hour))).toBeLessThan(2 * minute);
    expect(simulator.requests('currentNotebooks.renewLease')).toHaveLength(1);
  });

  test('without a duration grants what spec and lease allow', async () => {
    const testbed = await ready({ lease: { ttl: '8h', max: '8h', warnings: [] } });
    expect(await renew(testbed)).toMatchObject({ phase: 'Done' });
    const endsAt = Date.parse((await testbed.progress(`lease/${name}`)).lease?.endsAt ?? '');
    const { createAt, duration } = onlyCurrentNotebook(testbed).lease;
    expect(Math.abs(createAt + duration - endsAt)).toBeLessThan(minute);
  });

  test('does not outlive the lease', async () => {
    const testbed = await ready({ lease: { ttl: '8h', max: '24h', warnings: [] } });
    const failure = { type: 'RequestRejected', hint: expect.stringContaining('maops env extend') };
    expect(await renew(testbed, { duration: '12h' })).toMatchObject({ phase: 'Failed', failure });
    expect(testbed.simulator.requests('currentNotebooks.renewLease')).toEqual([]);
  });

  test('a lost response moves the stop once', async () => {
    const fault = { operation: 'currentNotebooks.renewLease', kind: 'lost', at: 'after' } as const;
    const testbed = await ready({}, { simulator: { faults: [fault] } });
    const before = testbed.temporal.now();
    expect(await renew(testbed, { duration: '4h' })).toMatchObject({ phase: 'Done' });
    const { createAt, duration } = onlyCurrentNotebook(testbed).lease;
    expect(createAt + duration - (before + 4 * hour)).toBeLessThan(30_000);
    expect(testbed.simulator.requests('currentNotebooks.renewLease')).toHaveLength(2);
  });

  test.each([
    ['is refused when it does not run', true],
    ['is refused for the historical API', false],
  ])('%s', async (_, isCurrent) => {
    const testbed = await newTestbed();
    await finishMainJob(testbed, isCurrent ? { notebook } : {});
    if (isCurrent) {
      const stop = { kind: 'notebook', name, change: 'stop', by: 'op', reason: 'x' };
      await testbed.temporal.start('changeResource', id, [stop]);
      await testbed.temporal.result(id);
    }
    expect(await renew(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'RequestRejected' } });
    expect(testbed.simulator.requests('currentNotebooks.renewLease')).toEqual([]);
  });
});
