import { setTimeout } from 'node:timers/promises';
import pMap from 'p-map';
import { rounded, withStack } from './bench-stack.js';
import type { Row } from './row.js';

const count = 1_000;

/** Memory of a cached open lease, and the events in its history. */
export async function leases(): Promise<readonly Row[]> {
  return await withStack({ speed: 1 }, async ({ client, taskQueue }) => {
    await openLeases(0, 20);
    const before = await rssAfterCollection();
    await openLeases(20, 20 + count);
    const after = await rssAfterCollection();
    const { historyLength } = await client.workflow.getHandle('lease/kept-20').describe();
    const kib = rounded((after - before) / count / 1_024);
    return [
      { measure: `memory of an open lease in the cache, of ${count}`, value: kib, unit: 'KiB', goal: null },
      { measure: 'history events of an open lease', value: historyLength, unit: 'events', goal: null },
    ];

    async function openLeases(from: number, to: number): Promise<void> {
      const names = Array.from({ length: to - from }, (_, index) => `kept-${from + index}`);
      await pMap(names, openLease, { concurrency: 50 });
    }

    async function openLease(name: string): Promise<void> {
      const resources = { pool: null, notebooks: [], workspaceIds: [], unknownSince: null };
      const args = [{ name, owner: `env/${name}`, spec: null, resources }];
      const handle = await client.workflow.start('leaseEnvironment', { workflowId: `lease/${name}`, taskQueue, args });
      await handle.query('progress');
    }
  });
}

/** Resident memory after a garbage collection (`node --expose-gc`). */
async function rssAfterCollection(): Promise<number> {
  globalThis.gc?.();
  await setTimeout(1_000);
  globalThis.gc?.();
  return process.memoryUsage().rss;
}
