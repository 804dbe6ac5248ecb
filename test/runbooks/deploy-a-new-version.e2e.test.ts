import { test } from '@jest/globals';
import { makeCurrent, untilKnown } from './deployment.js';
import { pageMs, playRunbook } from './situation.js';

test(
  'a new version takes over beside the old one, and leases are moved to it',
  async () => {
    await playRunbook('deploy-a-new-version', {}, async (on) => {
      const old = await on.worker({ MAOPS_BUILD_ID: '2026-11-21' });
      await makeCurrent(on.client, '2026-11-21');
      await on.start();
      await on.until(({ phase }) => phase === 'Ready');
      await on.play('Look');
      await on.play('Act: Start the new workers beside the old ones');
      await untilKnown(on.client, '2026-11-22');
      await on.play('Act: Make the new version current');
      await on.play('Act: Move what stands for long');
      old.kill('SIGTERM');
      await old.ended;
      await on.play('Verify');
    });
  },
  pageMs,
);
