import { test } from '@jest/globals';
import { pageMs, playRunbook } from './situation.js';

const flavor = 'modelarts.vm.gpu.t4u8';

test(
  'a sold-out flavor is waited for, or another one is taken',
  async () => {
    await playRunbook('sold-out', {}, async (on) => {
      await on.worker();
      await on.setSale(flavor, 'soldout');
      await on.start();
      await on.until(({ phase }) => phase === 'AwaitingCapacity');
      await on.play('Look');
      const waiting = on.play('Act: Wait');
      await on.setSale(flavor, 'normal');
      await waiting;
      await on.clear();

      await on.setSale(flavor, 'soldout');
      await on.start();
      await on.until(({ phase }) => phase === 'AwaitingCapacity');
      await on.play('Act: Another flavor');
      await on.play('Verify');
      await on.clear();

      await on.start({ onFailure: 'ask', deadlines: { capacity: '1s' } });
      await on.until(({ phase }) => phase === 'AwaitingOperator');
      await on.play('Act: Another flavor for a parked run');
    });
  },
  pageMs,
);
