import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { makeWorkflowBundle } from '../../src/workflows/bundle.js';

const folder = path.join(__dirname, 'histories');
const recordings = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));

let code: string;
beforeAll(async () => {
  code = await makeWorkflowBundle();
}, 60_000);

describe('a run that began on an earlier version goes on with this one', () => {
  test('every workflow has a recording', () => {
    const types = recordings.map((file) => /"name":"(\w+)"/.exec(readFileSync(path.join(folder, file), 'utf8'))?.[1]);
    expect([...new Set(types)].sort()).toEqual([
      'changeResource',
      'launchNotebook',
      'leaseEnvironment',
      'provisionPool',
      'provisionPoolThenLaunchNotebook',
      'teardownEnvironment',
    ]);
  });

  test.each(recordings)('%s', async (file) => {
    const history: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: { code } }, history, path.basename(file, '.json'));
  });
});
