import { afterEach } from '@jest/globals';
import type { SimOptions } from '../options.js';
import { TemporalSim } from '../temporal-sim.js';
import type { WorkerRuntime } from '../virtual-worker.js';

import { conformanceWorkflows } from './conformance-workflows.js';

/** The one activity of `workflows/crash-workflows.ts`. */
export type Work = (input: string, runtime: WorkerRuntime) => Promise<string>;

/** Creates sims with the conformance workflows for the tests of a file. They are disposed of after each test. */
export function simsForFile(): (work: Work, options?: Partial<SimOptions>) => Promise<TemporalSim> {
  const sims: TemporalSim[] = [];
  afterEach(async () => {
    for (const sim of sims.splice(0)) await sim.dispose();
  });
  return async (work, options = {}) => {
    const sim = await TemporalSim.create({
      bundle: conformanceWorkflows,
      workers: (runtime) => ({ work: (input: string) => work(input, runtime) }),
      ...options,
    });
    sims.push(sim);
    return sim;
  };
}
