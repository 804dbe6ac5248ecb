import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import pMap from 'p-map';
import { median, rounded } from './bench-stack.js';
import type { Row } from './row.js';
import { withWorkerProcess } from './worker-process.js';

/** The limit of the heap that Node.js chooses in a container of 1 GB. The cache follows it (`src/worker/size.ts`). */
const heapMiB = 256;
const extensions = 200;

/**
 * Many open leases on one worker with the heap of a container of 1 GB: the memory of its process, and the time that an
 * extension of a lease outside the cache takes.
 */
export async function openLeases(count: number): Promise<readonly Row[]> {
  const env = { NODE_OPTIONS: `--max-old-space-size=${heapMiB}`, MAOPS_POLL_MIN: '5s', MAOPS_POLL_MAX: '60s' };
  return await withWorkerProcess({ speed: 1, env }, async ({ client, taskQueue, pid }) => {
    const spec = { lease: { ttl: '48h', max: '480h' } };
    const resources = { pool: null, notebooks: [], workspaceIds: [], unknownSince: null };
    const open = async (index: number) => {
      const name = `kept-${index}`;
      const args = [{ name, owner: `env/${name}`, spec, resources }];
      await client.workflow.start('leaseEnvironment', { workflowId: `lease/${name}`, taskQueue, args });
    };
    const isRunning = async (index: number) =>
      (await client.workflow.getHandle(`lease/kept-${index}`).describe()).historyLength > 4;
    const openAll = async (from: number, to: number) => {
      await pMap(
        Array.from({ length: to - from }, (_, index) => from + index),
        open,
        { concurrency: 50 },
      );
      // The last one that started has run its first task. Until then a query may run into its time-out.
      while (!(await isRunning(to - 1))) await setTimeout(1_000);
    };
    const first = Math.min(count / 2, 2_000);
    await openAll(0, first);
    const before = await residentMiB(pid());
    const began = performance.now();
    await openAll(first, count);
    const seconds = (performance.now() - began) / 1_000;
    const after = await residentMiB(pid());
    const times: number[] = [];
    for (let index = 0; index < extensions; index += 1) {
      const handle = client.workflow.getHandle(`lease/kept-${Math.floor((index * count) / extensions)}`);
      const sentAt = performance.now();
      await handle.executeUpdate('extendLease', { args: [{ by: 'bench', reason: 'bench', duration: '1h' }] });
      times.push(performance.now() - sentAt);
    }
    const slowest = [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
    return [
      { measure: `memory of a worker with ${first} open leases`, value: rounded(before, 0), unit: 'MiB', goal: 1_024 },
      { measure: `memory of a worker with ${count} open leases`, value: rounded(after, 0), unit: 'MiB', goal: 1_024 },
      { measure: 'leases opened per second', value: rounded((count - first) / seconds), unit: '1/s', goal: null },
      { measure: 'extension of an open lease, median', value: rounded(median(times), 0), unit: 'ms', goal: 1_000 },
      { measure: 'extension of an open lease, p99', value: rounded(slowest, 0), unit: 'ms', goal: 1_000 },
    ];
  });
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}
