import { test } from '@jest/globals';
import { makeCurrent } from './deployment.js';
import { pageMs, runRunbook } from './situation.js';

test(
  'runs of a version without workers continue on the previous one',
  async () => {
    await runRunbook('roll-back-a-deploy', {}, async (on) => {
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
      await on.run('Diagnose');
      await on.run('Act: Send new runs to the old version');
      await on.run('Act: Move runs that started on the new version');
      on.simulator.clock.setSpeed(120);
      await on.run('Verify');
    });
  },
  pageMs,
);
