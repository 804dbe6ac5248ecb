import { test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { pageMs, runRunbook } from './situation.js';

const asking = { onFailure: 'ask', deadlines: { pool: '4s' } };
/** Half of the nodes never become available. */
const half: Fault = { operation: 'pools.create', kind: 'partialNodes', missing: 'half' };

test(
  'a partial pool is retried, reduced or rolled back',
  async () => {
    await runRunbook('partial-pool', {}, async (on) => {
      await on.worker();
      on.simulator.faults.plan(half);
      await on.start();
      await on.until(({ pool }) => pool?.phase === 'Running');
      await on.run('Diagnose');
      await on.clear();

      // Long enough that a busy machine never reaches the deadline.
      on.simulator.clock.setSpeed(500);
      on.simulator.faults.plan(half);
      await on.start(asking);
      const untilDecision = () => on.until(({ phase }) => phase === 'AwaitingOperator');
      await untilDecision();
      await on.run('Diagnose: Awaiting a decision');
      await on.run('Act: Retry');
      await on.until(({ steps }) => steps.some(({ name, attempt }) => name === 'pool' && attempt === 2));
      await untilDecision();
      await on.run('Act: Fewer nodes');
      await on.run('Verify: Ready');
      await on.clear();

      on.simulator.faults.plan(half);
      await on.start(asking);
      await untilDecision();
      await on.run('Act: Roll back');
      await on.run('Verify: Rolled back');
    });
  },
  pageMs,
);
