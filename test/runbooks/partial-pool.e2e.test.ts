import { test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { pageMs, playRunbook } from './situation.js';

const parked = { onFailure: 'ask', deadlines: { pool: '4s' } };
/** Half of the nodes never come. */
const half: Fault = { operation: 'pools.create', kind: 'partialNodes', missing: 'half' };

test(
  'a pool that is only half there is tried again, made smaller, or given up',
  async () => {
    await playRunbook('partial-pool', {}, async (on) => {
      await on.worker();
      on.simulator.faults.plan(half);
      await on.start();
      await on.until(({ pool }) => pool?.phase === 'Running');
      await on.play('Look');
      await on.clear();

      // The pool is up long before the deadline, however busy the machine is.
      on.simulator.clock.setSpeed(500);
      on.simulator.faults.plan(half);
      await on.start(parked);
      const isParked = () => on.until(({ phase }) => phase === 'AwaitingOperator');
      await isParked();
      await on.play('Look: Parked');
      await on.play('Act: Try again');
      await on.until(({ steps }) => steps.some(({ name, attempt }) => name === 'pool' && attempt === 2));
      await isParked();
      await on.play('Act: Fewer nodes');
      await on.play('Verify: Ready');
      await on.clear();

      on.simulator.faults.plan(half);
      await on.start(parked);
      await isParked();
      await on.play('Act: Roll back');
      await on.play('Verify: Rolled back');
    });
  },
  pageMs,
);
