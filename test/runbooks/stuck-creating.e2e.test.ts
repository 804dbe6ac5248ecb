import { test } from '@jest/globals';
import { playRunbook } from './situation.js';

/** So slow that nothing changes by itself. */
const standstill = 0.001;

test('a pool that stays Creating is given more time, and then given up', async () => {
  await playRunbook('stuck-creating', {}, async (on) => {
    await on.worker();
    await on.start();
    await on.until(({ pool }) => pool?.nodes.available === 1);
    on.simulator.clock.setSpeed(standstill);
    await on.play('Look');
    await on.play('Act: More time');
    await on.play('Verify: Paused');
    await on.play('Act: Go on after a pause');
    on.simulator.clock.setSpeed(120);
    await on.play('Act: Give up');
    await on.play('Verify: Given up');
  });
}, 60_000);
