import { test } from '@jest/globals';
import { pageMs, playRunbook } from './situation.js';

test(
  'without a worker nothing moves; with one everything goes on',
  async () => {
    await playRunbook('worker-down', {}, async (on) => {
      on.simulator.clock.setSpeed(1);
      await on.start();
      await on.play('Look');
      await on.play('Act: Start one');
      await on.until(({ phase }) => phase === 'AwaitingPool');
      await on.heard('pool team-a');
      await on.killBackground();
      await on.play('Look: It has only just died');
      await on.play('Act: Start one');
      on.simulator.clock.setSpeed(120);
      await on.play('Verify');
    });
  },
  pageMs,
);
