import type { SimOptions } from '../options.js';
import { TemporalSim } from '../temporal-sim.js';
import { type AttemptRecord, conformanceActivities } from './activities.js';
import { conformanceWorkflows } from './conformance-workflows.js';
import type { Target } from './target.js';

/** The conformance worker on temporal-sim. */
export async function startSimTarget(
  options: Partial<SimOptions> = {},
): Promise<Target & { readonly sim: TemporalSim }> {
  const attempts: AttemptRecord[] = [];
  const sim = await TemporalSim.create({
    bundle: conformanceWorkflows,
    // The activities of the suite heartbeat on their own, as those of the real worker do.
    autoHeartbeatMs: null,
    ...options,
    workers: ({ now, sleep }) => ({ ...conformanceActivities({ now, sleep }, attempts) }),
  });
  return {
    sim,
    client: sim.client,
    taskQueue: 'modelarts-ops',
    attempts,
    during: (promise) => sim.during(promise),
    async until(what, fact) {
      for (let round = 0; round < 1_000; round += 1) {
        if (await sim.during(Promise.resolve(fact()))) return;
        await sim.run({ maxTime: 10 });
      }
      throw new Error(`not reached: ${what}`);
    },
    duration: (actual) => actual,
    restartWorker: async () => sim.stopWorker(undefined, 0),
  };
}
