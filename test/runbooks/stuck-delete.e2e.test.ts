import { test } from '@jest/globals';
import { pageMs, playRunbook } from './situation.js';

test(
  'a teardown waits for a rollback whose delete fails, until it is told to try now',
  async () => {
    await playRunbook('stuck-delete', {}, async (on) => {
      await on.worker();
      await on.start();
      await on.until(({ phase }) => phase === 'AwaitingNotebook');
      on.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always' });
      await on.client.workflow.start('teardownEnvironment', {
        workflowId: 'teardown/team-a',
        taskQueue: 'modelarts-ops',
        args: [{ name: 'team-a' }],
      });
      await on.until(({ retrying }) => (retrying?.attempt ?? 0) >= 1);
      await on.play('Look');
      // Cleared afterwards: a try that succeeds by itself would leave nothing to hurry.
      await on.play('Act: Try now');
      on.simulator.faults.clear();
      await on.play('Verify');
    });
  },
  pageMs,
);
