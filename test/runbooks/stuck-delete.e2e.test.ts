import { test } from '@jest/globals';
import { bothApis, pageMs, runRunbook } from './situation.js';

test.each(bothApis)(
  'a teardown with a notebook of the %s API waits for a rollback whose delete fails, until an operator tries now',
  async (api, notebook) => {
    const operation = api === 'current' ? 'currentNotebooks.create' : 'notebooks.create';
    await runRunbook('stuck-delete', {}, async (on) => {
      // 20 minutes of the simulated cloud, 10 s: the notebook must not be ready before the teardown starts.
      on.simulator.faults.plan({ operation, kind: 'stuck', phase: 'CREATING', forMs: 20 * 60_000 });
      await on.worker();
      await on.start({ notebook });
      await on.until(({ phase }) => phase === 'AwaitingNotebook');
      on.simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always' });
      await on.client.workflow.start('teardownEnvironment', {
        workflowId: 'teardown/team-a',
        taskQueue: 'modelarts-ops',
        args: [{ name: 'team-a' }],
      });
      await on.until(({ retrying }) => retrying?.operation === 'deleting pool team-a');
      await on.run('Diagnose');
      // Clear the fault only now: a retry that succeeds by itself would leave nothing to retry.
      await on.run('Act: Try now');
      on.simulator.faults.clear();
      await on.run('Verify');
    });
  },
  pageMs,
);
