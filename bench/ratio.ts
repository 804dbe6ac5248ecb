import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import { createLogger } from '../src/worker/logging.js';
import { thisMachine } from '../src/worker/machine.js';
import { workerSize } from '../src/worker/size.js';
import { startWorker } from '../src/worker/temporal-worker.js';
import { type BenchStack, median, rounded, withStack } from './bench-stack.js';
import type { Row } from './row.js';

const rounds = 15;
const bareActivities = 10;
/** So fast that resources are ready at once, which leaves the time of our code and of Temporal. */
const speed = 100_000;
const env = { MAOPS_POLL_MIN: '1ms', MAOPS_POLL_MAX: '5ms', MAOPS_MAX_RPS: '1000' };

/** Time of the main job divided by that of a bare workflow with ten empty activities, and the size of its history. */
export async function ratio(): Promise<readonly Row[]> {
  return await withStack({ speed, env }, async (bench) => {
    const mainJobs: number[] = [];
    for (let round = 0; round < rounds + 2; round += 1) {
      mainJobs.push(await timed(async () => await (await bench.provision(`ratio-${round}`)).ready));
    }
    const history = await bench.client.workflow.getHandle(`env/ratio-${rounds}`).fetchHistory();
    const description = await bench.client.workflow.getHandle(`env/ratio-${rounds}`).describe();
    const activities = (history.events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
    const bares = await timeBare(bench);
    const value = rounded(median(mainJobs.slice(2)) / median(bares.slice(2)), 2);
    return [
      { measure: `main job ÷ bare workflow of ${bareActivities} empty activities`, value, unit: 'times', goal: 1.5 },
      { measure: 'activities, created to Ready', value: activities, unit: 'activities', goal: null },
      { measure: 'history events, created to Ready', value: description.historyLength, unit: 'events', goal: 80 },
      { measure: 'history size', value: description.historySize ?? 0, unit: 'bytes', goal: null },
    ];
  });
}

async function timeBare({ stack, client }: BenchStack): Promise<number[]> {
  const { address, namespace } = stack.temporal;
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = fileURLToPath(new URL('./bare-workflow.ts', import.meta.url));
  const worker = await startWorker({
    connection,
    namespace,
    taskQueue: 'bench-bare',
    slots: { calls: 100, waits: 1 },
    // A worker for waits without an activity would be refused.
    waitActivities: ['never'],
    activities: { nothing: async () => undefined, never: async () => undefined },
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    size: workerSize(thisMachine(), stack.config.workflows),
    logger: createLogger({ level: 'error' }),
  });
  const times: number[] = [];
  for (let round = 0; round < rounds + 2; round += 1) {
    const run = { workflowId: `bare-${round}`, taskQueue: 'bench-bare', args: [bareActivities] };
    times.push(await timed(() => client.workflow.execute('bare', run)));
  }
  await worker.stop();
  await connection.close();
  return times;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
