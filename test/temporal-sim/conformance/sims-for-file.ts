import { afterEach } from '@jest/globals';
import type { SimOptions } from '../options.js';
import { TemporalSim } from '../temporal-sim.js';
import type { WorkerRuntime } from '../virtual-worker.js';

const bundle = {
  entry: 'test/temporal-sim/conformance/workflows/index.ts',
  folders: ['test/temporal-sim/conformance/workflows'],
};

/** The one activity of the driver's own workflows. */
export type Work = (input: string, runtime: WorkerRuntime) => Promise<string>;

/** Makes worlds with the driver's own workflows for the tests of a file; they are given back when a test is over. */
export function simsForFile(): (work: Work, options?: Partial<SimOptions>) => Promise<TemporalSim> {
  const worlds: TemporalSim[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.dispose();
  });
  return async (work, options = {}) => {
    const world = await TemporalSim.create({
      bundle,
      workers: (runtime) => ({ work: (input: string) => work(input, runtime) }),
      ...options,
    });
    worlds.push(world);
    return world;
  };
}
