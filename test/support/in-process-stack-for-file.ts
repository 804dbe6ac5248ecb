import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type InProcessStack, startInProcessStack } from './in-process-stack.js';

/**
 * One stack for all tests of a file: each begins with an empty cloud, and fails when a fault that it planned was never
 * hit.
 */
export function stackForFile(): () => InProcessStack {
  let stack: InProcessStack | undefined;
  const started = () => {
    if (stack === undefined) throw new Error('the stack is not started yet');
    return stack;
  };
  beforeAll(async () => {
    stack = await startInProcessStack();
  });
  afterEach(() => {
    try {
      started().simulator.faults.expectAllHit();
    } finally {
      started().simulator.reset();
    }
  });
  afterAll(async () => await stack?.stop());
  return started;
}
