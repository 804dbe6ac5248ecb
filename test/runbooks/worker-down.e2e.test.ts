import { test } from '@jest/globals';
import { bothApis, pageMs, runRunbook } from './situation.js';

test.each(bothApis)(
  'runs with a notebook of the %s API stop without a worker and continue with one',
  async (_api, notebook) => {
    await runRunbook('worker-down', {}, async (on) => {
      on.simulator.clock.setSpeed(1);
      await on.start({ notebook });
      await on.run('Diagnose');
      await on.run('Act: Start a worker');
      await on.until(({ phase }) => phase === 'AwaitingPool');
      await on.heartbeat('pool team-a');
      await on.killBackground();
      await on.run('Diagnose: Right after a crash');
      await on.run('Act: Start a worker');
      on.simulator.clock.setSpeed(120);
      await on.run('Verify');
    });
  },
  pageMs,
);
