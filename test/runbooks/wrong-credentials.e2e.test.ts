import { test } from '@jest/globals';
import { pageMs, runRunbook } from './situation.js';

const wrong = { OS_PASSWORD: 'of-last-month' };

test(
  'a wrong password fails new runs and delays open ones until it is fixed',
  async () => {
    await runRunbook('wrong-credentials', { auth: 'password' }, async (on) => {
      const first = await on.worker();
      on.simulator.clock.setSpeed(1);
      await on.start();
      await on.until(({ phase }) => phase === 'AwaitingPool');
      first.kill('SIGTERM');
      await first.ended;
      const second = await on.worker(wrong);
      await on.start({ name: 'team-b' });
      await on.until(({ phase }) => phase === 'Failed', 'env/team-b');
      await on.heartbeat('HTTP 401');
      await on.run('Diagnose', wrong);
      await on.run('Diagnose: A failed run');
      await on.run('Diagnose: A waiting run');
      second.kill('SIGTERM');
      await second.ended;
      on.simulator.clock.setSpeed(120);
      await on.run('Act: Fix the credentials');
      await on.run('Verify');
      await on.run('Act: Start the failed run again');
    });
  },
  pageMs,
);
