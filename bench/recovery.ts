import { setTimeout } from 'node:timers/promises';
import { environmentDocument, median, rounded } from './bench-stack.js';
import type { Row } from './row.js';
import { withWorkerProcess } from './worker-process.js';

const rounds = 5;

/** Seconds from a SIGKILL of the only worker to the first request of its replacement. */
export async function recovery(): Promise<readonly Row[]> {
  // So slow that the run waits for the pool all the time.
  const options = { speed: 0.01, env: { MAOPS_POLL_MIN: '500ms', MAOPS_POLL_MAX: '1s' } };
  return await withWorkerProcess(options, async ({ client, taskQueue, simulator, replace }) => {
    const requests = () => simulator.summary()['pools.list'] ?? 0;
    const nextRequest = async () => {
      const before = requests();
      while (requests() === before) await setTimeout(20);
    };
    const run = { workflowId: 'env/killed', taskQueue, args: [environmentDocument('killed')] };
    await client.workflow.start('provisionPoolThenLaunchNotebook', run);
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await nextRequest();
      await nextRequest();
      const killedAt = performance.now();
      await replace();
      await nextRequest();
      seconds.push((performance.now() - killedAt) / 1_000);
    }
    const measure = 'SIGKILL of the only worker to the next call';
    return [
      { measure: `${measure}, median of ${rounds}`, value: rounded(median(seconds)), unit: 's', goal: 6 },
      { measure: `${measure}, longest of ${rounds}`, value: rounded(Math.max(...seconds)), unit: 's', goal: null },
    ];
  });
}
