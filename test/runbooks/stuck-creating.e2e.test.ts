import { test } from '@jest/globals';
import { pageMs, playRunbook } from './situation.js';

/** One node never comes, and the pool does not get beyond `Creating`. */
const faults = [
  { operation: 'pools.create', kind: 'partialNodes', missing: 1 },
  { operation: 'pools.create', kind: 'stuck', phase: 'Creating' },
] as const;

test(
  'a pool that stays Creating is given more time, and then given up',
  async () => {
    await playRunbook('stuck-creating', { faults }, async (on) => {
      await on.worker();
      await on.start();
      await on.until(({ pool }) => pool?.nodes.available === 1);
      await on.play('Look');
      await on.play('Act: More time');
      await on.play('Verify: Paused');
      await on.play('Act: Go on after a pause');
      await on.play('Act: Give up');
      await on.play('Verify: Given up');
    });
  },
  pageMs,
);
