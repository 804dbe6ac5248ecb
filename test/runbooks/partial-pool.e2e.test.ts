import { test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { playRunbook } from './situation.js';

/** Half of the nodes never come. */
const half: Fault = { operation: 'pools.create', kind: 'partialNodes', missing: 'half' };

test('a pool that is only half there is tried again, made smaller, or given up', async () => {
  await playRunbook('partial-pool', {}, async (on) => {
    await on.worker();
    on.simulator.faults.plan(half);
    const parked = { onFailure: 'ask', deadlines: { pool: '6s' } };
    await on.start(parked);
    await on.until(({ pool }) => pool?.phase === 'Running');
    await on.play('Look');
    const isParked = () => on.until(({ phase }) => phase === 'AwaitingOperator');
    await isParked();
    await on.play('Look: Parked');
    await on.play('Act: Try again');
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
}, 90_000);
