import { afterEach } from '@jest/globals';
import { startVirtualStack, type VirtualStack, type VirtualStackOptions } from './environment.js';

/**
 * Starts virtual stacks for the tests of a file. When a test is over, its stacks are given back; it fails when a fault
 * that it planned was never hit, or when one of its runs cannot be replayed.
 */
export function stacksForFile(): (options?: VirtualStackOptions) => Promise<VirtualStack> {
  const stacks: VirtualStack[] = [];
  afterEach(async () => {
    const ended = stacks.splice(0);
    try {
      for (const { simulator, world } of ended) {
        simulator.faults.expectAllHit();
        await world.verifyReplays();
      }
    } finally {
      for (const stack of ended) await stack.dispose();
    }
  });
  return async (options = {}) => {
    const stack = await startVirtualStack(options);
    stacks.push(stack);
    return stack;
  };
}
