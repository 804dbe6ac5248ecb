import { test } from '@jest/globals';
import { pageMs, playRunbook } from './situation.js';

test(
  'while the account is throttled runs wait, and go on with fewer calls',
  async () => {
    await playRunbook('throttled', {}, async (on) => {
      on.simulator.faults.plan({ operation: '*', kind: 'throttle', retryAfter: 2, times: 'always' });
      const worker = await on.worker();
      await on.start();
      await on.attempts(2);
      await on.play('Look');
      worker.kill('SIGTERM');
      await worker.ended;
      await on.play('Act: Ask less');
      await on.play('Act: Keep a run from its deadline');
      on.simulator.faults.clear();
      await on.play('Verify');
    });
  },
  pageMs,
);
