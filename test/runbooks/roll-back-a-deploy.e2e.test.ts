import { test } from '@jest/globals';
import { makeCurrent } from './deployment.js';
import { pageMs, playRunbook } from './situation.js';

test(
  'runs of a version without workers go on with the one before',
  async () => {
    await playRunbook('roll-back-a-deploy', {}, async (on) => {
      await on.worker({ MAOPS_BUILD_ID: '2026-11-21' });
      await makeCurrent(on.client, '2026-11-21');
      const bad = await on.worker({ MAOPS_BUILD_ID: '2026-11-22' });
      await makeCurrent(on.client, '2026-11-22');
      on.simulator.clock.setSpeed(1);
      await on.start({ name: 'team-b' });
      await on.until(({ phase }) => phase === 'AwaitingPool', 'env/team-b');
      bad.kill('SIGKILL');
      await bad.ended;
      await on.start();
      await on.play('Look');
      await on.play('Act: Send new runs to the old version');
      await on.play('Act: Move runs that have begun on the new version');
      on.simulator.clock.setSpeed(120);
      await on.play('Verify');
    });
  },
  pageMs,
);
