import { afterEach } from '@jest/globals';
import type { WorkerRuntime } from '../temporal-sim/worker.js';
import { VirtualWorld } from '../temporal-sim/world.js';
import type { WorldOptions } from '../temporal-sim/world-options.js';

const bundle = { entry: 'test/scenarios/workflows/index.ts', folders: ['test/scenarios/workflows'] };

/** The one activity of the driver's own workflows. */
export type Work = (input: string, runtime: WorkerRuntime) => Promise<string>;

/** Makes worlds with the driver's own workflows for the tests of a file; they are given back when a test is over. */
export function worldsForFile(): (work: Work, options?: Partial<WorldOptions>) => Promise<VirtualWorld> {
  const worlds: VirtualWorld[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.dispose();
  });
  return async (work, options = {}) => {
    const world = await VirtualWorld.create({
      bundle,
      workers: (runtime) => ({ work: (input: string) => work(input, runtime) }),
      ...options,
    });
    worlds.push(world);
    return world;
  };
}
