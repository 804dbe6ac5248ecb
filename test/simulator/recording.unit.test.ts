import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ModelArts } from '../../src/modelarts/client.js';
import { recordingOf } from '../../src/probe/recording/recording.js';
import { reportOf } from '../../src/probe/report.js';
import { createManualClock } from '../../src/simulator/clock.js';
import { readRecording } from '../../src/simulator/recording/recording.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { clientOf, fullAccount, probe } from '../probe/account.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'recording-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function replayOf(account: Simulator): Promise<Simulator> {
  const { projectId, clock } = account;
  const { files } = recordingOf(await probe(account), { projectId, now: clock.now() });
  for (const { name, text } of files) writeFileSync(path.join(folder, name), text);
  return createSimulator({ clock: createManualClock(), recording: await readRecording(folder) });
}

/** What an operator sees, without names and ids. */
async function overview(modelarts: ModelArts) {
  const pools = (await modelarts.pools.list()).items;
  const flavors = (await modelarts.flavors.listPage()).items;
  const old = await modelarts.notebooks.list({ show_self: false }).catch(() => ({ instances: [] }));
  const current = await modelarts.currentNotebooks.listAll();
  const own = await modelarts.currentNotebooks.list();
  const jobs = await Promise.all(pools.map(({ metadata }) => modelarts.workloads.listPage(metadata.name)));
  const nodes = pools.map(({ status, spec }) => [
    status.phase,
    spec.resources[0]?.flavor,
    status.resources.available[0]?.count,
  ]);
  return {
    nodes: nodes.map(String).sort(),
    scopes: pools.map(({ status }) => status.scope.map(({ scopeType, state }) => `${scopeType} ${state}`)),
    flavors: flavors.map(({ metadata, status }) => [metadata.name, Object.values(status?.phase ?? {})]),
    old: old.instances.map(({ status }) => status).sort(),
    current: current.map(({ status }) => status).sort(),
    own: own.length,
    jobs: jobs.flatMap(({ items }) => items.map(({ type, status }) => `${type} ${status}`)).sort(),
  };
}

test('a replayed recording lists the same pools, flavors, jobs and notebooks by status', async () => {
  const account = fullAccount();
  const replay = await replayOf(account);
  const before = await overview(clientOf(account));
  expect(before.current).toEqual(['RUNNING', 'STOPPED']);
  expect(await overview(clientOf(replay))).toEqual(before);
  expect(reportOf(await probe(replay)).findings).toEqual([]);
});

test('what the account may not do and does not have is replayed too', async () => {
  const behavior = { historicalNotebookApi: false, unavailable: { 'services.list': 'forbidden' } } as const;
  const account = fullAccount({ behavior });
  const before = reportOf(await probe(account));
  const after = reportOf(await probe(await replayOf(account)));
  expect(after.notebookApis).toEqual({ current: 'available', historical: 'missing' });
  expect(after.missingRights).toEqual(before.missingRights);
});

test('a folder that is no recording is refused', async () => {
  await expect(readRecording(folder)).rejects.toThrow('is not a recording');
  writeFileSync(path.join(folder, 'recording.json'), '{}');
  await expect(readRecording(folder)).rejects.toThrow('is not a recording');
});
