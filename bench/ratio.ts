import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import { createLogger } from '../src/worker/logging.js';
import { startWorker } from '../src/worker/temporal-worker.js';
import { type Bed, median, onBed, rounded } from './bed.js';

const rounds = 15;
/** So fast that the simulated service is ready at once: what is left is our own work and Temporal's. */
const speed = 100_000;
const env = { MAOPS_POLL_MIN: '1ms', MAOPS_POLL_MAX: '5ms', MAOPS_MAX_RPS: '1000' };

/** How much longer the main job takes than a bare workflow with as many empty activities, and how long its history is. */
export async function ratio() {
  return await onBed({ speed, env }, async (bed) => {
    const mainJobs: number[] = [];
    for (let round = 0; round < rounds + 2; round += 1) {
      mainJobs.push(await timed(async () => await (await bed.provision(`ratio-${round}`)).ready));
    }
    const history = await bed.client.workflow.getHandle(`env/ratio-${rounds}`).fetchHistory();
    const description = await bed.client.workflow.getHandle(`env/ratio-${rounds}`).describe();
    const activities = (history.events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
    const bares = await timeBare(bed, activities);
    const mainJobMs = rounded(median(mainJobs.slice(2)));
    const bareMs = rounded(median(bares.slice(2)));
    return {
      mainJobMs,
      bareMs,
      ratio: rounded(mainJobMs / bareMs, 2),
      activities,
      historyEvents: description.historyLength,
      historyBytes: description.historySize,
    };
  });
}

async function timeBare({ stack, client }: Bed, activities: number): Promise<number[]> {
  const { address, namespace } = stack.temporal;
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = fileURLToPath(new URL('./bare-workflow.ts', import.meta.url));
  const worker = await startWorker({
    connection,
    namespace,
    taskQueue: 'bench-bare',
    slots: { calls: 100, waits: 1 },
    waitActivities: [],
    activities: { nothing: async () => undefined },
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    maxCachedWorkflows: 100,
    logger: createLogger({ level: 'error' }),
  });
  const times: number[] = [];
  for (let round = 0; round < rounds + 2; round += 1) {
    const run = { workflowId: `bare-${round}`, taskQueue: 'bench-bare', args: [activities] };
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
