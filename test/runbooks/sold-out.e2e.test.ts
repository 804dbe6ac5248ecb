import { test } from '@jest/globals';
import { pageMs, runRunbook } from './situation.js';

const flavor = 'modelarts.vm.gpu.t4u8';

test(
  'a run waits for a sold-out flavor or takes another one',
  async () => {
    await runRunbook('sold-out', {}, async (on) => {
      await on.worker();
      await on.setSale(flavor, 'soldout');
      await on.start();
      await on.until(({ phase }) => phase === 'AwaitingCapacity');
      await on.run('Diagnose');
      const waiting = on.run('Act: Wait');
      await on.setSale(flavor, 'normal');
      await waiting;
      await on.clear();

      await on.setSale(flavor, 'soldout');
      await on.start();
      await on.until(({ phase }) => phase === 'AwaitingCapacity');
      await on.run('Act: Another flavor');
      await on.run('Verify');
      await on.clear();

      await on.start({ onFailure: 'ask', deadlines: { capacity: '1s' } });
      await on.until(({ phase }) => phase === 'AwaitingOperator');
      await on.run('Act: Another flavor after a failure');
    });
  },
  pageMs,
);
