import { test } from '@jest/globals';
import { pageMs, playRunbook } from './situation.js';

const wrong = { OS_PASSWORD: 'of-last-month' };

test(
  'a wrong password ends new runs, holds up those under way, and is set right',
  async () => {
    await playRunbook('wrong-credentials', { auth: 'password' }, async (on) => {
      const first = await on.worker();
      on.simulator.clock.setSpeed(1);
      await on.start();
      await on.until(({ phase }) => phase === 'AwaitingPool');
      first.kill('SIGTERM');
      await first.ended;
      const second = await on.worker(wrong);
      await on.start({ name: 'team-b' });
      await on.until(({ phase }) => phase === 'Failed', 'env/team-b');
      await on.heard('HTTP 401');
      await on.play('Look', wrong);
      await on.play('Look: A run that has ended');
      await on.play('Look: A run that waits');
      second.kill('SIGTERM');
      await second.ended;
      on.simulator.clock.setSpeed(120);
      await on.play('Act: Set the right one');
      await on.play('Verify');
      await on.play('Act: Start again what has ended');
    });
  },
  pageMs,
);
