import { afterEach } from '@jest/globals';
import { startTestbed, type Testbed, type TestbedOptions } from './testbed.js';

/**
 * Starts virtual testbeds for the tests of a file. When a test is over, its testbeds are given back; it fails when a
 * fault that it planned was never hit, or when one of its runs cannot be replayed.
 */
export function testbedsForFile(): (options?: TestbedOptions) => Promise<Testbed> {
  const testbeds: Testbed[] = [];
  afterEach(async () => {
    const ended = testbeds.splice(0);
    try {
      for (const { simulator, temporal } of ended) {
        simulator.faults.expectAllHit();
        await temporal.verifyReplays();
      }
    } finally {
      for (const testbed of ended) await testbed.dispose();
    }
  });
  return async (options = {}) => {
    const testbed = await startTestbed(options);
    testbeds.push(testbed);
    return testbed;
  };
}
