import { test } from '@jest/globals';
import { pageMs, runRunbook } from './situation.js';

test(
  'a teardown waits for a rollback whose delete fails, until an operator tries now',
  async () => {
    await runRunbook('stuck-delete', {}, async (on) => {
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
      await on.run('Diagnose');
      // Clear the fault only now: a retry that succeeds by itself would leave nothing to hurry.
      await on.run('Act: Try now');
      on.simulator.faults.clear();
      await on.run('Verify');
    });
  },
  pageMs,
);
