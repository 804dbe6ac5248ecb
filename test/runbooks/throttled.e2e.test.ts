import { test } from '@jest/globals';
import { bothApis, pageMs, runRunbook } from './situation.js';

test.each(bothApis)(
  'runs with a notebook of the %s API wait while the account is throttled, and continue at a lower rate',
  async (_api, notebook) => {
    await runRunbook('throttled', {}, async (on) => {
      on.simulator.faults.plan({ operation: '*', kind: 'throttle', retryAfter: 2, times: 'always' });
      const worker = await on.worker();
      await on.start({ notebook });
      await on.attempts(2);
      await on.run('Diagnose');
      worker.kill('SIGTERM');
      await worker.ended;
      await on.run('Act: Lower the request rate');
      await on.run('Act: Suspend the deadline of a run');
      on.simulator.faults.clear();
      await on.run('Verify');
    });
  },
  pageMs,
);
