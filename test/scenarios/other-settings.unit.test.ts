import { expect, test } from '@jest/globals';
import type { Settings } from '../../src/contract/settings.js';
import { productSettings } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { documents, kinds, types } from './launch-alone.js';
import { name } from './steps.js';

const second = 1_000;
const minute = 60 * second;

const newStack = testbedsForFile();

const quick: Settings = { ...productSettings, pollMinMs: second, pollMaxMs: 5 * second, pollWindowMs: 30 * second };
const slow: Settings = {
  ...productSettings,
  pollMinMs: 60 * second,
  pollMaxMs: 90 * second,
  pollWindowMs: 20 * minute,
  abnormalGraceMs: 30 * minute,
  httpTimeoutMs: minute,
};
const changes = [
  ['longer', quick, slow],
  ['shorter', slow, quick],
] as const;

test.each(kinds.flatMap((kind) => changes.map(([how, before, after]) => [kind, how, before, after] as const)))(
  'a %s that started under other settings continues on a worker with %s ones',
  async (kind, _how, before, after) => {
    const lines: string[] = [];
    const testbed = await newStack({
      settings: before,
      settingsOf: (worker) => (worker === 1 ? before : after),
      trace: (line) => lines.push(line),
      simulator: {
        faults: [
          {
            operation: `${kind}s.create`,
            kind: 'stuck',
            phase: kind === 'pool' ? 'Creating' : 'CREATING',
            forMs: 40 * minute,
            optional: true,
          },
        ],
      },
    });
    const { temporal } = testbed;
    const workflowId = `${kind}/${name}`;
    await temporal.start(types[kind], workflowId, [documents[kind]]);
    await temporal.run({ maxTime: 2 * minute });
    temporal.killWorker();
    await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
    // No wait lasts longer than the time-out of its run, and none ends without a change that the run counts.
    expect(lines.filter((line) => line.includes('startToClose'))).toEqual([]);
    const windows = temporal
      .history(workflowId)
      .flatMap(({ commands }) => commands.filter((one) => one.includes(' await')));
    expect(windows.length).toBeLessThan(15);
  },
);
