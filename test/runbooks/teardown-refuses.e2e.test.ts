import { expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { bothApis, pageMs, runRunbook } from './situation.js';

test.each(bothApis)(
  'a teardown keeps a protected resource, and a pool with a notebook (%s API) or job of another user',
  async (api, notebook) => {
    const notebooks = api === 'current' ? 'currentNotebooks' : 'notebooks';
    await runRunbook('teardown-refuses', {}, async (on) => {
      await on.worker();
      const refused = () => expect(on.clear()).rejects.toThrow(WorkflowFailedError);
      await on.start({ notebook });
      await on.until(({ phase }) => phase === 'Ready');
      await on.client.workflow.execute('changeResource', {
        workflowId: 'change/environment/team-a',
        taskQueue: 'modelarts-ops',
        args: [{ kind: 'environment', name: 'team-a', change: 'protect', by: 'lead', reason: 'the demo is on Friday' }],
      });
      await refused();
      await on.run('Diagnose: Protected');
      await on.run('Diagnose: In all cases');
      await on.run('Act: Unprotect');

      await on.place(notebooks, { name: 'night-run', pool: `team-a-${on.simulator.projectId}` });
      await refused();
      await on.run('Diagnose: Used by another user');
      await on.run('Diagnose: In all cases');
      await on.place(`${notebooks}/night-run`, { status: 'DELETED' });
      await on.run('Act: Tear down again');
      await on.run('Verify');

      await on.start({ notebook });
      await on.until(({ phase }) => phase === 'Ready');
      await on.place('workloads', { pool: 'team-a', name: 'night-train' });
      await refused();
      await on.run('Diagnose: In use by jobs');
      await on.run('Diagnose: In all cases');
      await on.place('workloads/night-train', { status: 'Completed' });
      await on.run('Act: Wait for the jobs');
      await on.run('Verify');
    });
  },
  pageMs,
);
